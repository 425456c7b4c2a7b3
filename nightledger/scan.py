"""A run kept: every unit is committed as it ends, and the whole is sealed, whatever happened on the way."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from checks.load import version
from collectors.poll import Progress
from collectors.recorder import utc_now
from evidence.model import Json, Unit, UnitResult
from evidence.store import NIGHTLY, Sealed, Store, Writer
from nightledger import __version__
from nightledger.run import Plan, Tally, run


class Stop:
    """Becomes true at the first SIGTERM or SIGINT, so that what is complete is sealed; a second one kills."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def __call__(self) -> bool:
        """Whether to stop."""
        return self._event.is_set()

    def set(self) -> None:
        """Stop at the next opportunity."""
        self._event.set()

    @contextmanager
    def on_signals(self) -> Iterator[Stop]:
        """Listen for SIGTERM and SIGINT inside the block; only the main thread can."""
        if threading.current_thread() is not threading.main_thread():
            yield self
            return
        before = {number: signal.signal(number, self._caught) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _caught(self, number: int, _frame: Any) -> None:
        self._event.set()
        signal.signal(number, signal.SIG_DFL)


@dataclass(frozen=True, slots=True)
class Scanned:
    """A sealed run, what it came to and whether it was stopped early."""

    sealed: Sealed
    tally: Tally
    stopped: bool


def scan(
    store: Store,
    plan: Plan,
    *,
    series: str = NIGHTLY,
    trigger: str = "command",
    selection: Mapping[str, Json] | None = None,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Scanned:
    """Run the plan into the store and seal it; the caller holds the store's lock."""
    stop = stop or Stop()
    tally = Tally()
    run_id = store.begin_run(
        series=series,
        trigger=trigger,
        started=utc_now(),
        tool=f"nightledger {__version__}",
        selection=dict(selection or {}),
        checks=rule_versions(plan),
        planned=(),
    )
    with stop.on_signals():
        with store.ingest(run_id) as writer:
            for judged in run(plan, _Keeping(store, run_id, writer, progress), cancelled=stop):
                writer.commit(judged.result, judged.findings)
                tally.add(judged)
        stopped = stop()
        sealed = store.finish_run(run_id, finished=utc_now(), state="interrupted" if stopped else "sealed")
    return Scanned(sealed, tally, stopped=stopped)


class _Keeping:
    """Keeps the store level with the run, so that a killed run knows what it missed and loses little.

    Each unit is planned as soon as it is known; units that wait to be committed do not wait for the next one.
    """

    def __init__(self, store: Store, run_id: int, writer: Writer, progress: Progress | None) -> None:
        self._store = store
        self._run_id = run_id
        self._writer = writer
        self._progress = progress

    def planned(self, unit: Unit) -> None:
        self._store.plan_units(self._run_id, [unit])
        if self._progress is not None:
            self._progress.planned(unit)

    def finished(self, result: UnitResult) -> None:
        if self._progress is not None:
            self._progress.finished(result)

    def tick(self) -> None:
        self._writer.tick()
        if self._progress is not None:
            self._progress.tick()


def rule_versions(plan: Plan) -> dict[str, str]:
    """Each selected check's version under the plan's policy: what tells a new rule from a changed world."""
    return {check.id: version(check, plan.policy.of(check)) for check in plan.checks}


def series_of(words: Iterable[str], sources: Iterable[str], on: str = "") -> str:
    """The series of a selection: "nightly" for everything, a name of its own for any part."""
    chosen = [*sorted(words), *(f"source={name}" for name in sorted(sources)), *([f"on={on}"] if on else [])]
    return "part: " + " ".join(chosen) if chosen else NIGHTLY
