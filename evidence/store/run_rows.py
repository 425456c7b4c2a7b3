"""Reading the rows of runs: what was planned, how far each unit got, and the sealed event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from evidence.documents import Document
from evidence.model import Unit
from evidence.store.backend import Backend, Row
from evidence.store.errors import NotFound
from evidence.store.objects import Objects
from evidence.store.rows import Run, UnitState


class RunRows:
    """The run table, read; a run's plan never changes and is read once."""

    def __init__(self, backend: Backend, objects: Objects) -> None:
        self._backend = backend
        self._objects = objects
        self._plans: dict[int, Document] = {}
        self._begun: dict[int, Run] = {}

    def all(self, series: str | None = None) -> list[Run]:
        """All runs, oldest first, of one series or of all."""
        return self._where("1 = 1", ()) if series is None else self._where("series = ?", (series,))

    def left_open(self) -> list[Run]:
        """The runs that were never sealed."""
        return self._where("state = 'open'", ())

    def plan_of(self, run: int) -> Run:
        """A run as it was when first asked for: its plan never changes, its state may have."""
        if run not in self._begun:
            self._begun = {run: self.one(run)}
        return self._begun[run]

    def forget(self) -> None:
        """Drop what is remembered: call it when a transaction was rolled back."""
        self._plans.clear()
        self._begun.clear()

    def one(self, run: int) -> Run:
        """One run by id; raises NotFound."""
        found = self._where("run.id = ?", (run,))
        if not found:
            raise NotFound(f"there is no run {run}")
        return found[0]

    def _where(self, condition: str, values: Sequence[Any]) -> list[Run]:
        sql = _RUNS.format(condition)
        return [self._run(row) for row in self._backend.query(sql, values)]

    def _run(self, row: Row) -> Run:
        number, series, trigger, state, started, finished, plan_id, index, leaf = row
        plan = self._plan(plan_id)
        event = {} if leaf is None else orjson.loads(leaf)
        return Run(
            id=number,
            series=series,
            trigger=trigger,
            state=state,
            started=started,
            finished=finished,
            tool=plan["tool"],
            selection=plan["selection"],
            checks=plan["checks"],
            root=event.get("root", ""),
            journal_root=event.get("journal_root", ""),
            ledger_index=index,
        )

    def _plan(self, plan_id: int) -> Document:
        if plan_id not in self._plans:
            self._plans[plan_id] = orjson.loads(self._objects.get_row(plan_id)[1])
        return self._plans[plan_id]


def run_leaves(backend: Backend, run: int) -> list[tuple[Unit, UnitState, bytes, bytes]]:
    """A run's units in the order of their keys: unit, state, digest and journal digest."""
    rows = backend.query(
        "SELECT u.source, u.target, u.kind, ru.state, ru.digest, ru.journal "
        "FROM run_unit ru JOIN unit u ON u.id = ru.unit_id WHERE ru.run_id = ?",
        (run,),
    )
    return sorted((Unit(s, t, k), UnitState(state), bytes(d), bytes(j)) for s, t, k, state, d, j in rows)


_RUNS = """
SELECT run.id, series, trigger, state, started, finished, plan_id, ledger_idx, leaf
FROM run LEFT JOIN ledger ON ledger.idx = run.ledger_idx WHERE {} ORDER BY run.id"""
