"""Counting a run's findings by status without reading resources: one grouped statement for each run."""

from __future__ import annotations

from collections import Counter

from evidence.model import Status, Unit
from evidence.store.held import AS_OF, JUDGEMENT
from evidence.store.rows import UnitRow, UnitState
from evidence.store.store import Store


def count_statuses(store: Store, run: int, units: list[UnitRow]) -> Counter[Status]:
    """The findings of a run by status, given its units; what the run did not see itself counts as unknown."""
    rows = {row.unit: row for row in units}
    counted: Counter[Status] = Counter()
    for source, target, kind, judgement, number in store.backend.query(_COUNTS, (run, run, run)):
        done = rows[Unit(source, target, kind)].state is UnitState.DONE
        for verdict in store.judgements.verdicts(judgement).values():
            counted[verdict.status if done else Status.UNKNOWN] += number
    for row in units:
        if row.state is UnitState.DONE and row.carried:
            _forget_carried(store, run, row, counted)
    return counted


def _forget_carried(store: Store, run: int, row: UnitRow, counted: Counter[Status]) -> None:
    values = (run, run, run, row.unit.source, row.unit.target, row.unit.kind)
    for uid, judgement in store.backend.query(_OF_UNIT, values):
        if uid in row.carried:
            for verdict in store.judgements.verdicts(judgement).values():
                counted[verdict.status] -= 1
                counted[Status.UNKNOWN] += 1


_FROM = f"""
FROM run_unit ru JOIN unit u ON u.id = ru.unit_id JOIN resource r ON r.unit_id = ru.unit_id {AS_OF}
WHERE ru.run_id = ?"""

_COUNTS = f"SELECT u.source, u.target, u.kind, {JUDGEMENT}, count(*) {_FROM} GROUP BY 1, 2, 3, 4"

_OF_UNIT = f"SELECT r.uid, {JUDGEMENT} {_FROM} AND u.source = ? AND u.target = ? AND u.kind = ?"
