from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from evidence.model import Unit
from evidence.store import Store, UnitState
from evidence.verify import verify
from tests.evidence.estate import begin, findings, observed, result
from tests.servers.postgres import PostgresServer

UNITS = [Unit("prod", f"aws/{n:012d}", "aws.s3.bucket") for n in range(24)]
FINISHED = "2026-11-01T01:05:00Z"


def polled(unit: Unit):
    return result([observed(f"{unit.target[4:]}-{n}", unit=unit, size=n) for n in range(5)], unit=unit)


def work(url: str, keys: Path, run: int, name: str) -> int:
    """Try every unit, as a worker that knows nothing of the others; gives how many commits took effect."""
    units = random.Random(name).sample(UNITS, len(UNITS))
    with Store.open(url, keys=keys) as store:
        leases = [store.claim_unit(run, unit, name) for unit in units]
        given = [(lease, polled(lease.unit)) for lease in leases if lease is not None]
        return sum(store.commit_unit(run, gave, findings(gave), lease=lease) for lease, gave in given)


def test_workers_that_race_for_the_same_units_commit_each_once(url, keys):
    with Store.open(url, keys=keys) as store, store.lock():
        run = begin(store, UNITS)
        with ThreadPoolExecutor(4) as pool:
            effects = list(pool.map(lambda n: work(url, keys, run, f"worker-{n}"), range(4)))
        assert {unit.state for unit in store.units(run)} == {UnitState.DONE}
        assert sum(effects) == len(UNITS)
        store.finish_run(run, FINISHED)
        assert verify(store).problems == ()


def sealed_root(url: str, keys: Path, units: list[Unit]) -> str:
    with Store.open(url, keys=keys) as store:
        run = begin(store, UNITS)
        for unit in units:
            gave = polled(unit)
            store.commit_unit(run, gave, findings(gave))
        return store.finish_run(run, FINISHED).root


def test_both_engines_and_any_order_of_units_give_one_root(tmp_path, keys, postgres: PostgresServer):
    shuffled = random.Random(7).sample(UNITS, len(UNITS))
    roots = {
        sealed_root(str(tmp_path / "a.sqlite"), keys, UNITS),
        sealed_root(str(tmp_path / "b.sqlite"), keys, shuffled),
        sealed_root(postgres.new_database(), keys, shuffled),
    }
    assert len(roots) == 1


def test_an_event_is_appended_while_a_run_is_under_way(url, keys):
    with Store.open(url, keys=keys) as store, store.lock():
        run = begin(store, UNITS)
        store.commit_unit(run, polled(UNITS[0]), [])
        with Store.open(url, keys=keys) as other:
            other.append_event({"schema": "nightledger.waiver/1", "reason": "compensating control"})
        store.finish_run(run, FINISHED)
        assert [event["schema"] for _, event in store.events()][1:] == [
            "nightledger.waiver/1",
            "nightledger.run/1",
        ]
        assert verify(store).problems == ()
