"""When the nightly scan is due, and running it once. Holds no clock of its own: scheduler.py is the clock.

A night is named by its local date. Its run carries that name as trigger, and is begun under the store's lock
after looking for that name: however many schedulers there are, and however often they restart, a night is
sealed once.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from config.cron import Nightly
from config.settings import Settings
from evidence.store import NIGHTLY, Store, StoreBusy
from nightledger.nightly import scan_settings
from nightledger.scan import Scanned, Stop

GRACE = timedelta(hours=12)
"""How late a night may still begin; after that it is missed and only the log says so."""

ATTEMPTS = 3
"""How often a night that was interrupted is begun again."""

_FAR = 366 * 8
_BUSY_SECONDS = 30.0

log = logging.getLogger("nightledger.schedule")


@dataclass(frozen=True, slots=True)
class Slot:
    """One night that is due: its local date and the UTC instant at which it begins."""

    day: date
    instant: datetime

    @property
    def trigger(self) -> str:
        """What its run is marked with."""
        return f"schedule {self.day.isoformat()}"


def last_slot(nightly: Nightly, zone: ZoneInfo, now: datetime) -> Slot | None:
    """The newest night that has begun by `now`, within the last eight years."""
    today = now.astimezone(zone).date()
    days = (today - timedelta(days=back) for back in range(-1, _FAR))
    slots = (Slot(day, nightly.instant(day, zone)) for day in days if nightly.falls_on(day))
    return next((slot for slot in slots if slot.instant <= now), None)


def next_slot(nightly: Nightly, zone: ZoneInfo, after: datetime) -> Slot | None:
    """The first night that begins after an instant, within the next eight years."""
    today = after.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(-1, _FAR))
    slots = (Slot(day, nightly.instant(day, zone)) for day in days if nightly.falls_on(day))
    return next((slot for slot in slots if slot.instant > after), None)


def run_due(settings: Settings, open_store: Callable[[], Store], stop: Stop) -> Scanned | None:
    """Run the night that is due, unless it was made or is too long ago; waits while another run holds the store."""
    now = datetime.now(UTC)
    slot = last_slot(settings.schedule.nightly, settings.schedule_zone, now)
    if slot is None or now - slot.instant > GRACE:
        return None
    while not stop() and datetime.now(UTC) - slot.instant <= GRACE:
        try:
            return _run_once(settings, open_store, slot, stop)
        except StoreBusy:
            log.info("another run holds the store; night %s waits", slot.day)
            _wait(_BUSY_SECONDS, stop)
    return None


def _run_once(settings: Settings, open_store: Callable[[], Store], slot: Slot, stop: Stop) -> Scanned | None:
    with open_store() as store:
        # Asked once without the lock, so that a night that was made never waits, and once with it, to be sure.
        if _is_made(store, slot):
            return None
        with store.lock():
            if _is_made(store, slot):
                return None
            return scan_settings(store, settings, trigger=slot.trigger, stop=stop)


def _is_made(store: Store, slot: Slot) -> bool:
    made = [run for run in store.runs(NIGHTLY) if run.trigger == slot.trigger]
    return any(run.state == "sealed" for run in made) or len(made) >= ATTEMPTS


def _wait(seconds: float, stop: Stop) -> None:
    end = time.monotonic() + seconds
    while not stop() and time.monotonic() < end:
        time.sleep(0.2)
