import gc
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config import cron
from config.settings import Settings
from evidence.store import Store
from nightledger.scan import Stop
from nightledger.schedule import ATTEMPTS, last_slot, next_slot, run_due
from scheduler import _night

ROOT = Path(__file__).parents[1]
PLUGIN = ROOT / "tests" / "nightledger" / "cli" / "plugin"
NEW_YORK = ZoneInfo("America/New_York")


def at(*parts, zone=UTC):
    return datetime(*parts, tzinfo=zone)


def test_an_autumn_night_with_two_half_past_ones_is_one_night():
    nightly = cron.parse("30 1 * * *")
    first = next_slot(nightly, NEW_YORK, at(2026, 11, 1, 0, 0, zone=NEW_YORK))
    second = next_slot(nightly, NEW_YORK, first.instant)
    assert (first.day, first.instant) == (date(2026, 11, 1), at(2026, 11, 1, 5, 30))
    assert (second.day, second.instant) == (date(2026, 11, 2), at(2026, 11, 2, 6, 30))


def test_a_spring_night_without_half_past_two_is_not_left_out():
    nightly = cron.parse("30 2 * * *")
    slot = next_slot(nightly, NEW_YORK, at(2026, 3, 7, 12, 0))
    assert (slot.day, slot.instant) == (date(2026, 3, 8), at(2026, 3, 8, 7, 30))


def test_every_night_of_ten_years_comes_once_and_in_order():
    nightly, moment, days = cron.parse("30 2 * * *"), at(2026, 1, 1), []
    for _ in range(3653):
        slot = next_slot(nightly, NEW_YORK, moment)
        assert slot.instant > moment
        assert last_slot(nightly, NEW_YORK, slot.instant) == slot
        moment = slot.instant
        days.append(slot.day)
    assert days == [date(2026, 1, 1) + timedelta(days=n) for n in range(3653)]


def test_only_chosen_days_are_due():
    nightly = cron.parse("0 2 * * mon-fri")
    friday = last_slot(nightly, NEW_YORK, at(2026, 11, 22, 12, 0))
    assert friday.day == date(2026, 11, 20)
    assert next_slot(nightly, NEW_YORK, friday.instant).day == date(2026, 11, 23)


def test_a_date_that_never_comes_is_never_due():
    never = cron.parse("0 2 30 feb *")
    assert next_slot(never, NEW_YORK, at(2026, 1, 1)) is None
    assert last_slot(never, NEW_YORK, at(2026, 1, 1)) is None


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(PLUGIN))
    (tmp_path / "world.json").write_text('{"boxes": {"ledger": 3}}')
    return tmp_path


def settings(home, minutes_ago):
    """Settings whose night began so many minutes ago."""
    begun = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return Settings.model_validate(
        {
            "store": f"sqlite:{home}/evidence.db",
            "key_directory": str(home / "key"),
            "schedule": {"cron": f"{begun.minute} {begun.hour} * * *", "timezone": "UTC"},
            "sources": [
                {
                    "type": "plugin",
                    "name": "room",
                    "platform": "demo",
                    "settings": {"world": f"{home}/world.json"},
                }
            ],
        }
    )


def opener(home):
    return lambda: Store.open(f"sqlite:{home}/evidence.db", keys=home / "key")


def runs(home):
    with opener(home)() as store:
        return [(run.state, run.trigger) for run in store.runs()]


def test_a_missed_night_is_made_up_for_once(home):
    assert run_due(settings(home, 60), opener(home), Stop()) is not None
    assert run_due(settings(home, 60), opener(home), Stop()) is None
    ((state, trigger),) = runs(home)
    assert state == "sealed"
    assert trigger.startswith("schedule 20")


class Cycle:
    """Garbage that only the collector can find."""

    def __init__(self):
        self.itself = self


def test_what_a_night_leaves_in_cycles_does_not_wait_for_the_next(home):
    left = []

    def load():
        left.append(weakref.ref(Cycle()))
        return settings(home, minutes_ago=5)

    gc.disable()
    try:
        _night(load, lambda _settings: opener(home)(), Stop())
    finally:
        gc.enable()
    assert left[0]() is None


def test_a_night_too_long_ago_is_let_go(home):
    assert run_due(settings(home, 13 * 60), opener(home), Stop()) is None
    assert not (home / "evidence.db").exists()


def test_an_interrupted_night_is_begun_again_but_not_for_ever(home):
    stop = Stop()
    (home / "world.json").write_text('{"boxes": {"ledger": 3}, "slow": 20}')
    for _ in range(ATTEMPTS):
        stop = Stop()
        threading.Timer(1, stop.set).start()
        assert run_due(settings(home, 60), opener(home), stop).stopped
    assert run_due(settings(home, 60), opener(home), Stop()) is None
    assert [state for state, _ in runs(home)] == ["interrupted"] * ATTEMPTS


def test_a_night_waits_for_the_run_that_holds_the_store(home):
    stop = Stop()
    with opener(home)() as store, store.lock():
        waiting = threading.Thread(target=run_due, args=(settings(home, 60), opener(home), stop))
        waiting.start()
        time.sleep(1)
        assert waiting.is_alive()
        stop.set()
        waiting.join(10)
    assert not waiting.is_alive()
    assert runs(home) == []


def test_a_night_that_was_made_does_not_wait_for_anybody(home):
    run_due(settings(home, 60), opener(home), Stop())
    with opener(home)() as store, store.lock():
        assert run_due(settings(home, 60), opener(home), Stop()) is None


def service(home, minutes_ago=60):
    begun = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    (home / "nightledger.yaml").write_text(
        f"store: sqlite:evidence.db\nkey_directory: key\n"
        f'schedule: {{cron: "{begun.minute} {begun.hour} * * *", timezone: UTC}}\n'
        f"sources: [{{type: plugin, name: room, platform: demo, settings: {{world: {home}/world.json}}}}]\n"
    )
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": f"{ROOT}{os.pathsep}{PLUGIN}"}
    return subprocess.Popen(
        [sys.executable, "-m", "nightledger", "schedule"],
        cwd=home,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until(holds, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return
        time.sleep(0.2)
    raise AssertionError("it never came to that")


def states(home):
    return [state for state, _ in runs(home)] if (home / "evidence.db").exists() else []


def stopped(process):
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    return process.returncode, err


def test_two_schedulers_never_run_a_night_twice(home):
    first, second = service(home), service(home)
    until(lambda: "sealed" in states(home))
    time.sleep(3)
    ends = [stopped(first), stopped(second)]
    assert [code for code, _ in ends] == [0, 0], ends
    assert states(home) == ["sealed"]


def test_a_stopped_scheduler_seals_what_it_has(home):
    (home / "world.json").write_text('{"boxes": {"ledger": 3}, "slow": 30}')
    process = service(home)
    until(lambda: "open" in states(home))
    code, err = stopped(process)
    assert code == 0, err
    assert "Traceback" not in err
    assert states(home) == ["interrupted"]


def test_a_scheduler_whose_store_is_broken_says_so_and_stays(home):
    (home / "evidence.db").write_bytes(b"not a database" * 100)
    process = service(home)
    said = next(line for line in process.stderr if "the night did not run" in line)
    assert "not a database" in said
    assert process.poll() is None
    assert stopped(process)[0] == 0


def test_a_scheduler_does_not_begin_with_settings_that_are_wrong(home):
    process = service(home)
    (home / "nightledger.yaml").write_text("sources: []\n")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "needs at least one source" in err
