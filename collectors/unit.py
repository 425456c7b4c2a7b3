"""One unit while it is polled: its scopes, the rows being filled, and the UnitResult it becomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from collectors.fit import fit_fact
from collectors.kind import Found, Target
from collectors.plan import KindPlan
from collectors.recorder import TaskRecorder, utc_now
from evidence.model import (
    Coverage,
    Fact,
    FactCoverage,
    Missing,
    Observation,
    Reason,
    Resource,
    Scope,
    ScopeStatus,
    Unit,
    UnitResult,
)


@dataclass(slots=True, eq=False)
class Row:
    """One resource being filled: `waiting` facts have no value yet, `asked` ones are with a worker."""

    found: Found
    scope: ScopeRun
    values: dict[str, Fact]
    waiting: dict[str, Any]
    asked: set[str] = field(default_factory=set)
    gone: bool = False
    counted: bool = False

    @property
    def part(self) -> str:
        """The part whose client answers for this resource: its home region, else the listing's."""
        return self.found.home or self.scope.scope.part

    @property
    def done(self) -> bool:
        """Whether nothing more will be learnt about this resource."""
        return self.gone or not (self.waiting or self.asked)


@dataclass(slots=True, eq=False)
class ScopeRun:
    """One scope being listed: `why` stays None while nothing has stopped the listing."""

    unit: UnitRun
    scope: Scope
    recorder: TaskRecorder
    rows: dict[str, Row] = field(default_factory=dict)
    open_rows: int = 0
    lookups: dict[str, Any] = field(default_factory=dict)
    needed: set[str] = field(default_factory=set)
    batches: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    listing: Iterator[Found] | None = None
    listed: bool = False
    paused: bool = False
    left_out: bool = False
    why: Missing | None = None
    status: ScopeStatus = ScopeStatus.COMPLETE
    closed: bool = False

    def expire(self, why: Missing) -> None:
        """Give up here: what was read stays, the rest is missing for this reason."""
        for row in self.rows.values():
            for name in (*row.waiting, *row.asked):
                row.values[name] = why
            row.waiting.clear()
            row.asked.clear()
        if not self.listed:
            self.why = why
            self.status = ScopeStatus.PARTIAL if self.rows else ScopeStatus.FAILED
        self.listed = self.closed = True

    def coverage(self) -> Coverage:
        """What was reached here, fact by fact."""
        kept = [row for row in self.rows.values() if not row.gone]
        names = [step.name for step in self.unit.plan.facts] + list(self.unit.plan.spec.lists.gives)
        missing = {need for row in kept for need in _denied(row.values.values())}
        if self.why is not None and self.why.reason is Reason.DENIED:
            missing.add(self.why.need)
        return Coverage(
            scope=self.scope,
            status=self.status,
            listed=len(self.rows),
            gone=len(self.rows) - len(kept),
            why=self.why,
            facts={name: _fact_coverage(name, kept) for name in sorted(names)},
            permissions_missing=tuple(sorted(filter(None, missing))),
        )


@dataclass(slots=True, eq=False)
class UnitRun:
    """One unit of the run: waits for its scopes, then becomes a result exactly once."""

    unit: Unit
    plan: KindPlan
    target: Target
    only: Callable[[Found], bool] | None = None
    scopes: dict[str, ScopeRun] = field(default_factory=dict)
    recorders: list[TaskRecorder] = field(default_factory=list)
    shared: list[TaskRecorder] = field(default_factory=list)
    started: str = ""
    deadline: float = 0.0
    closed: bool = False

    def result(self) -> UnitResult:
        """The sorted, deterministic result; `calls` and `dropped` are what may differ between equal runs."""
        volatile = {step.name for step in self.plan.facts if step.volatile}
        scopes = sorted(self.scopes.values(), key=lambda run: run.scope)
        rows = [row for run in scopes for row in run.rows.values() if not row.gone]
        rows.sort(key=lambda row: row.found.uid)
        recorders = [*self.shared, *(run.recorder for run in scopes), *self.recorders]
        return UnitResult(
            unit=self.unit,
            principal=self.target.principal,
            started=self.started or utc_now(),
            finished=utc_now(),
            coverage=tuple(run.coverage() for run in scopes),
            observations=tuple(_observation(row, volatile) for row in rows),
            calls=tuple(
                sorted(
                    (c for r in recorders for c in r.made),
                    key=lambda c: (c.at, c.about, c.operation, c.asked),
                )
            ),
            objects={name: data for r in recorders for name, data in r.objects.items()},
            dropped=dict(sorted(sum((r.drops for r in recorders), Counter[str]()).items())),
        )

    def release(self) -> None:
        """Let go of what was read: unit, scopes and rows point at each other and would wait for the collector."""
        for scope in self.scopes.values():
            for row in scope.rows.values():
                row.values.clear()
            scope.rows.clear()
            scope.lookups.clear()
            scope.batches.clear()
        self.recorders.clear()
        self.shared.clear()


def unpolled(
    unit: Unit, status: ScopeStatus, why: Missing, principal: str = "", part: str = "global"
) -> UnitResult:
    """The result of a unit that was never listed: one scope of it, failed or not attempted, and why."""
    now = utc_now()
    permissions = (why.need,) if why.reason is Reason.DENIED and why.need else ()
    coverage = Coverage(Scope(unit.target, part), status, why=why, permissions_missing=permissions)
    return UnitResult(unit, principal, now, now, (coverage,), ())


def resource_of(scope: ScopeRun, found: Found) -> Resource:
    """What was listed in this scope, as evidence names it: its home region is one of its labels."""
    labels = (*found.labels, ("region", found.home)) if found.home else found.labels
    return Resource(scope.unit.unit.kind, found.uid, found.name, scope.scope, tuple(sorted(labels)))


def _observation(row: Row, volatile: set[str]) -> Observation:
    values = sorted(row.values.items())
    given = {name: fit_fact(name, value) for name, value in row.found.volatile.items()}
    return Observation(
        resource_of(row.scope, row.found),
        {name: value for name, value in values if name not in volatile},
        {**given, **{name: value for name, value in values if name in volatile}},
    )


def _denied(values: Iterable[Fact]) -> set[str]:
    return {value.need for value in values if isinstance(value, Missing) and value.reason is Reason.DENIED}


def _fact_coverage(name: str, rows: list[Row]) -> FactCoverage:
    values = [row.values[name] for row in rows if name in row.values]
    missing = Counter(value.reason.value for value in values if isinstance(value, Missing))
    none = sum(value is None for value in values)
    return FactCoverage(len(values) - none - missing.total(), none, tuple(sorted(missing.items())))
