from __future__ import annotations

import pytest

from checks.check import CheckError, check, direct, failed, passed
from checks.derive import derived
from checks.judge import Policy
from checks.load import Catalogue
from collectors.kind import fact
from evidence.model import Coverage, FactCoverage, Scope, ScopeStatus, Status
from nightledger.run import NothingToLookAt, PollSource, Tally, make_plan, read_nothing, run
from tests.collectors.fake import Box, Fake, World
from tests.nightledger.small import AS_OF, CATALOGUE, box_is_red, plan_of

HERE = Scope("shop", "here")
LINK = direct("164.312(a)(1)", proves="x", does_not_prove="y")


def findings(plan) -> list:
    return [finding for judged in run(plan) for finding in judged.findings]


def said(plan, check_id: str) -> dict[str, Status]:
    return {
        str(f.subject if not hasattr(f.subject, "name") else f.subject.name): f.status
        for f in findings(plan)
        if f.check == check_id
    }


def test_every_check_is_asked_of_every_resource():
    assert said(plan_of(World(colours={"b": "blue"})), "box-is-red") == {
        "a": Status.PASS,
        "b": Status.FAIL,
        "c": Status.PASS,
        "d": Status.PASS,
    }


def test_one_check_costs_only_its_own_calls():
    world = World()
    findings(plan_of(world, checks=[box_is_red]))
    assert {call.split()[0] for call in world.calls} == {"parts", "list_boxes", "get_colour"}


def test_the_plan_names_every_permission_it_may_use():
    assert plan_of(World()).permissions == ("fake:Colour", "fake:List", "fake:Owners")


def test_a_run_on_one_resource_judges_it_alone_and_says_that_the_rest_was_not_seen():
    plan = plan_of(World(), checks=[box_is_red], only=lambda found: found.name == "b")
    assert said(plan, "box-is-red") == {
        "b": Status.PASS,
        "fake/shop/here": Status.UNKNOWN,
        "fake/shop/there": Status.UNKNOWN,
    }


def test_policy_reaches_the_check():
    assert (
        said(plan_of(World(), policy=Policy({"box-is-red": {"wanted": "blue"}})), "box-is-red")["a"]
        is Status.FAIL
    )


def test_checks_that_ask_nothing_of_the_sources_are_an_error_not_an_empty_success():
    with pytest.raises(NothingToLookAt):
        plan_of(World(), checks=[])


def test_a_check_that_reads_an_unknown_fact_is_refused_with_the_nearest_name():
    @check("typo", on="fake.box", severity="low", links=[LINK])
    def typo(color):
        """Is it there?"""
        return passed("yes")

    catalogue = Catalogue({"typo": typo}, {})
    with pytest.raises(CheckError) as caught:
        make_plan([PollSource("fake", "shop", World())], {"fake": Fake()}, catalogue, [typo], AS_OF)
    assert "colour" in caught.value.hint


def test_a_derived_kind_is_judged_after_all_it_reads_was_polled():
    @derived("fake.twin", gives="same", reads={"box": "fake.box: colour", "boxes": "fake.box: colour"})
    def twin(box, boxes):
        return {"same": sum(other.fact("colour") == box.fact("colour") for other in boxes)}

    @check("twins", on="fake.twin", severity="low", links=[LINK])
    def twins(same):
        """Are there others like it?"""
        return passed(f"{same} alike")

    catalogue = Catalogue({"twins": twins}, {"fake.twin": twin})

    def judged(world: World) -> set:
        plan = make_plan([PollSource("fake", "shop", world)], {"fake": Fake()}, catalogue, [twins], AS_OF)
        return {(finding.status, finding.sentence.split(" (")[0]) for finding in findings(plan)}

    assert judged(World()) == {(Status.PASS, "4 alike")}
    assert {status for status, _ in judged(World(refuse={"list_boxes there": "Denied"}))} == {Status.UNKNOWN}


def test_the_tally_counts_what_was_not_seen():
    tally = Tally()
    for judged in run(plan_of(World(refuse={"list_boxes": "Denied"}))):
        tally.add(judged)
    assert tally.saw_nothing
    assert len(tally.unseen) == 2
    assert set(tally.statuses) == {Status.UNKNOWN}


def test_listing_without_reading_a_fact_is_having_seen_nothing():
    unread = Coverage(HERE, ScopeStatus.COMPLETE, 1, facts={"size": FactCoverage(missing=(("denied", 1),))})
    read = Coverage(HERE, ScopeStatus.COMPLETE, 1, facts={"size": FactCoverage(none=1)})
    assert read_nothing([unread])
    assert not read_nothing([unread, read])
    assert not read_nothing([Coverage(HERE, ScopeStatus.COMPLETE, 1)])


def test_the_catalogue_names_the_nearest_check():
    with pytest.raises(CheckError) as caught:
        CATALOGUE.pick(["box-is-rad"])
    assert "box-is-red" in caught.value.hint


def test_one_check_may_ask_several_kinds():
    class Crate(Box):
        kind = "fake.crate"

        @fact(needs="fake:Weight", batch=2)
        def weight(self, shop, crates):
            return {found.uid: 1 for found in crates}

        @fact(needs="fake:Colour", absent="NoColour")
        def colour(self, shop, crate):
            return "blue"

        @fact()
        def owner(self, owners, crate):
            return owners.get(crate.name)

        touched = None

    class Two(Fake):
        def kinds(self):
            return (Box, Crate)

    @check("both", on=("fake.box", "fake.crate"), severity="low", links=[LINK])
    def both(colour):
        """Is it red?"""
        return passed("yes") if colour == "red" else failed("no")

    catalogue = Catalogue({"both": both}, {})
    plan = make_plan([PollSource("fake", "shop", World())], {"fake": Two()}, catalogue, [both], AS_OF)
    assert {(f.subject.kind, f.status) for f in findings(plan)} == {
        ("fake.box", Status.PASS),
        ("fake.crate", Status.FAIL),
    }
