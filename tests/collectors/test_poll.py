from __future__ import annotations

import gc
import random
import threading
from collections.abc import Iterator

import pytest

from collectors.lookups import Lookup
from collectors.plan import plan_kind, specs
from collectors.poll import Errand, poll
from collectors.unit import Row
from evidence.canonical import canonical
from evidence.documents import evidence_document
from evidence.model import Missing, Reason, ScopeStatus, UnitResult
from tests.collectors.fake import ODD, Fake, World

FACTS = ("colour", "bright", "owner", "weight")


def look(world: World, facts=FACTS, platform: Fake | None = None, cancelled=lambda: False) -> UnitResult:
    platform = platform or Fake()
    known = specs([platform])
    errand = Errand(platform, "shop", world, {"fake.box": plan_kind(known["fake.box"], facts)})
    results = list(poll([errand], cancelled=cancelled))
    assert len(results) == 1
    return results[0]


def facts_of(result: UnitResult) -> dict[str, dict]:
    return {seen.resource.name: dict(seen.facts) for seen in result.observations}


def statuses(result: UnitResult) -> dict[str, ScopeStatus]:
    return {coverage.scope.part: coverage.status for coverage in result.coverage}


def test_every_planned_fact_of_every_resource_is_read():
    result = look(World())
    assert facts_of(result)["a"] == {"size": 3, "colour": "red", "bright": True, "owner": "ann", "weight": 1}
    assert [seen.resource.uid for seen in result.observations] == ["uid-a", "uid-b", "uid-c", "uid-d"]
    assert statuses(result) == {"here": ScopeStatus.COMPLETE, "there": ScopeStatus.COMPLETE}


def test_only_the_calls_that_the_wanted_facts_need_are_made():
    world = World()
    look(world, facts=("colour",))
    assert {call.split()[0] for call in world.calls} == {"parts", "list_boxes", "get_colour"}


def test_a_refused_call_is_missing_for_that_fact_of_that_resource_and_names_the_permission():
    result = look(World(refuse={"get_colour b": "Denied"}))
    assert facts_of(result)["b"]["colour"] == Missing(Reason.DENIED, "fake:Colour", "Denied")
    assert facts_of(result)["a"]["colour"] == "red"
    assert result.coverage[0].permissions_missing == ("fake:Colour",)


def test_a_fact_built_on_a_missing_one_is_missing_without_being_called():
    result = look(World(refuse={"get_colour": "Denied"}))
    assert {seen["bright"].reason for seen in facts_of(result).values()} == {Reason.DENIED}


def test_a_code_declared_absent_means_looked_and_there_is_none():
    assert facts_of(look(World(refuse={"get_colour c": "NoColour"})))["c"]["colour"] is None


def test_a_refused_listing_is_a_failed_scope_and_the_other_scope_is_complete():
    result = look(World(refuse={"list_boxes here": "Denied"}))
    assert statuses(result) == {"here": ScopeStatus.FAILED, "there": ScopeStatus.COMPLETE}
    assert result.coverage[0].why == Missing(Reason.DENIED, "fake:List", "Denied")
    assert list(facts_of(result)) == ["d"]


def test_a_listing_that_breaks_midway_keeps_what_was_seen():
    many = [f"n{i:03}" for i in range(250)]
    result = look(World(boxes={"here": [*many, "boom"]}), facts=("colour",))
    assert statuses(result) == {"here": ScopeStatus.PARTIAL}
    assert len(result.observations) == 250


def test_a_scope_that_is_not_enabled_is_not_applicable():
    assert (
        statuses(look(World(refuse={"list_boxes there": "NotEnabled"})))["there"]
        is ScopeStatus.NOT_APPLICABLE
    )


def test_expired_credentials_fail_the_whole_unit():
    result = look(World(refuse={"get_colour b": "Expired"}))
    assert set(statuses(result).values()) == {ScopeStatus.FAILED}
    assert result.observations == ()


def test_a_resource_deleted_between_list_and_get_gives_no_row_and_is_counted():
    result = look(World(refuse={"get_colour b": "Gone"}))
    assert "b" not in facts_of(result)
    assert (result.coverage[0].listed, result.coverage[0].gone) == (3, 1)


def test_a_lookup_is_made_once_per_scope_and_when_refused_every_user_of_it_is_missing():
    world = World(refuse={"list_owners": "Denied"})
    result = look(world)
    assert sum(call == "list_owners" for call in world.calls) == 2
    assert {seen["owner"] for seen in facts_of(result).values()} == {
        Missing(Reason.DENIED, "fake:Owners", "Denied")
    }
    assert facts_of(result)["a"]["colour"] == "red"


def test_a_uid_absent_from_a_batch_answer_is_missing_never_none():
    result = look(World(boxes={"here": ["a", "unweighed"]}))
    assert facts_of(result)["unweighed"]["weight"].reason is Reason.ERROR
    assert facts_of(result)["a"]["weight"] == 1


def test_an_error_for_one_halves_the_batch():
    result = look(
        World(boxes={"here": ["a", "b"]}, refuse={"get_weights a,b": "Denied", "get_weights b": "Denied"})
    )
    assert facts_of(result)["a"]["weight"] == 1
    assert facts_of(result)["b"]["weight"] == Missing(Reason.DENIED, "fake:Weight", "Denied")


@pytest.mark.parametrize("odd", ODD)
def test_a_fact_that_cannot_be_evidence_is_missing_and_the_others_are_read(odd):
    result = look(World(colours={"b": odd}), facts=("shade",))
    missing = facts_of(result)["b"]["shade"]
    assert isinstance(missing, Missing)
    assert missing.reason is Reason.ERROR
    assert missing.detail.startswith("shade: ")
    assert facts_of(result)["a"]["shade"] == "red"
    assert all(canonical(evidence_document(seen)) for seen in result.observations)


@pytest.mark.parametrize("odd", ODD)
def test_what_a_listing_gives_that_cannot_be_evidence_is_missing(odd):
    result = look(World(size=ODD[odd], seen=ODD[odd]))
    for seen in result.observations:
        given = {name: value.detail for name, value in (("size", seen.facts["size"]), *seen.volatile.items())}
        assert {name: detail.startswith(name) for name, detail in given.items()} == {
            "size": True,
            "seen": True,
        }
        assert seen.facts["bright"] == seen.facts["size"]
        assert seen.facts["colour"] == "red"


def test_a_resource_that_evidence_cannot_name_stops_the_listing_and_says_so():
    result = look(World(boxes={"here": ["a", "broken", "c"], "there": ["d"]}))
    assert statuses(result) == {"here": ScopeStatus.PARTIAL, "there": ScopeStatus.COMPLETE}
    assert list(facts_of(result)) == ["a", "d"]
    assert "evidence cannot hold" in result.coverage[0].why.detail


def test_two_resources_with_one_uid_are_a_bug_that_says_so():
    result = look(World(boxes={"here": ["a", "a"]}))
    assert statuses(result) == {"here": ScopeStatus.PARTIAL}
    assert "share the uid" in result.coverage[0].why.detail


def test_volatile_facts_stand_apart():
    result = look(World(), facts=("touched",))
    assert "touched" not in result.observations[0].facts
    assert "touched" in result.observations[0].volatile


def test_ten_runs_with_shuffled_timing_give_identical_facts():
    def material() -> bytes:
        result = look(World(jitter=0.004), platform=Fake(workers=random.choice([1, 2, 8])))
        rows = [[seen.resource.uid, dict(seen.facts)] for seen in result.observations]
        return canonical([rows, [str(coverage) for coverage in result.coverage]])

    assert len({material() for _ in range(10)}) == 1


def test_a_source_that_cannot_be_opened_fails_every_unit_of_it():
    result = look(World(refuse={"open": "Boom"}))
    assert statuses(result) == {"global": ScopeStatus.FAILED}


def test_cancelling_marks_what_was_not_finished_as_not_attempted():
    world = World(boxes={"here": [f"n{i}" for i in range(100)]}, jitter=0.05)
    result = look(world, cancelled=lambda: len(world.calls) > 10)
    assert statuses(result) == {"global": ScopeStatus.NOT_ATTEMPTED}


def test_a_unit_past_its_deadline_keeps_what_it_read_and_calls_the_rest_timed_out():
    world = World(boxes={"here": [f"n{i}" for i in range(40)]}, jitter=0.2)
    result = look(world, facts=("colour",), platform=Fake(workers=2, deadline=0.5))
    values = [seen["colour"] for seen in facts_of(result).values()]
    assert any(isinstance(value, Missing) and value.reason is Reason.TIMEOUT for value in values)


def test_every_call_is_recorded_with_the_digest_of_what_was_kept():
    result = look(World(), facts=("colour",))
    call = next(call for call in result.calls if call.about == "uid-a")
    assert call.request_id == "r1"
    assert result.objects[call.answer] == b'"red"'


@pytest.mark.parametrize("workers", [1, 3, 16])
def test_any_number_of_workers_gives_the_same_facts(workers):
    assert facts_of(look(World(jitter=0.002), platform=Fake(workers=workers))) == facts_of(look(World()))


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
def test_what_a_unit_read_is_let_go_of_with_its_end_not_when_the_garbage_collector_comes():
    refuse = {"get_weights a": "Denied"}
    assert facts_of(look(World(boxes={"here": ["a", "b"]}, refuse=refuse)))["b"]["colour"] == "red"
    assert not [held for held in gc.get_objects() if isinstance(held, Row | Lookup)]


class Ticks:
    def __init__(self) -> None:
        self.heard = threading.Event()

    def planned(self, unit) -> None:
        pass

    def finished(self, result) -> None:
        pass

    def tick(self) -> None:
        self.heard.set()


def test_time_is_told_to_pass_while_nothing_ends():
    world, ticks = World(), Ticks()
    world.ask = lambda *_: ticks.heard.wait(10)
    known = specs([Fake()])
    errand = Errand(Fake(), "shop", world, {"fake.box": plan_kind(known["fake.box"], FACTS)})
    list(poll([errand], ticks))
    assert ticks.heard.is_set()


def test_a_lookup_that_only_resources_need_is_not_asked_where_there_is_none():
    world = World(boxes={"here": [], "there": ["d"]})
    result = look(world)
    assert world.calls.count("list_owners") == 1
    assert facts_of(result)["d"]["owner"] is None
    empty = World(boxes={"here": [], "there": []})
    look(empty)
    assert "list_owners" not in empty.calls
