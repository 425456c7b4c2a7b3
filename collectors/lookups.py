"""Lookups: one read per target, part and lookup, shared by every unit that asks, all or nothing.

What only resources need is asked when there is one: an empty listing costs no lookup, and whether its answer came in
time cannot show in the record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from collectors.desk import Desk
from collectors.invoke import bind, fails_unit, first_missing, inputs_ready, missing_of, read_failure
from collectors.kind import Failure, Step, Target
from collectors.recorder import TaskRecorder
from collectors.unit import ScopeRun
from evidence.model import Missing


@dataclass(slots=True, eq=False)
class Lookup:
    """One shared read and the scopes that wait for it; `failure` is set when it could not be made."""

    recorder: TaskRecorder
    waiting: list[ScopeRun] = field(default_factory=list)
    value: Any = None
    failure: Failure | None = None
    asked: bool = False
    ready: bool = False


class Lookups:
    """Asks each lookup once it is needed and its own inputs are ready, and tells each waiting scope."""

    def __init__(self, desk: Desk, on_ready: Callable[[ScopeRun], None]) -> None:
        self._desk = desk
        self._on_ready = on_ready
        self._known: defaultdict[int, dict[tuple[str, str, tuple[str, ...]], Lookup]] = defaultdict(dict)

    def begin(self, scope: ScopeRun) -> None:
        """Join every lookup that this scope's plan uses, and ask for those that its listing needs."""
        for step in scope.unit.plan.lookups:
            held = self._join(scope, step)
            scope.lookups[step.name] = held
            scope.unit.shared.append(held.recorder)
        self.need(scope, scope.unit.plan.spec.lists)

    def need(self, scope: ScopeRun, step: Step) -> None:
        """Ask for the lookups that a listing or fact of this scope builds on, and for those that they build on."""
        for name in step.inputs:
            if name in scope.lookups and name not in scope.needed and not scope.unit.closed:
                scope.needed.add(name)
                lookup = scope.unit.plan.spec.lookups[name]
                self.need(scope, lookup)
                self._try(scope, lookup)

    def forget(self, target: Target) -> None:
        """Let go of what was read for a target whose last unit has ended: a record of a host is large."""
        self._known.pop(id(target), None)

    def _join(self, scope: ScopeRun, step: Step) -> Lookup:
        tags = scope.unit.plan.tags if "tags" in step.inputs else ()
        key = (scope.scope.part, step.method.__qualname__, tags)
        held = self._known[id(scope.unit.target)].setdefault(key, Lookup(TaskRecorder(scope.scope.part)))
        held.waiting.append(scope)
        return held

    def _try(self, scope: ScopeRun, step: Step) -> None:
        held: Lookup = scope.lookups[step.name]
        if held.asked or not inputs_ready(scope, step):
            return
        held.asked = True
        missing = first_missing(scope, step)
        if missing is not None:
            self._answer(held, missing)
            return
        call = bind(scope, step, scope.scope.part, held.recorder)
        self._desk.send(scope.unit, step, scope.scope.part, call, partial(self._read, scope, step, held))

    def _read(self, scope: ScopeRun, step: Step, held: Lookup, value: Any, error: Exception | None) -> None:
        if error is not None:
            held.failure = read_failure(scope.unit, error)
            value = missing_of(step, held.failure)
        self._answer(held, value)

    def _answer(self, held: Lookup, value: Any) -> None:
        held.value = value
        held.ready = True
        for scope in held.waiting:
            if scope.unit.closed:
                continue
            if fails_unit(held.failure) and isinstance(value, Missing):
                self._desk.fail(scope.unit, value)
                continue
            for step in scope.unit.plan.lookups:
                if step.name in scope.needed:
                    self._try(scope, step)
            if not scope.unit.closed:
                self._on_ready(scope)
