"""Counting a run's findings by status without reading what they say: one grouped statement for each run."""

from __future__ import annotations

from collections import Counter

from evidence.model import Status, Unit
from evidence.store.rows import STATUSES, UnitRow, UnitState
from evidence.store.store import Store


def count_statuses(store: Store, run: int, units: list[UnitRow]) -> Counter[Status]:
    """The findings of a run by status, given its units; what the run did not see itself counts as unknown."""
    rows = {row.unit: row for row in units}
    counted: Counter[Status] = Counter()
    for source, target, kind, status, number in store.backend.query(_COUNTS, (run, run, run)):
        done = rows[Unit(source, target, kind)].state is UnitState.DONE
        counted[STATUSES[status] if done else Status.UNKNOWN] += number
    for row in units:
        if row.state is UnitState.DONE and row.carried:
            _forget_carried(store, run, row, counted)
    return counted


def _forget_carried(store: Store, run: int, row: UnitRow, counted: Counter[Status]) -> None:
    values = (run, run, run, row.unit.source, row.unit.target, row.unit.kind)
    for uid, status in store.backend.query(_OF_UNIT, values):
        if uid in row.carried:
            counted[STATUSES[status]] -= 1
            counted[Status.UNKNOWN] += 1


_FROM = """
FROM run_unit ru JOIN unit u ON u.id = ru.unit_id JOIN resource r ON r.unit_id = ru.unit_id
JOIN finding f ON f.resource_id = r.id AND f.from_run <= ? AND f.to_run > ? WHERE ru.run_id = ?"""

_COUNTS = (
    f"SELECT u.source, u.target, u.kind, f.status, count(*) {_FROM} "
    "GROUP BY u.source, u.target, u.kind, f.status"
)

_OF_UNIT = f"SELECT r.uid, f.status {_FROM} AND u.source = ? AND u.target = ? AND u.kind = ?"
