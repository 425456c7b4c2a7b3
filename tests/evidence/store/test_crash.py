from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from evidence.drift import Change, compare
from evidence.model import Finding, Status, Unit, UnitResult
from evidence.store import Store, StoreError, UnitState
from evidence.verify import verify
from tests.evidence.estate import UNIT, begin, judged, night, observed, result

Way = Callable[[Store, int, int, random.Random], None]

KILLS = 50
INVENTED = (Change.FIXED, Change.VANISHED, Change.GONE_UNSEEN, Change.SUSPECTED_MASS_VANISH)
UNITS = [Unit("prod", f"aws/{n:012d}", "aws.s3.bucket") for n in range(8)]


def failing(unit: Unit, rng: random.Random) -> tuple[UnitResult, list[Finding]]:
    """A night in which sizes changed, and nothing was put right or went away."""
    gave = result([observed(f"b{n}", unit=unit, size=rng.randrange(3)) for n in range(20)], unit=unit)
    return gave, [judged(seen.resource, Status.FAIL) for seen in gave.observations]


def one_by_one(store: Store, run: int, told: int, rng: random.Random) -> None:
    for unit in UNITS:
        assert store.commit_unit(run, *failing(unit, rng))
        os.write(told, f"unit {run} {unit.target}\n".encode())


def as_a_scan_does(store: Store, run: int, told: int, rng: random.Random) -> None:
    with store.ingest(run) as writer:
        for unit in UNITS:
            writer.commit(*failing(unit, rng))
    for unit in UNITS:
        os.write(told, f"unit {run} {unit.target}\n".encode())


def commit_for_ever(url: str, keys: Path, told: int, way: Way) -> None:
    rng = random.Random(os.getpid())
    with Store.open(url, keys=keys) as store, store.lock():
        while True:
            run = begin(store, UNITS)
            way(store, run, told, rng)
            store.finish_run(run, "2026-11-01T01:05:00Z")
            os.write(told, f"run {run}\n".encode())


def killed_while_committing(url: str, keys: Path, rng: random.Random, way: Way) -> list[list[str]]:
    """What a child process said it had committed before SIGKILL reached it."""
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            commit_for_ever(url, keys, told, way)
        finally:
            os._exit(1)
    os.close(told)
    select.select([heard], [], [], 20)
    time.sleep(rng.random() * 0.08)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(heard, encoding="ascii") as lines:
        return [line.split() for line in lines]


def test_fifty_kills_while_committing_lose_nothing_that_was_acknowledged(url, keys):
    rng = random.Random(20261122)
    sealed: set[int] = set()
    for kill in range(KILLS):
        said = killed_while_committing(url, keys, rng, (one_by_one, as_a_scan_does)[kill % 2])
        assert said
        with Store.open(url, keys=keys) as store:
            wait_for_the_lock(store)
            for kind, run, *target in said:
                if kind == "unit":
                    done = {u.unit.target for u in store.units(int(run)) if u.state is UnitState.DONE}
                    assert target[0] in done
                else:
                    sealed.add(int(run))
            assert {run.state for run in store.runs()} <= {"sealed", "interrupted"}
    with Store.open(url, keys=keys) as store:
        assert {run.id for run in store.runs() if run.state == "sealed"} >= sealed
        assert verify(store).problems == ()
        for before, after in pairwise(store.runs()):
            assert not compare(store, before, after).of(*INVENTED)
        night(store, result([observed("after")]))
        assert store.run("last").state == "sealed"


def wait_for_the_lock(store: Store) -> None:
    """PostgreSQL notices a killed client only when it next reads from it."""
    for _ in range(200):
        try:
            with store.lock():
                return
        except StoreError:
            time.sleep(0.05)
    pytest.fail("the lock of a killed process was never given back")


FULL_DISK = """
import os, sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from evidence.store import Store, StoreError
from tests.evidence.estate import begin, observed, result, night
folder = Path(sys.argv[1])
store = Store.open(str(folder / "store.sqlite"), keys=Path(sys.argv[2]))
night(store, result([observed("a")]))
run = begin(store, night=2)
many = [observed(f"b{n}", note=os.urandom(30_000).hex()) for n in range(200)]
try:
    store.commit_unit(run, result(many), [])
    print("committed")
except StoreError as error:
    print(error.exit_code, error, error.hint)
store.close()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small file system")
def test_a_full_disk_is_one_clear_error_and_nothing_is_lost(tmp_path, keys):
    small = tmp_path / "small"
    small.mkdir()
    mount = ["unshare", "-m", "sh", "-c"]
    script = (
        f"mount -t tmpfs -o size=2m tmpfs {small} && {sys.executable} -c '{FULL_DISK}' {small} {keys}"
        f" && cp {small}/store.sqlite* {tmp_path}/"
    )
    done = subprocess.run([*mount, script], capture_output=True, text=True, check=False, cwd=Path.cwd())
    if "mount:" in done.stderr or "unshare:" in done.stderr:
        pytest.skip(f"cannot mount a small file system here: {done.stderr.strip()}")
    assert "disk is full" in done.stdout, done.stderr
    assert done.stdout.startswith("2 ")
    assert "Free some space" in done.stdout
    with Store.open(str(tmp_path / "store.sqlite"), keys=keys) as store, store.lock():
        assert [run.state for run in store.runs()] == ["sealed", "interrupted"]
        assert [unit.unit for unit in store.units(1)] == [UNIT]
        assert verify(store).problems == ()
