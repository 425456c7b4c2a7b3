"""How an author's method is called: which value each of its parameters gets. Pure, but for the clients it opens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from collectors.extras import not_installed
from collectors.kind import Failure, Reach, Step
from collectors.recorder import TaskRecorder, printable
from collectors.unit import Row, ScopeRun, UnitRun
from evidence.model import Missing, NightledgerError, Reason


def bind(
    scope: ScopeRun,
    step: Step,
    part: str,
    recorder: TaskRecorder,
    *,
    row: Row | None = None,
    batch: Iterable[Row] = (),
) -> Callable[[], Any]:
    """A call of `step` with everything injected; its clients are opened by the worker that makes the call."""
    spec, target = scope.unit.plan.spec, scope.unit.target
    given: dict[str, Any] = {}
    for name in step.inputs:
        if name == spec.singular and row is not None:
            given[name] = row.found
        elif name == spec.plural:
            given[name] = [other.found for other in batch]
        elif name == "tags":
            given[name] = scope.unit.plan.tags
        elif name in scope.lookups:
            given[name] = scope.lookups[name].value
        elif name not in step.clients and row is not None:
            given[name] = row.values[name]
    author = spec.cls()

    def call() -> Any:
        bound = {name: target.client(name, part, recorder) for name in step.clients}
        return step.method(author, **given, **bound)

    return call


def unless_closed(unit: UnitRun, call: Callable[[], Any]) -> Callable[[], Any]:
    """The call, or nothing at all once its unit has ended: whoever waits for the answer ignores it then."""

    def guarded() -> Any:
        return None if unit.closed else call()

    return guarded


def inputs_ready(scope: ScopeRun, step: Step, row: Row | None = None) -> bool:
    """Whether every lookup and fact that `step` builds on has an answer, were it Missing."""
    facts = scope.unit.plan.spec.fact_names if row is not None else frozenset()
    for name in step.inputs:
        if name in scope.lookups:
            if not scope.lookups[name].ready:
                return False
        elif row is not None and name in facts and name not in row.values:
            return False
    return True


def first_missing(scope: ScopeRun, step: Step, row: Row | None = None) -> Missing | None:
    """The first input of `step` that could not be read: then the step is not called at all."""
    for name in step.inputs:
        held = scope.lookups.get(name)
        value = held.value if held is not None else row.values.get(name) if row is not None else None
        if isinstance(value, Missing):
            return value
    return None


def read_failure(unit: UnitRun, error: Exception) -> Failure:
    """What the platform says this exception means, unless it is a package that is not installed; never raises."""
    try:
        return not_installed(error) or unit.target.classify(error)
    except Exception as worse:  # noqa: BLE001 - a classifier's bug must not hide the failure it was asked about
        detail = f"{say(error)} (unclassified: {type(worse).__name__})"
        return Failure(type(error).__name__, Reason.ERROR, detail)


def missing_of(step: Step, failure: Failure) -> Missing:
    """The failure as the answer of `step`, naming the permission if one was refused."""
    need = step.need(failure.operation) if failure.reason is Reason.DENIED else ""
    return Missing(failure.reason, need, printable(failure.detail or failure.code))


def fails_unit(failure: Failure | None) -> bool:
    """Whether nothing more can be asked of this unit (expired credentials, a closed account)."""
    return failure is not None and failure.reach is Reach.UNIT


def say(error: Exception) -> str:
    """One printable line about an exception; only our own messages come without their type."""
    if isinstance(error, NightledgerError):
        return printable(str(error))
    return printable(f"{type(error).__name__}: {error}")


__all__ = [
    "bind",
    "fails_unit",
    "first_missing",
    "inputs_ready",
    "missing_of",
    "read_failure",
    "say",
    "unless_closed",
]
