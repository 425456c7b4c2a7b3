"""When: the nightly clock, and nothing but the clock.

What is due and what was made is decided in nightledger/schedule.py, so that cron or a systemd timer that runs
`nightledger scan` can take this one's place.
"""

from __future__ import annotations

import gc
import logging
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from config.settings import Settings
from evidence.model import NightledgerError
from evidence.store import Store
from nightledger.scan import Stop
from nightledger.schedule import GRACE, next_slot, run_due

log = logging.getLogger("nightledger.scheduler")


def serve(load: Callable[[], Settings], open_store: Callable[[Settings], Store]) -> None:
    """Run every night until SIGTERM or SIGINT, which seals what is complete.

    A night that was missed or broke is tried again, now and every half hour while it is not too late. Settings are
    read again each time; what is wrong with them, or with the store, is logged and not fatal.
    """
    from apscheduler.schedulers.blocking import BlockingScheduler  # noqa: PLC0415 - 0.1 s, only for the service

    stop = Stop()
    clock = BlockingScheduler(timezone=UTC)
    defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": int(GRACE.total_seconds())}

    def night() -> None:
        _night(load, open_store, stop)

    clock.add_job(night, _trigger(load), id="nightly", **defaults)
    clock.add_job(night, "interval", minutes=30, next_run_time=datetime.now(UTC), id="catch-up", **defaults)
    clock.add_listener(_tell, _troubles())
    ended = _on_signals(stop, clock)
    try:
        clock.start()
    finally:
        ended()


def _night(load: Callable[[], Settings], open_store: Callable[[Settings], Store], stop: Stop) -> None:
    try:
        settings = load()
        scanned = run_due(settings, lambda: open_store(settings), stop)
    except NightledgerError as error:
        log.error("the night did not run: %s %s", error, error.hint)  # noqa: TRY400 - ours: no traceback
        return
    finally:
        # A command looks for cycles of garbage rarely; what a night leaves in them must not wait for the next ones.
        gc.collect()
    if scanned is not None:
        log.info("run %s sealed, root %s", scanned.sealed.run, scanned.sealed.root)


def _tell(event: Any) -> None:
    trouble = getattr(event, "traceback", None) or "it was missed, or the one before still ran"
    log.error("job %s did not run: %s", event.job_id, trouble)


def _trigger(load: Callable[[], Settings]) -> Any:
    """The night's next instant, always computed in UTC from the wall clock of the settings' zone."""
    from apscheduler.triggers.base import BaseTrigger  # noqa: PLC0415 - as above

    settings = load()
    nightly, zone = settings.schedule.nightly, settings.schedule_zone

    class NightTrigger(BaseTrigger):  # type: ignore[misc]
        def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
            slot = next_slot(nightly, zone, previous or now)
            return slot.instant if slot else None

    return NightTrigger()


def _troubles() -> int:
    from apscheduler import events  # noqa: PLC0415 - as above

    return int(events.EVENT_JOB_MISSED | events.EVENT_JOB_MAX_INSTANCES | events.EVENT_JOB_ERROR)


def _on_signals(stop: Stop, clock: Any) -> Callable[[], None]:
    """Stop at the first signal; shutting down waits for the run, which a signal handler itself may not."""
    helper = threading.Thread(target=lambda: clock.shutdown(wait=True), name="shutdown")

    def caught(_number: int, _frame: Any) -> None:
        if not stop():
            stop.set()
            helper.start()

    before = {number: signal.signal(number, caught) for number in (signal.SIGTERM, signal.SIGINT)}

    def ended() -> None:
        if helper.ident is not None:
            helper.join()
        for number, handler in before.items():
            signal.signal(number, handler)

    return ended
