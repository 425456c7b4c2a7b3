from __future__ import annotations

import os
import signal
import threading

import pytest

from checks.check import check, direct, passed
from checks.derive import derived
from checks.load import Catalogue
from evidence.model import ScopeStatus, Status
from evidence.store import Store, UnitState
from nightledger.run import PollSource, make_plan
from nightledger.scan import Stop, scan, series_of
from tests.collectors.fake import Fake, World
from tests.nightledger.small import AS_OF, CATALOGUE, box_is_red, plan_of


@pytest.fixture
def store(tmp_path):
    with Store.open(str(tmp_path / "store.sqlite"), keys=tmp_path / "keys") as opened:
        yield opened


def statuses(store: Store, run_id: int) -> dict[tuple[str, str], Status]:
    return {(row.check, row.name): row.status for row in store.findings(run_id)}


def test_a_scan_is_sealed_with_all_it_saw(store):
    scanned = scan(store, plan_of(World(colours={"b": "blue"})))
    run = store.run(scanned.sealed.run)
    assert run.state == "sealed"
    assert run.root.startswith("sha256:")
    assert statuses(store, run.id)["box-is-red", "b"] is Status.FAIL


def test_two_scans_of_an_unchanged_world_have_one_root_and_add_no_object(store):
    def objects() -> int:
        return store.backend.query("SELECT count(*) FROM object")[0][0]

    first = scan(store, plan_of(World(jitter=0.002)))
    before = objects()
    second = scan(store, plan_of(World(jitter=0.002)))
    assert first.sealed.root == second.sealed.root
    assert objects() == before


def test_a_withdrawn_permission_closes_nothing(store):
    scan(store, plan_of(World(colours={"b": "blue"})))
    second = scan(store, plan_of(World(refuse={"list_boxes here": "Denied"})))
    remembered = [
        row for row in store.findings(second.sealed.run) if row.name == "b" and row.check == "box-is-red"
    ]
    assert [(row.status, row.seen) for row in remembered] == [(Status.FAIL, False)]


def test_a_stopped_scan_seals_what_is_complete_and_marks_the_rest_not_attempted(store):
    world = World(boxes={"here": [f"n{i}" for i in range(200)]}, jitter=0.02)
    stop = Stop()
    world.ask = _stopping(world, stop)
    scanned = scan(store, plan_of(world), stop=stop)
    assert scanned.stopped
    assert store.run(scanned.sealed.run).state == "interrupted"
    coverage = [c.status for unit in store.units(scanned.sealed.run) for c in unit.coverage]
    assert coverage == [ScopeStatus.NOT_ATTEMPTED]


def test_sigterm_stops_a_scan(store):
    world = World(boxes={"here": [f"n{i}" for i in range(200)]}, jitter=0.02)
    asked = world.ask

    def ask(operation: str, about: str = "") -> None:
        if len(world.calls) == 20:
            os.kill(os.getpid(), signal.SIGTERM)
        asked(operation, about)

    world.ask = ask
    assert scan(store, plan_of(world)).stopped
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_scan_stopped_before_anything_was_opened_is_sealed_too(store):
    stop = Stop()
    stop.set()
    scanned = scan(store, plan_of(World()), stop=stop)
    coverage = [c.status for unit in store.units(scanned.sealed.run) for c in unit.coverage]
    assert coverage == [ScopeStatus.NOT_ATTEMPTED]


def test_units_of_derived_kinds_are_sealed_like_all_others(store):
    @derived("fake.twin", gives="colour", reads={"box": "fake.box: colour"})
    def twin(box):
        return {"colour": box.fact("colour")}

    @check(
        "twins", on="fake.twin", severity="low", links=[direct("164.312(d)", proves="x", does_not_prove="y")]
    )
    def twins(colour):
        """Is it red?"""
        return passed("yes")

    catalogue = Catalogue({"twins": twins}, {"fake.twin": twin})
    plan = make_plan([PollSource("fake", "shop", World())], {"fake": Fake()}, catalogue, [twins], AS_OF)
    scanned = scan(store, plan)
    assert {unit.unit.kind for unit in store.units(scanned.sealed.run)} == {"fake.box", "fake.twin"}
    assert statuses(store, scanned.sealed.run)["twins", "a"] is Status.PASS


def test_an_on_demand_run_has_a_series_of_its_own_and_leaves_the_nightly_one_alone(store):
    nightly = scan(store, plan_of(World()))
    partial = scan(
        store,
        plan_of(World(colours={"a": "blue"}), checks=[box_is_red]),
        series=series_of(["box-is-red"], []),
    )
    assert store.run("last").id == nightly.sealed.run
    assert statuses(store, nightly.sealed.run)["box-is-red", "a"] is Status.PASS
    assert statuses(store, partial.sealed.run)["box-is-red", "a"] is Status.FAIL


def test_everything_is_the_nightly_series_and_any_part_is_not():
    assert series_of([], []) == "nightly"
    assert len({series_of(["a"], []), series_of([], ["a"]), series_of([], [], "a"), "nightly"}) == 4


class Watcher:
    """Lets the slow shop answer once the store says that the fast one is done."""

    def __init__(self, store: Store) -> None:
        self.store, self.seen = store, threading.Event()

    def planned(self, unit) -> None:
        pass

    def finished(self, result) -> None:
        pass

    def tick(self) -> None:
        if any(row.state is UnitState.DONE for row in self.store.units(1)):
            self.seen.set()


def test_a_unit_is_committed_while_the_next_one_is_still_waited_for(store):
    slow, watcher = World(), Watcher(store)
    slow.ask = lambda *_: watcher.seen.wait(20)
    sources = [PollSource("fake", "fast", World()), PollSource("fake", "slow", slow)]
    plan = make_plan(sources, {"fake": Fake()}, CATALOGUE, CATALOGUE.checks.values(), AS_OF)
    scan(store, plan, progress=watcher)
    assert watcher.seen.is_set()


def _stopping(world: World, stop: Stop):
    asked = world.ask

    def ask(operation: str, about: str = "") -> None:
        if len(world.calls) == 20:
            stop.set()
        asked(operation, about)

    return ask
