from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from evidence.canonical import digest
from evidence.model import Unit
from evidence.store import StoreError, UnitState
from evidence.store.writer import MOST_RESOURCES, MOST_SECONDS, MOST_UNITS, Writer
from evidence.verify import verify
from tests.evidence.estate import begin, findings, observed, result

UNITS = [Unit("prod", f"aws/{n:012d}", "aws.s3.bucket") for n in range(200)]
FINISHED = "2026-11-01T01:05:00Z"


def polled(unit: Unit):
    return result([observed(f"{unit.target[4:]}-{n}", unit=unit, size=n) for n in range(3)], unit=unit)


def hand_over(store, run: int, units: list[Unit], error: BaseException | None = None) -> None:
    with store.ingest(run) as writer:
        for unit in units:
            writer.commit(polled(unit), findings(polled(unit)))
        if error is not None:
            raise error


def done(store, run: int) -> set[Unit]:
    return {row.unit for row in store.units(run) if row.state is UnitState.DONE}


def test_all_that_was_handed_over_is_committed_when_the_block_ends(store):
    run = begin(store, UNITS)
    hand_over(store, run, UNITS)
    assert done(store, run) == set(UNITS)
    store.finish_run(run, FINISHED)
    assert len(list(store.observations(run))) == 3 * len(UNITS)
    assert verify(store).problems == ()


def test_one_at_a_time_and_many_at_once_give_one_root(store):
    roots = set()
    for together in (True, False):
        run = begin(store, UNITS[:20], series=f"series {together}")
        if together:
            hand_over(store, run, UNITS[:20])
        else:
            for unit in UNITS[:20]:
                assert store.commit_unit(run, polled(unit), findings(polled(unit)))
        roots.add(store.finish_run(run, FINISHED).root)
    assert len(roots) == 1


def test_units_may_be_planned_while_others_are_committed(store):
    run = begin(store, [])
    with store.ingest(run) as writer:
        for unit in UNITS:
            store.plan_units(run, [unit])
            writer.commit(polled(unit), findings(polled(unit)))
    assert done(store, run) == set(UNITS)


def test_a_block_that_ends_by_an_error_still_commits_what_was_handed_over(store):
    run = begin(store, UNITS)
    with pytest.raises(KeyboardInterrupt):
        hand_over(store, run, UNITS[:5], KeyboardInterrupt())
    assert done(store, run) == set(UNITS[:5])


def test_an_error_of_a_commit_reaches_whoever_hands_over_units_and_nobody_waits_for_ever(store):
    run = begin(store, UNITS)
    unplanned = Unit("prod", "aws/999999999999", "aws.s3.bucket")
    with pytest.raises(StoreError, match="is not planned"):
        hand_over(store, run, [unplanned, *UNITS])
    assert done(store, run) < set(UNITS)
    store.finish_run(run, FINISHED, state="interrupted")
    assert verify(store).problems == ()


def test_a_unit_that_cannot_be_prepared_is_refused_where_it_is_handed_over(store):
    run = begin(store, UNITS)
    lying = replace(polled(UNITS[0]), objects={digest(b"x"): b"y"})
    with pytest.raises(StoreError, match="not its own"), store.ingest(run) as writer:
        writer.commit(lying, [])
    assert done(store, run) == set()


def test_a_unit_handed_over_twice_is_committed_once(store):
    run = begin(store, UNITS[:1])
    hand_over(store, run, [UNITS[0], UNITS[0]])
    store.finish_run(run, FINISHED)
    assert len(list(store.observations(run))) == 3
    assert verify(store).problems == ()


class Waiting:
    """A writer whose clock stands still, and what it committed."""

    def __init__(self, resources: int = 1) -> None:
        self.now = 0.0
        self.committed: list[int] = []
        prepared = SimpleNamespace(prepared=SimpleNamespace(documents=[b"{}"] * resources))
        self.writer = Writer(
            lambda *_: prepared, lambda batch: self.committed.append(len(batch)), lambda: self.now
        )

    def hand_over(self, units: int) -> None:
        for _ in range(units):
            self.writer.commit(polled(UNITS[0]), [])


def test_units_wait_for_each_other_but_no_longer_than_a_second_when_no_other_comes():
    waiting = Waiting()
    waiting.hand_over(3)
    waiting.writer.tick()
    assert waiting.committed == []
    waiting.now += MOST_SECONDS + 0.1
    waiting.writer.tick()
    waiting.writer.tick()
    assert waiting.committed == [3]


def test_the_first_that_waits_counts_not_the_last():
    waiting = Waiting()
    for _ in range(4):
        waiting.hand_over(1)
        waiting.now += MOST_SECONDS / 2
    assert waiting.committed == [4]


@pytest.mark.parametrize(("resources", "units"), [(1, MOST_UNITS), (MOST_RESOURCES // 4, 4)])
def test_no_more_than_so_many_wait(resources, units):
    waiting = Waiting(resources)
    waiting.hand_over(units - 1)
    assert waiting.committed == []
    waiting.hand_over(1)
    assert waiting.committed == [units]
