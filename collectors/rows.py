"""The facts of each resource: a fact is asked for when its inputs exist, and missing when one of them is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from collectors.desk import Desk
from collectors.fit import fit_fact, misfit
from collectors.invoke import (
    bind,
    fails_unit,
    first_missing,
    inputs_ready,
    missing_of,
    read_failure,
    say,
    unless_closed,
)
from collectors.kind import Found, Step
from collectors.recorder import TaskRecorder, printable
from collectors.unit import Row, ScopeRun, resource_of
from evidence.model import Missing, Reason, ScopeStatus


class Rows:
    """Fills rows; tells once of each row that nothing more will be learnt about."""

    def __init__(
        self, desk: Desk, need: Callable[[ScopeRun, Step], None], on_done: Callable[[ScopeRun], None]
    ) -> None:
        self._desk = desk
        self._need = need
        self._on_done = on_done

    def add(self, scope: ScopeRun, found: Found) -> None:
        """Begin a resource; one that evidence cannot name or has already is a collector's bug, and stops the listing."""
        bug = misfit(found)
        if not bug and any(found.uid in other.rows for other in scope.unit.scopes.values()):
            bug = f"two resources share the uid {printable(found.uid)}"
        if bug:
            scope.why = Missing(Reason.ERROR, detail=bug)
            scope.status = ScopeStatus.PARTIAL
            return
        plan = scope.unit.plan
        values = {name: fit_fact(name, found.gives.get(name, _NOT_GIVEN)) for name in plan.spec.lists.gives}
        row = Row(found, scope, values, plan.steps_for(resource_of(scope, found)))
        scope.rows[found.uid] = row
        scope.open_rows += 1
        for step in list(row.waiting.values()):
            self._need(scope, step)
        self.advance(row)

    def advance(self, row: Row) -> None:
        """Ask for every fact whose inputs have come."""
        for name, step in list(row.waiting.items()):
            if row.gone or row.scope.unit.closed or not inputs_ready(row.scope, step, row):
                continue
            del row.waiting[name]
            missing = first_missing(row.scope, step, row)
            if missing is not None:
                row.values[name] = missing
            elif step.batch:
                row.asked.add(name)
                row.scope.batches.setdefault((name, row.part), []).append(row)
                self.flush(row.scope, step, at_least=step.batch)
            elif step.clients:
                row.asked.add(name)
                self._ask(row, step)
            else:
                row.values[name] = _pure(row, step)
        if row.done and not row.counted:
            row.counted = True
            row.scope.open_rows -= 1
            self._on_done(row.scope)

    def flush(self, scope: ScopeRun, step: Step, *, at_least: int = 1) -> None:
        """Ask for the batches of `step` that are full; with `at_least=1`, for what is left."""
        for (name, part), rows in scope.batches.items():
            while name == step.name and len(rows) >= at_least:
                chunk, rows[:] = rows[: step.batch], rows[step.batch :]
                self._ask_batch(scope, step, part, chunk)

    def _ask(self, row: Row, step: Step) -> None:
        recorder = TaskRecorder(row.part, row.found.uid)
        row.scope.unit.recorders.append(recorder)
        call = unless_closed(row.scope.unit, bind(row.scope, step, row.part, recorder, row=row))
        self._desk.send(row.scope.unit, step, row.part, call, partial(self._read, row, step))

    def _read(self, row: Row, step: Step, value: Any, error: Exception | None) -> None:
        if row.scope.unit.closed or row.scope.closed:
            return
        row.asked.discard(step.name)
        if error is None:
            row.values[step.name] = fit_fact(step.name, value)
        elif not self._failed(row, step, error):
            return
        self.advance(row)

    def _failed(self, row: Row, step: Step, error: Exception) -> bool:
        """Give the failed fact its answer; False when the whole unit ended with it."""
        unit = row.scope.unit
        failure = read_failure(unit, error)
        if failure.code in step.absent:
            row.values[step.name] = None
        elif failure.code in unit.plan.spec.cls.gone:
            row.gone = True
        elif fails_unit(failure):
            self._desk.fail(unit, missing_of(step, failure))
            return False
        else:
            row.values[step.name] = missing_of(step, failure)
        return True

    def _ask_batch(self, scope: ScopeRun, step: Step, part: str, rows: list[Row]) -> None:
        recorder = TaskRecorder(part)
        scope.unit.recorders.append(recorder)
        call = unless_closed(scope.unit, bind(scope, step, part, recorder, batch=rows))
        self._desk.send(scope.unit, step, part, call, partial(self._read_batch, scope, step, part, rows))

    def _read_batch(
        self, scope: ScopeRun, step: Step, part: str, rows: list[Row], value: Any, error: Exception | None
    ) -> None:
        if scope.closed or scope.unit.closed:
            return
        if error is not None and len(rows) > 1:
            half = len(rows) // 2
            self._ask_batch(scope, step, part, rows[:half])
            self._ask_batch(scope, step, part, rows[half:])
            return
        answers = value or {}
        for row in rows:
            self._read(row, step, answers.get(row.found.uid, _NOT_ANSWERED), error)


def _pure(row: Row, step: Step) -> Any:
    try:
        return fit_fact(step.name, bind(row.scope, step, row.part, row.scope.recorder, row=row)())
    except Exception as error:  # noqa: BLE001 - a parser's bug is this fact's Missing, never the run's end
        return Missing(Reason.ERROR, detail=f"{step.name}: {say(error)}")


_NOT_GIVEN = Missing(Reason.ERROR, detail="the listing did not give this fact")
_NOT_ANSWERED = Missing(Reason.ERROR, detail="the answer did not mention this resource")
