from __future__ import annotations

from dataclasses import dataclass

import pytest

from checks.check import CheckError, check, direct, passed
from checks.load import _add
from collectors.kind import Found, Kind, KindError, describe, fact, lists, lookup
from collectors.listing import MAX_OPEN_ROWS, PAGE
from collectors.plan import plan_kind, specs
from collectors.poll import Errand, poll
from evidence.model import Missing, Reason
from tests.collectors.fake import Box, Fake, World


@dataclass
class Of(Fake):
    classes: tuple = ()

    def kinds(self):
        return self.classes


def refused(*classes: type[Kind]) -> KindError:
    with pytest.raises(KindError) as caught:
        specs([Of(classes=classes)])
    return caught.value


def looked(*classes: type[Kind], world: World | None = None) -> dict:
    platform = Of(classes=classes)
    known = specs([platform])
    plans = {name: plan_kind(spec, spec.facts) for name, spec in known.items()}
    results = poll([Errand(platform, "s", world or World(), plans)])
    return {result.unit.kind: result for result in results}


class Listed(Kind):
    kind, platform = "fake.listed", "fake"

    @lists()
    def every(self, shop):
        yield Found("1", "one")


def test_a_parameter_that_names_nothing_is_refused_at_load():
    class Typo(Listed):
        @fact()
        def colour(self, shopp, typo):
            return 1

    assert "'shopp'" in str(refused(Typo))


def test_two_kinds_of_one_name_are_refused_at_load():
    assert "two kinds" in str(refused(Box, Box))


def test_a_kind_without_a_listing_is_refused_at_load():
    class Nothing(Kind):
        kind = "fake.nothing"

    with pytest.raises(KindError):
        describe(Nothing)


def test_facts_that_build_on_each_other_in_a_circle_are_refused_at_load():
    class Circle(Listed):
        @fact()
        def one(self, two):
            return two

        @fact()
        def two(self, one):
            return one

    assert "circle" in str(refused(Circle))


def test_a_listing_cannot_ask_for_the_resource_it_lists():
    class Eager(Kind):
        kind, platform = "fake.eager", "fake"

        @lists()
        def every(self, shop, eager):
            yield from ()

    assert "eager" in str(refused(Eager))


def test_a_batch_fact_cannot_build_on_other_facts():
    class Batched(Listed):
        @fact()
        def size(self, batched):
            return 1

        @fact(batch=2)
        def weight(self, shop, batcheds, size):
            return {}

    assert "batch" in str(refused(Batched))


def test_an_unknown_fact_is_refused_and_the_known_ones_are_named():
    spec = specs([Fake()])["fake.box"]
    with pytest.raises(KindError) as caught:
        plan_kind(spec, ["color"])
    assert "colour" in caught.value.hint


def test_the_closure_of_a_fact_holds_what_it_builds_on_and_no_more():
    spec = specs([Fake()])["fake.box"]
    assert [step.name for step in plan_kind(spec, ["bright"]).facts] == ["colour", "bright"]
    assert plan_kind(spec, ["bright"]).lookups == ()


def test_two_checks_of_one_id_are_refused_at_load():
    @check(
        "twice", on="fake.box", severity="low", links=[direct("164.312(d)", proves="x", does_not_prove="y")]
    )
    def twice(colour):
        """Is it there?"""
        return passed("yes")

    with pytest.raises(CheckError):
        _add({"twice": twice}, "twice", twice)


def test_a_free_fact_the_listing_did_not_give_is_missing_never_none():
    class Stingy(Kind):
        kind, platform = "fake.stingy", "fake"

        @lists(gives="size")
        def every(self, shop):
            yield Found("1", "one", gives={"size": 3})
            yield Found("2", "two")

    rows = {row.resource.name: row.facts["size"] for row in looked(Stingy)["fake.stingy"].observations}
    assert rows["one"] == 3
    assert isinstance(rows["two"], Missing)
    assert rows["two"].reason is Reason.ERROR


class Shares:
    @lookup(needs="fake:Owners")
    def owners(self, shop):
        return shop.owners()

    @fact()
    def owner(self, owners):
        return owners.get("a")


class First(Shares, Listed):
    kind = "fake.first"


class Second(Shares, Listed):
    kind = "fake.second"


def test_a_lookup_serves_several_kinds_of_a_scope_with_one_call():
    world = World(boxes={"here": []})
    results = looked(First, Second, world=world)
    assert world.calls.count("list_owners") == 1
    assert all(row.facts["owner"] == "ann" for result in results.values() for row in result.observations)
    assert all(any(call.operation == "list_owners" for call in result.calls) for result in results.values())


def test_a_listing_waits_while_too_many_of_its_resources_are_unread():
    asked: list[str] = []

    class Endless(Kind):
        kind, platform = "fake.endless", "fake"

        @lists()
        def every(self, shop):
            for number in range(6_000):
                asked.append(f"listed {number}")
                yield Found(str(number), str(number))

        @fact()
        def colour(self, shop, endless):
            asked.append(f"read {endless.name}")
            return shop.colour(endless.name)

    result = looked(Endless, world=World(boxes={"here": []}))["fake.endless"]
    assert len(result.observations) == 6_000
    behind = worst = 0
    for line in asked:
        behind += 1 if line.startswith("listed") else -1
        worst = max(worst, behind)
    assert worst <= MAX_OPEN_ROWS + 2 * PAGE


def test_a_target_is_not_polled_for_kinds_it_cannot_hold():
    world = World(boxes={"here": []}, never=frozenset({"fake.second"}))
    assert set(looked(First, Second, world=world)) == {"fake.first"}
