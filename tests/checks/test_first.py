from __future__ import annotations

import pytest

from checks.check import check, direct, not_applicable, passed
from checks.first import asked_of
from checks.judge import Policy
from checks.load import Catalogue
from nightledger.run import PollSource, make_plan, run
from tests.collectors.fake import Fake, World
from tests.nightledger.small import AS_OF, CATALOGUE, box_is_red

LINK = direct("164.312(a)(1)", proves="x", does_not_prove="y")


def unless_named(resource, *, required: tuple[str, ...] = ()):
    return None if resource.name in required else not_applicable("nobody asked")


@check("box-asked", on="fake.box", severity="low", links=[LINK], first=unless_named)
def box_is_asked(colour, *, required: tuple[str, ...] = ()):
    """Is it asked?"""
    return passed(f"it is {colour}")


def answers(world, *checks, required=()):
    catalogue = Catalogue({**CATALOGUE.checks, "box-asked": box_is_asked}, {})
    policy = Policy({"box-asked": {"required": required}})
    plan = make_plan([PollSource("fake", "shop", world)], {"fake": Fake()}, catalogue, checks, AS_OF, policy)
    return {
        f.subject.name: f.status.value
        for judged in run(plan)
        for f in judged.findings
        if f.check == "box-asked"
    }


@pytest.mark.parametrize("required", [(), ("b",), ("a", "d")])
def test_a_fact_is_asked_only_of_the_resources_that_its_check_cannot_answer_from_the_listing(required):
    world = World()
    said = answers(world, box_is_asked, required=required)
    assert {name for name, status in said.items() if status == "pass"} == set(required)
    assert set(said.values()) <= {"pass", "not_applicable"}
    asked = [call for call in world.calls if call.startswith("get_colour")]
    assert sorted(asked) == [f"get_colour {name}" for name in required]


def test_a_fact_that_another_check_reads_too_is_asked_of_all():
    world = World()
    answers(world, box_is_asked, box_is_red)
    assert len([call for call in world.calls if call.startswith("get_colour")]) == 4


def test_a_check_without_an_answer_beforehand_narrows_nothing():
    assert asked_of([box_is_red], (), Policy()) == {}
