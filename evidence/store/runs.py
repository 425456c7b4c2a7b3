"""The life of a run: planned, its units claimed, sealed or found interrupted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from evidence.canonical import canonical, digest
from evidence.documents import unit_key
from evidence.ledger import leaf_hash, merkle_root
from evidence.model import Json, Unit
from evidence.store.backend import Backend
from evidence.store.errors import StoreError
from evidence.store.log import Log
from evidence.store.moments import seconds
from evidence.store.objects import Objects, named
from evidence.store.rows import Lease, Run, Sealed, UnitState
from evidence.store.run_rows import run_leaves

RUN_SCHEMA = "nightledger.run/1"
"""The event that seals a run."""


class Runs:
    """Writes runs and their units; each method is one transaction."""

    def __init__(self, backend: Backend, objects: Objects, log: Log) -> None:
        self._backend = backend
        self._objects = objects
        self._log = log
        self._unit_rows: dict[tuple[str, ...], int] = {}

    def forget(self) -> None:
        """Drop remembered row ids: call it when a transaction was rolled back."""
        self._unit_rows.clear()

    def begin(self, series: str, trigger: str, started: str, plan: Mapping[str, Json]) -> int:
        """Open a run; raises StoreError while another run of the series is open."""
        seconds(started)
        open_run = "SELECT id FROM run WHERE series = ? AND state = 'open'"
        if rows := self._backend.query(open_run, (series,)):
            raise StoreError(
                f"run {rows[0][0]} of series {series} is still open",
                hint="Take the store's lock first: that seals what a dead process left open.",
            )
        data = canonical(plan)
        row = self._objects.put({"plan": {digest(data): data}})[digest(data)]
        run = int(self._backend.query("SELECT coalesce(max(id), 0) + 1 FROM run")[0][0])
        self._backend.insert_many(
            "run",
            "id, series, trigger, state, started, finished, plan_id, ledger_idx",
            [(run, series, trigger, "open", started, "", row, -1)],
            ignore=False,
        )
        return run

    def plan(self, run: Run, units: Iterable[Unit]) -> None:
        """Add units to an open run; those already planned stay as they are."""
        _require_open(run)
        wanted = sorted(set(units))
        keys = [(run.series, u.source, u.target, u.kind) for u in wanted]
        self._backend.insert_many("unit", "series, source, target, kind", keys, ignore=True)
        ids = {unit: self.unit_row(run.series, unit) for unit in wanted}
        rows = [(run.id, ids[unit], UnitState.PLANNED, *_UNTOUCHED) for unit in wanted]
        self._backend.insert_many("run_unit", _RUN_UNIT, rows, ignore=True)

    def claim(self, run: Run, unit: Unit, owner: str) -> Lease | None:
        """Take a unit that is not done, also from an owner who went silent; None when there is nothing to do."""
        if run.state != "open":
            return None
        unit_id = self.unit_id(run, unit)
        touched = self._backend.execute(
            "UPDATE run_unit SET state = ?, owner = ?, attempt = attempt + 1 "
            "WHERE run_id = ? AND unit_id = ? AND state IN (?, ?)",
            (UnitState.CLAIMED, owner, run.id, unit_id, UnitState.PLANNED, UnitState.CLAIMED),
        )
        if not touched:
            return None
        sql = "SELECT attempt FROM run_unit WHERE run_id = ? AND unit_id = ?"
        return Lease(run.id, unit, owner, int(self._backend.query(sql, (run.id, unit_id))[0][0]))

    def seal(self, run: Run, finished: str, state: str) -> Sealed:
        """Close a run: what is not done was not attempted; the roots go to the ledger."""
        _require_open(run)
        seconds(finished)
        self._backend.execute(
            "UPDATE run_unit SET state = ?, owner = '', attempt = 0 WHERE run_id = ? AND state IN (?, ?)",
            (UnitState.NOT_ATTEMPTED, run.id, UnitState.PLANNED, UnitState.CLAIMED),
        )
        event = self._sealed_event(run, finished, state)
        index, note = self._log.append(event)
        self._backend.execute(
            "UPDATE run SET state = ?, finished = ?, ledger_idx = ? WHERE id = ?",
            (state, finished, index, run.id),
        )
        return Sealed(run.id, str(event["root"]), str(event["journal_root"]), index, note)

    def _sealed_event(self, run: Run, finished: str, state: str) -> dict[str, Json]:
        units = run_leaves(self._backend, run.id)
        listed = canonical([[*unit_key(unit), int(unit_state)] for unit, unit_state, _, _ in units])
        self._objects.put({"units": {digest(listed): listed}})
        plan = self._backend.query(
            "SELECT o.digest FROM run JOIN object o ON o.id = run.plan_id WHERE run.id = ?", (run.id,)
        )
        done = [(d, j) for _, unit_state, d, j in units if unit_state is UnitState.DONE]
        return {
            "schema": RUN_SCHEMA,
            "run": run.id,
            "series": run.series,
            "trigger": run.trigger,
            "state": state,
            "started": run.started,
            "finished": finished,
            "plan": named(plan[0][0]),
            "units": digest(listed),
            "done": len(done),
            "root": named(merkle_root([leaf_hash(d) for d, _ in done])),
            "journal_root": named(merkle_root([leaf_hash(j) for _, j in done])),
        }

    def unit_id(self, run: Run, unit: Unit) -> int:
        """The row id of a unit of a run; raises StoreError where it is not planned."""
        row = self.unit_row(run.series, unit)
        sql = "SELECT 1 FROM run_unit WHERE run_id = ? AND unit_id = ?"
        if not self._backend.query(sql, (run.id, row)):
            raise StoreError(f"{unit} is not planned in run {run.id}")
        return row

    def unit_row(self, series: str, unit: Unit) -> int:
        """The row id of a unit, which never changes; 0 where it was never planned in the series."""
        key = (series, unit.source, unit.target, unit.kind)
        if key not in self._unit_rows:
            sql = "SELECT id FROM unit WHERE series = ? AND source = ? AND target = ? AND kind = ?"
            rows = self._backend.query(sql, key)
            if not rows:
                return 0
            self._unit_rows[key] = int(rows[0][0])
        return self._unit_rows[key]


def _require_open(run: Run) -> None:
    if run.state != "open":
        raise StoreError(f"run {run.id} is {run.state} already")


_RUN_UNIT = (
    "run_id, unit_id, state, packing, attempt, principal_id, started, finished, coverage_id, owner, digest, "
    "journal, body"
)
_UNTOUCHED = (0, 0, 0, 0, 0, 0, "", b"", b"", b"")
