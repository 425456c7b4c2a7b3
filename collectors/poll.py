"""The engine: one coordinator thread moves facts along, many workers make calls and touch nothing shared.

Errors are handled here and only here: a refused call becomes Missing for that fact of that resource, a refused
listing becomes coverage. A task starts when its inputs exist; workers never wait for workers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from collectors.closing import close_all
from collectors.desk import Done
from collectors.invoke import missing_of, read_failure, say
from collectors.kind import Failure, Found, Platform, Step, Target, Unreached
from collectors.listing import Listing
from collectors.lookups import Lookups
from collectors.plan import KindPlan
from collectors.pool import News, Pool, Task
from collectors.recorder import TaskRecorder, printable, utc_now
from collectors.rows import Rows
from collectors.unit import ScopeRun, UnitRun, unpolled
from evidence.model import Missing, Reason, Scope, ScopeStatus, Unit, UnitResult

TICK = 0.2


class Progress(Protocol):
    """What a run tells whoever watches; every method may do nothing."""

    def planned(self, unit: Unit) -> None:
        """A unit will be polled."""

    def finished(self, result: UnitResult) -> None:
        """A unit ended, well or not."""

    def tick(self) -> None:
        """Time passes: a few times a second while a run goes on, whether or not anything ended."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One source to poll through its platform: the plans by kind, and the source's name for the units.

    `only` limits an on-demand run to some resources; a scope in which it left one out is partial.
    """

    platform: Platform
    source_name: str
    source: Any
    plans: Mapping[str, KindPlan]
    only: Callable[[Found], bool] | None = None


def poll(
    errands: Sequence[Errand],
    progress: Progress | None = None,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[UnitResult]:
    """Yield each unit's result as it ends; after `cancelled()` the unfinished ones come as not attempted.

    At the end the platforms are closed.
    """
    engine = Engine(progress, clock)
    try:
        for errand in errands:
            engine.open(errand)
        yield from engine.results(cancelled)
    finally:
        engine.close()
        close_all(errand.platform for errand in errands)


class Engine:
    """The coordinator: owns the units and the pools; only its own thread calls its methods."""

    def __init__(self, progress: Progress | None, clock: Callable[[], float]) -> None:
        self._progress = progress
        self._clock = clock
        self._look_again = clock()
        self._news: SimpleQueue[News] = SimpleQueue()
        self._pools: dict[str, Pool] = {}
        self._opening: list[Errand] = []
        self._units: dict[int, tuple[UnitRun, Platform]] = {}
        self._open_units: dict[int, tuple[Target, int]] = {}
        self._ready: list[UnitResult] = []
        self._lookups = Lookups(self, self._looked_up)
        self._rows = Rows(self, self._lookups.need, self._row_done)
        self._listing = Listing(self, self._rows.add, self._listed)

    def open(self, errand: Errand) -> None:
        """Open the errand's targets: a worker's business, for it asks for credentials and identities."""
        self._opening.append(errand)
        self._submit(
            errand.platform,
            "open",
            lambda: list(errand.platform.targets(errand.source)),
            partial(self._opened, errand),
        )

    def results(self, cancelled: Callable[[], bool]) -> Iterator[UnitResult]:
        """Move everything along until every unit has ended."""
        while self._opening or self._units or self._ready:
            while self._ready:
                yield self._ready.pop(0)
            if cancelled():
                self._abandon()
            elif self._opening or self._units:
                self._step()

    def close(self) -> None:
        """Drop what is queued and release every target that is still open."""
        for pool in self._pools.values():
            pool.drop_queued()
            pool.close()
        for target, _ in self._open_units.values():
            target.close()

    def send(self, unit: UnitRun, step: Step, part: str, call: Callable[[], Any], done: Done) -> None:
        """Give a call to a worker, in the lane of its first client."""
        platform = self._units[id(unit)][1]
        lane = platform.lane(step.clients[0], part) if step.clients else "pure"
        self._submit(platform, f"{unit.target.name}/{lane}", call, done, unit)

    def fail(self, unit: UnitRun, why: Missing) -> None:
        """End the unit as failed."""
        part = min(unit.scopes, default="global")
        self._finish(unit, unpolled(unit.unit, ScopeStatus.FAILED, why, unit.target.principal, part))

    def settle(self, scope: ScopeRun) -> None:
        """Close the scope if nothing of it is open, and the unit with its last scope."""
        if scope.closed or not scope.listed or scope.open_rows:
            return
        scope.closed = True
        unit = scope.unit
        if not unit.closed and all(run.closed for run in unit.scopes.values()):
            self._finish(unit, unit.result())

    def _step(self) -> None:
        try:
            tell = self._news.get(timeout=TICK)
        except Empty:
            pass
        else:
            tell()
        now = self._clock()
        # Not after every piece of news: with thousands of hosts that is most of the coordinator's time.
        if now >= self._look_again:
            self._look_again = now + TICK
            if self._progress is not None:
                self._progress.tick()
            for unit, _ in list(self._units.values()):
                if unit.deadline and now > unit.deadline:
                    self._expire(unit)

    def _submit(
        self,
        platform: Platform,
        lane: str,
        run: Callable[[], Any],
        done: Done,
        unit: UnitRun | None = None,
    ) -> None:
        pool = self._pools.get(platform.name)
        if pool is None:
            pool = self._pools[platform.name] = Pool(platform.workers, self._news)
        pool.submit(Task(lane, run, done, partial(self._start_clock, unit, platform.deadline)))

    def _start_clock(self, unit: UnitRun | None, seconds: float) -> None:
        if unit is not None and not unit.started:
            unit.started = utc_now()
            unit.deadline = self._clock() + seconds

    # Targets and their units.

    def _opened(
        self, errand: Errand, targets: list[Target | Unreached] | None, error: Exception | None
    ) -> None:
        self._opening.remove(errand)
        if error is not None:
            failure = Failure(type(error).__name__, Reason.ERROR, say(error))
            targets = [Unreached(f"{errand.platform.name}/{errand.source_name}", failure)]
        for target in targets or ():
            if isinstance(target, Unreached):
                self._unreached(errand, target)
            else:
                self._begin(errand, target)

    def _unreached(self, errand: Errand, target: Unreached) -> None:
        failure = target.failure
        need = failure.code if failure.reason is Reason.DENIED else ""
        why = Missing(failure.reason, need, printable(failure.detail or failure.code))
        for kind in errand.plans:
            unit = Unit(errand.source_name, target.name, kind)
            self._tell_planned(unit)
            self._emit(unpolled(unit, ScopeStatus.FAILED, why, target.principal))

    def _begin(self, errand: Errand, target: Target) -> None:
        plans = {kind: plan for kind, plan in errand.plans.items() if target.holds(plan.spec.cls)}
        self._open_units[id(target)] = (target, len(plans))
        for kind, plan in plans.items():
            unit = UnitRun(Unit(errand.source_name, target.name, kind), plan, target, errand.only)
            self._units[id(unit)] = (unit, errand.platform)
            self._tell_planned(unit.unit)
            parts = partial(target.parts, plan.spec.cls)
            self._submit(errand.platform, f"{target.name}/parts", parts, partial(self._parted, unit), unit)

    def _parted(self, unit: UnitRun, parts: tuple[str, ...] | None, error: Exception | None) -> None:
        if unit.closed:
            return
        if error is not None:
            self.fail(unit, missing_of(unit.plan.spec.lists, read_failure(unit, error)))
            return
        for part in parts or ():
            unit.scopes[part] = ScopeRun(unit, Scope(unit.unit.target, part), TaskRecorder(part))
        if not unit.scopes:
            why = Missing(Reason.NOT_AVAILABLE, detail="there is no part of this target to list")
            self._finish(unit, unpolled(unit.unit, ScopeStatus.NOT_APPLICABLE, why, unit.target.principal))
        for scope in list(unit.scopes.values()):
            self._lookups.begin(scope)
            self._listing.begin(scope)

    # What lookups, listings and rows report.

    def _looked_up(self, scope: ScopeRun) -> None:
        self._listing.begin(scope)
        for row in list(scope.rows.values()):
            self._rows.advance(row)

    def _listed(self, scope: ScopeRun) -> None:
        for step in scope.unit.plan.facts:
            if step.batch:
                self._rows.flush(scope, step)
        self.settle(scope)

    def _row_done(self, scope: ScopeRun) -> None:
        self._listing.resume(scope)
        self.settle(scope)

    # Ends.

    def _expire(self, unit: UnitRun) -> None:
        why = Missing(Reason.TIMEOUT, detail="the unit's deadline passed")
        if not unit.scopes:
            self.fail(unit, why)
            return
        for scope in unit.scopes.values():
            scope.expire(why)
        self._finish(unit, unit.result())

    def _abandon(self) -> None:
        why = Missing(Reason.NOT_AVAILABLE, detail="the run was stopped before this was looked at")
        for errand in self._opening:
            for kind in errand.plans:
                unit = Unit(errand.source_name, f"{errand.platform.name}/{errand.source_name}", kind)
                self._tell_planned(unit)
                self._emit(unpolled(unit, ScopeStatus.NOT_ATTEMPTED, why))
        self._opening.clear()
        for run, _ in list(self._units.values()):
            self._finish(run, unpolled(run.unit, ScopeStatus.NOT_ATTEMPTED, why, run.target.principal))

    def _finish(self, unit: UnitRun, result: UnitResult) -> None:
        if unit.closed:
            return
        unit.closed = True
        del self._units[id(unit)]
        unit.release()
        self._emit(result)
        target, left = self._open_units.pop(id(unit.target))
        if left > 1:
            self._open_units[id(target)] = (target, left - 1)
        else:
            self._lookups.forget(target)
            target.close()

    def _emit(self, result: UnitResult) -> None:
        if self._progress is not None:
            self._progress.finished(result)
        self._ready.append(result)

    def _tell_planned(self, unit: Unit) -> None:
        if self._progress is not None:
            self._progress.planned(unit)
