"""The engine: one coordinator thread moves facts along, many workers make calls and touch nothing shared.

Errors are handled here and only here: a refused call becomes Missing for that fact of that resource, a refused
listing becomes coverage. A task starts when its inputs exist; workers never wait for workers.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from collectors.kind import Failure, Found, Platform, Reach, Step, Target, Unreached
from collectors.plan import KindPlan, clients_of
from collectors.pool import Outcome, Pool, Task
from collectors.recorder import TaskRecorder, printable, utc_now
from collectors.unit import Row, ScopeRun, UnitRun, unpolled
from evidence.model import Missing, NightledgerError, Reason, Scope, ScopeStatus, Unit, UnitResult

PAGE = 200
MAX_OPEN_ROWS = 2_000


class Progress(Protocol):
    """What a run tells whoever watches; every method may do nothing."""

    def planned(self, unit: Unit) -> None:
        """A unit will be polled."""

    def finished(self, result: UnitResult) -> None:
        """A unit ended, well or not."""


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
    """Yield each unit's result as it ends; after `cancelled()` the unfinished ones come as not attempted."""
    engine = _Engine(progress, clock)
    try:
        for errand in errands:
            engine.open(errand)
        yield from engine.results(cancelled)
    finally:
        engine.close()


class _Engine:
    """The coordinator's state; only its own thread calls its methods."""

    def __init__(self, progress: Progress | None, clock: Callable[[], float]) -> None:
        self._progress = progress
        self._clock = clock
        self._outcomes: SimpleQueue[Outcome | None] = SimpleQueue()
        self._pools: dict[str, Pool] = {}
        self._units: dict[int, UnitRun] = {}
        self._platforms: dict[int, Platform] = {}
        self._left: dict[int, int] = {}
        self._targets: dict[int, Target] = {}
        self._lookups: dict[tuple[int, str, str, tuple[str, ...]], _Lookup] = {}
        self._ready: list[UnitResult] = []
        self._opening: list[Errand] = []

    def open(self, errand: Errand) -> None:
        self._opening.append(errand)
        # Opening asks for credentials and identities: a worker's business, like every other call.
        self._submit(
            errand.platform,
            "open",
            lambda: list(errand.platform.targets(errand.source)),
            lambda targets, error: self._opened(errand, targets, error),
        )

    def results(self, cancelled: Callable[[], bool]) -> Iterator[UnitResult]:
        while self._opening or self._units or self._ready:
            yield from self._take_ready()
            if cancelled():
                self._abandon()
                yield from self._take_ready()
                return
            if self._opening or self._units:
                self._step()

    def close(self) -> None:
        for pool in self._pools.values():
            pool.drop_queued()
            pool.close()
        for target in self._targets.values():
            target.close()

    def _take_ready(self) -> Iterator[UnitResult]:
        while self._ready:
            yield self._ready.pop(0)

    def _step(self) -> None:
        try:
            outcome = self._outcomes.get(timeout=0.2)
        except Empty:
            outcome = None
        if outcome is not None:
            pool, task, value, error = outcome
            task.done(value, error)
            pool.ended(task)
        now = self._clock()
        for run in [run for run in self._units.values() if run.deadline and now > run.deadline]:
            self._expire(run)

    def _submit(
        self,
        platform: Platform,
        lane: str,
        run: Callable[[], Any],
        done: Callable[[Any, Exception | None], None],
        unit: UnitRun | None = None,
    ) -> None:
        pool = self._pools.get(platform.name)
        if pool is None:
            pool = self._pools[platform.name] = Pool(platform.workers, self._outcomes)
        started = partial(self._start_clock, unit, platform.deadline) if unit is not None else lambda: None
        pool.submit(Task(lane, run, done, started))

    def _start_clock(self, unit: UnitRun, seconds: float) -> None:
        if not unit.started:
            unit.started = utc_now()
            unit.deadline = self._clock() + seconds

    def _opened(
        self, errand: Errand, targets: list[Target | Unreached] | None, error: Exception | None
    ) -> None:
        self._opening.remove(errand)
        if error is not None:
            failure = Failure(type(error).__name__, Reason.ERROR, _say(error))
            targets = [Unreached(f"{errand.platform.name}/{errand.source_name}", failure)]
        for target in targets or ():
            match target:
                case Unreached(name, failure, principal):
                    self._unreached(errand, name, failure, principal)
                case _:
                    self._begin(errand, target)

    def _unreached(self, errand: Errand, name: str, failure: Failure, principal: str) -> None:
        why = Missing(
            failure.reason, failure.code if failure.reason is Reason.DENIED else "", _detail(failure)
        )
        for kind in errand.plans:
            unit = Unit(errand.source_name, name, kind)
            self._plan_unit(unit)
            self._emit(unpolled(unit, ScopeStatus.FAILED, why, principal))

    def _begin(self, errand: Errand, target: Target) -> None:
        self._targets[id(target)] = target
        self._left[id(target)] = len(errand.plans)
        for kind, plan in errand.plans.items():
            unit = UnitRun(Unit(errand.source_name, target.name, kind), plan, target, errand.only)
            self._units[id(unit)] = unit
            self._platforms[id(unit)] = errand.platform
            self._plan_unit(unit.unit)
            self._submit(
                errand.platform,
                "parts",
                partial(target.parts, plan.spec.cls),
                partial(self._parted, unit),
                unit,
            )

    def _parted(self, unit: UnitRun, parts: tuple[str, ...] | None, error: Exception | None) -> None:
        if unit.closed:
            return
        if error is not None:
            self._fail_unit(unit, self._missing(unit, unit.plan.spec.lists, error))
            return
        for part in parts or ():
            scope = ScopeRun(unit, Scope(unit.unit.target, part), TaskRecorder(part))
            unit.scopes[part] = scope
        if not unit.scopes:
            why = Missing(Reason.NOT_AVAILABLE, detail="there is no part of this target to list")
            self._finish(unit, unpolled(unit.unit, ScopeStatus.NOT_APPLICABLE, why, unit.target.principal))
        for scope in list(unit.scopes.values()):
            for step in unit.plan.lookups:
                self._start_lookup(scope, step)
            self._try_listing(scope)

    # Lookups: one read per target, part and lookup, shared by every unit that asks.

    def _start_lookup(self, scope: ScopeRun, step: Step) -> None:
        unit = scope.unit
        tags = unit.plan.tags if "tags" in step.inputs else ()
        key = (id(unit.target), scope.scope.part, step.method.__qualname__, tags)
        known = self._lookups.get(key)
        if known is None:
            known = self._lookups[key] = _Lookup(TaskRecorder(scope.scope.part))
        known.waiting.append(scope)
        unit.shared.append(known.recorder)
        scope.lookups[step.name] = known
        if not known.asked and all(
            scope.lookups[name].ready for name in step.inputs if name in scope.lookups
        ):
            self._ask_lookup(scope, step, known)

    def _ask_lookup(self, scope: ScopeRun, step: Step, known: _Lookup) -> None:
        known.asked = True
        for name in step.inputs:
            held = scope.lookups.get(name)
            if held is not None and isinstance(held.value, Missing):
                self._looked_up(scope, step, known, held.value, None)
                return
        call = self._call(scope, step, scope.scope.part, known.recorder)
        self._send(scope.unit, step, scope.scope.part, call, partial(self._looked_up, scope, step, known))

    def _looked_up(
        self, scope: ScopeRun, step: Step, known: _Lookup, value: Any, error: Exception | None
    ) -> None:
        known.failure = None if error is None else self._read(scope.unit, error)
        known.value = value if error is None else self._missing(scope.unit, step, error)
        known.ready = True
        for waiting in known.waiting:
            if waiting.closed or waiting.unit.closed:
                continue
            if known.failure is not None and known.failure.reach is Reach.UNIT:
                self._fail_unit(waiting.unit, known.value)
                continue
            for other in waiting.unit.plan.lookups:
                held = waiting.lookups.get(other.name)
                if held is not None and not held.asked and self._lookup_inputs_ready(waiting, other):
                    self._ask_lookup(waiting, other, held)
            self._try_listing(waiting)
            for row in list(waiting.rows.values()):
                self._advance(row)
            self._check_scope(waiting)

    def _lookup_inputs_ready(self, scope: ScopeRun, step: Step) -> bool:
        return all(scope.lookups[name].ready for name in step.inputs if name in scope.lookups)

    # Listing: a page at a time, so that memory stays bounded and a failure midway keeps what was seen.

    def _try_listing(self, scope: ScopeRun) -> None:
        step = scope.unit.plan.spec.lists
        if scope.listing is not None or scope.listed or not self._lookup_inputs_ready(scope, step):
            return
        for name in step.inputs:
            held = scope.lookups.get(name)
            if held is not None and isinstance(held.value, Missing):
                self._stop_listing(scope, held.value, held.failure)
                return
        scope.listing = iter(())
        start = self._call(scope, step, scope.scope.part, scope.recorder)

        def first_page() -> _Page:
            scope.listing = iter(start())
            return _take(scope.listing)

        self._send(scope.unit, step, scope.scope.part, first_page, partial(self._listed, scope))

    def _next_page(self, scope: ScopeRun) -> None:
        listing = scope.listing or iter(())
        step = scope.unit.plan.spec.lists
        self._send(scope.unit, step, scope.scope.part, partial(_take, listing), partial(self._listed, scope))

    def _listed(self, scope: ScopeRun, page: _Page | None, error: Exception | None) -> None:
        if scope.closed or scope.unit.closed:
            return
        found, broke = page or ([], error)
        for item in found:
            if scope.unit.only is not None and not scope.unit.only(item):
                scope.left_out = True
            elif scope.why is None:
                self._add(scope, item)
        if scope.unit.closed:
            return
        if broke is not None:
            why = self._missing(scope.unit, scope.unit.plan.spec.lists, broke)
            self._stop_listing(scope, why, self._read(scope.unit, broke))
        elif scope.why is not None or len(found) < PAGE:
            self._end_listing(scope)
        elif scope.open_rows < MAX_OPEN_ROWS:
            self._next_page(scope)
        else:
            scope.paused = True

    def _stop_listing(self, scope: ScopeRun, why: Missing, failure: Failure | None) -> None:
        if failure is not None and failure.reach is Reach.UNIT:
            self._fail_unit(scope.unit, why)
            return
        scope.why = why
        if failure is not None and failure.reach is Reach.SCOPE_NOT_APPLICABLE:
            scope.status = ScopeStatus.NOT_APPLICABLE
        else:
            scope.status = ScopeStatus.PARTIAL if scope.rows else ScopeStatus.FAILED
        self._end_listing(scope)

    def _end_listing(self, scope: ScopeRun) -> None:
        scope.listed = True
        if scope.left_out and scope.why is None:
            scope.why, scope.status = _LEFT_OUT, ScopeStatus.PARTIAL
        for step in scope.unit.plan.facts:
            if step.batch:
                self._flush(scope, step, at_least=1)
        self._check_scope(scope)

    def _add(self, scope: ScopeRun, found: Found) -> None:
        if any(found.uid in other.rows for other in scope.unit.scopes.values()):
            scope.why = Missing(Reason.ERROR, detail=f"two resources share the uid {printable(found.uid)}")
            scope.status = ScopeStatus.PARTIAL
            return
        plan = scope.unit.plan
        values = {name: found.gives.get(name, _NOT_GIVEN) for name in plan.spec.lists.gives}
        row = Row(found, scope, values, {step.name: step for step in plan.facts})
        scope.rows[found.uid] = row
        scope.open_rows += 1
        self._advance(row)

    # Facts of one resource.

    def _advance(self, row: Row) -> None:
        if row.done:
            return
        for name, step in list(row.waiting.items()):
            if row.gone or not self._inputs_ready(row, step):
                continue
            del row.waiting[name]
            missing = self._first_missing(row, step)
            if missing is not None:
                row.values[name] = missing
            elif step.batch:
                row.asked.add(name)
                row.scope.batches.setdefault((name, row.part), []).append(row)
                self._flush(row.scope, step, at_least=step.batch)
            elif clients_of(row.scope.unit.plan.spec, step):
                row.asked.add(name)
                self._ask_fact(row, step)
            else:
                row.values[name] = self._pure(row, step)
        if row.done:
            self._row_done(row)

    def _inputs_ready(self, row: Row, step: Step) -> bool:
        facts, lookups = row.scope.unit.plan.spec.fact_names, row.scope.lookups
        for name in step.inputs:
            if name in lookups:
                if not lookups[name].ready:
                    return False
            elif name in facts and name not in row.values:
                return False
        return True

    def _first_missing(self, row: Row, step: Step) -> Missing | None:
        for name in step.inputs:
            held = row.scope.lookups.get(name)
            value = held.value if held is not None else row.values.get(name)
            if isinstance(value, Missing):
                return value
        return None

    def _pure(self, row: Row, step: Step) -> Any:
        try:
            return self._call(row.scope, step, row.part, row.scope.recorder, row=row)()
        except Exception as error:  # noqa: BLE001 - a parser's bug is this fact's Missing, never the run's end
            return Missing(Reason.ERROR, detail=f"{step.name}: {_say(error)}")

    def _ask_fact(self, row: Row, step: Step) -> None:
        unit = row.scope.unit
        recorder = TaskRecorder(row.part, row.found.uid)
        unit.recorders.append(recorder)
        call = self._call(row.scope, step, row.part, recorder, row=row)
        self._send(unit, step, row.part, call, partial(self._fact_read, row, step))

    def _fact_read(self, row: Row, step: Step, value: Any, error: Exception | None) -> None:
        if row.scope.unit.closed or row.scope.closed:
            return
        row.asked.discard(step.name)
        if error is None:
            row.values[step.name] = value
        else:
            self._fact_failed(row, step, error)
        if not row.scope.unit.closed:
            self._advance(row)
            if row.done:
                self._row_done(row)

    def _fact_failed(self, row: Row, step: Step, error: Exception) -> None:
        unit = row.scope.unit
        failure = self._read(unit, error)
        if failure.code in step.absent:
            row.values[step.name] = None
        elif failure.code in unit.plan.spec.cls.gone:
            row.gone = True
        elif failure.reach is Reach.UNIT:
            self._fail_unit(unit, self._missing(unit, step, error))
        else:
            row.values[step.name] = self._missing(unit, step, error)

    def _flush(self, scope: ScopeRun, step: Step, *, at_least: int) -> None:
        for (name, part), rows in scope.batches.items():
            while name == step.name and len(rows) >= at_least and rows:
                chunk, rows[:] = rows[: step.batch], rows[step.batch :]
                self._ask_batch(scope, step, part, chunk)

    def _ask_batch(self, scope: ScopeRun, step: Step, part: str, rows: list[Row]) -> None:
        recorder = TaskRecorder(part)
        scope.unit.recorders.append(recorder)
        call = self._call(scope, step, part, recorder, batch=rows)
        self._send(scope.unit, step, part, call, partial(self._batch_read, scope, step, part, rows))

    def _batch_read(
        self, scope: ScopeRun, step: Step, part: str, rows: list[Row], value: Any, error: Exception | None
    ) -> None:
        if scope.closed or scope.unit.closed:
            return
        if error is not None and len(rows) > 1:
            half = len(rows) // 2
            self._ask_batch(scope, step, part, rows[:half])
            self._ask_batch(scope, step, part, rows[half:])
            return
        for row in rows:
            answer = _NOT_ANSWERED if value is None else value.get(row.found.uid, _NOT_ANSWERED)
            self._fact_read(row, step, answer, error)

    def _row_done(self, row: Row) -> None:
        scope = row.scope
        if scope.closed or row.counted:
            return
        row.counted = True
        scope.open_rows -= 1
        if scope.paused and scope.open_rows < MAX_OPEN_ROWS // 2:
            scope.paused = False
            self._next_page(scope)
        self._check_scope(scope)

    # Ends.

    def _check_scope(self, scope: ScopeRun) -> None:
        if scope.closed or not scope.listed or scope.open_rows:
            return
        scope.closed = True
        unit = scope.unit
        if not unit.closed and all(run.closed for run in unit.scopes.values()):
            self._finish(unit, unit.result())

    def _fail_unit(self, unit: UnitRun, why: Missing) -> None:
        part = next(iter(sorted(unit.scopes)), "global")
        self._finish(unit, unpolled(unit.unit, ScopeStatus.FAILED, why, unit.target.principal, part))

    def _expire(self, unit: UnitRun) -> None:
        why = Missing(Reason.TIMEOUT, detail="the unit's deadline passed")
        for scope in unit.scopes.values():
            for row in scope.rows.values():
                for name in (*row.waiting, *row.asked):
                    row.values[name] = why
                row.waiting.clear()
                row.asked.clear()
            if not scope.listed:
                scope.why = why
                scope.status = ScopeStatus.PARTIAL if scope.rows else ScopeStatus.FAILED
            scope.listed = scope.closed = True
        failed = unpolled(unit.unit, ScopeStatus.FAILED, why, unit.target.principal)
        self._finish(unit, unit.result() if unit.scopes else failed)

    def _finish(self, unit: UnitRun, result: UnitResult) -> None:
        if unit.closed:
            return
        unit.closed = True
        del self._units[id(unit)]
        self._emit(result)
        self._left[id(unit.target)] -= 1
        if not self._left[id(unit.target)]:
            self._targets.pop(id(unit.target)).close()

    def _abandon(self) -> None:
        why = Missing(Reason.NOT_AVAILABLE, detail="the run was stopped before this was looked at")
        for unit in list(self._units.values()):
            self._finish(unit, unpolled(unit.unit, ScopeStatus.NOT_ATTEMPTED, why, unit.target.principal))

    def _emit(self, result: UnitResult) -> None:
        if self._progress is not None:
            self._progress.finished(result)
        self._ready.append(result)

    def _plan_unit(self, unit: Unit) -> None:
        if self._progress is not None:
            self._progress.planned(unit)

    # Calls.

    def _send(
        self,
        unit: UnitRun,
        step: Step,
        part: str,
        call: Callable[[], Any],
        done: Callable[[Any, Exception | None], None],
    ) -> None:
        platform = self._platforms[id(unit)]
        clients = clients_of(unit.plan.spec, step)
        lane = platform.lane(clients[0], part) if clients else "pure"
        self._submit(platform, f"{unit.target.name}/{lane}", call, done, unit)

    def _call(
        self,
        scope: ScopeRun,
        step: Step,
        part: str,
        recorder: TaskRecorder,
        *,
        row: Row | None = None,
        batch: Iterable[Row] = (),
    ) -> Callable[[], Any]:
        spec, target = scope.unit.plan.spec, scope.unit.target
        given: dict[str, Any] = defaultdict(lambda: None)
        clients = clients_of(spec, step)
        for name in step.inputs:
            if name == spec.singular and row is not None:
                given[name] = row.found
            elif name == spec.plural:
                given[name] = [other.found for other in batch]
            elif name == "tags":
                given[name] = scope.unit.plan.tags
            elif name in scope.lookups:
                given[name] = scope.lookups[name].value
            elif name not in clients and row is not None:
                given[name] = row.values[name]
        author = spec.cls()

        def call() -> Any:
            bound = {name: target.client(name, part, recorder) for name in clients}
            return step.method(author, **{**given, **bound})

        return call

    def _read(self, unit: UnitRun, error: Exception) -> Failure:
        try:
            return unit.target.classify(error)
        except Exception as worse:  # noqa: BLE001 - a classifier's bug must not hide the failure it was asked about
            return Failure(
                type(error).__name__, Reason.ERROR, f"{_say(error)} (unclassified: {type(worse).__name__})"
            )

    def _missing(self, unit: UnitRun, step: Step, error: Exception) -> Missing:
        failure = self._read(unit, error)
        need = step.need(failure.operation) if failure.reason is Reason.DENIED else ""
        return Missing(failure.reason, need, _detail(failure))


@dataclass(slots=True, eq=False)
class _Lookup:
    """A shared read: asked once, ready once, whoever waits for it."""

    recorder: TaskRecorder
    waiting: list[ScopeRun] = field(default_factory=list)
    value: Any = None
    failure: Failure | None = None
    asked: bool = False
    ready: bool = False


_Page = tuple[list[Found], Exception | None]


def _take(listing: Iterator[Found]) -> _Page:
    """The next page of a listing, and what broke it: what was yielded before the break was seen."""
    found: list[Found] = []
    try:
        found.extend(islice(listing, PAGE))
    except Exception as error:  # noqa: BLE001 - the coordinator reads it
        return found, error
    return found, None


_LEFT_OUT = Missing(Reason.NOT_AVAILABLE, detail="only some resources were asked for")
_NOT_GIVEN = Missing(Reason.ERROR, detail="the listing did not give this fact")
_NOT_ANSWERED = Missing(Reason.ERROR, detail="the answer did not mention this resource")


def _detail(failure: Failure) -> str:
    return printable(failure.detail or failure.code)


def _say(error: Exception) -> str:
    if isinstance(error, NightledgerError):
        return printable(str(error))
    return printable(f"{type(error).__name__}: {error}")
