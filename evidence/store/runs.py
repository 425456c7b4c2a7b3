"""The life of a run: planned, its units claimed and committed, sealed or found interrupted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evidence.canonical import canonical, digest
from evidence.documents import unit_key
from evidence.ledger import leaf_hash, merkle_root
from evidence.model import Finding, Json, Unit, UnitResult
from evidence.store.backend import Backend
from evidence.store.errors import StoreError
from evidence.store.ingest import Difference, carried, remember
from evidence.store.interned import Interned
from evidence.store.log import Log
from evidence.store.objects import Objects, named, raw_digest
from evidence.store.prepare import (
    Prepared,
    Verdicts,
    complete,
    journal_bytes,
    prepare,
    raw_objects,
    seconds,
    unit_documents,
)
from evidence.store.rows import Lease, Run, Sealed, UnitState
from evidence.store.run_rows import run_leaves

RUN_SCHEMA = "nightledger.run/1"
"""The event that seals a run."""

_NOTHING = b""


class Runs:
    """Writes runs and their units; each method is one transaction."""

    def __init__(self, backend: Backend, objects: Objects, interned: Interned, log: Log) -> None:
        self._backend = backend
        self._interned = interned
        self._objects = objects
        self._log = log
        self._verdicts = Verdicts()
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
        row = self._objects.put({digest(data): data}, "plan")[digest(data)]
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
        ids = {unit: self._unit_row(run.series, unit) for unit in wanted}
        rows = [(run.id, ids[u], UnitState.PLANNED, "", 0, 0, 0, 0, _NOTHING, 0, _NOTHING) for u in wanted]
        self._backend.insert_many("run_unit", _RUN_UNIT, rows, ignore=True)

    def claim(self, run: Run, unit: Unit, owner: str) -> Lease | None:
        """Take a unit that is not done, also from an owner who went silent; None when there is nothing to do."""
        if run.state != "open":
            return None
        unit_id = self._unit_id(run, unit)
        touched = self._backend.execute(
            "UPDATE run_unit SET state = ?, owner = ?, attempt = attempt + 1 "
            "WHERE run_id = ? AND unit_id = ? AND state IN (?, ?)",
            (UnitState.CLAIMED, owner, run.id, unit_id, UnitState.PLANNED, UnitState.CLAIMED),
        )
        if not touched:
            return None
        sql = "SELECT attempt FROM run_unit WHERE run_id = ? AND unit_id = ?"
        return Lease(run.id, unit, owner, int(self._backend.query(sql, (run.id, unit_id))[0][0]))

    def prepare(self, result: UnitResult, findings: Sequence[Finding]) -> Prepared:
        """The unit's documents and digests; done before the transaction, which it keeps short."""
        return prepare(result, findings, self._verdicts)

    def commit(self, run: Run, prepared: Prepared, lease: Lease | None) -> bool:
        """Write a unit's evidence, findings and "done"; False when it is done already or the lease was lost."""
        result = prepared.result
        unit_id = self._unit_row(run.series, result.unit)
        owner, attempt = ("", 0) if lease is None else (lease.owner, lease.attempt)
        if not self._finish_unit(run.id, unit_id, lease):
            self._unit_id(run, result.unit)
            return False
        coverage, name = self._entries(run, unit_id, prepared)
        self._objects.put(raw_objects(result), f"raw:{result.unit.kind}")
        journal = journal_bytes(prepared, name, owner, attempt)
        packed = self._objects.pack(journal, "journal")
        self._backend.insert_many(
            "journal",
            "run_id, unit_id, codec, dictionary_id, data",
            [(run.id, unit_id, *packed)],
            ignore=False,
        )
        self._backend.execute(
            "UPDATE run_unit SET principal_id = ?, started = ?, finished = ?, digest = ?, coverage_id = ?, "
            "journal = ?, owner = ?, attempt = ? WHERE run_id = ? AND unit_id = ?",
            (
                self._interned.principal_id(result.principal),
                seconds(result.started),
                seconds(result.finished),
                raw_digest(name),
                self._objects.put({digest(coverage): coverage}, "coverage")[digest(coverage)],
                raw_digest(digest(journal)),
                owner,
                attempt,
                run.id,
                unit_id,
            ),
        )
        return True

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
        self._objects.put({digest(listed): listed}, "units")
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

    def _finish_unit(self, run: int, unit_id: int, lease: Lease | None) -> bool:
        """The fence: of all who may try, one moves the unit to DONE."""
        fence = "" if lease is None else " AND owner = ? AND attempt = ? AND state = ?"
        values = () if lease is None else (lease.owner, lease.attempt, UnitState.CLAIMED)
        states = (UnitState.PLANNED, UnitState.CLAIMED)
        return self._backend.execute(_DONE + fence, (UnitState.DONE, run, unit_id, *states, *values)) == 1

    def _entries(self, run: Run, unit_id: int, prepared: Prepared) -> tuple[bytes, str]:
        """Write the difference, if any; gives the coverage and the unit's digest."""
        coverage, name = unit_documents(prepared, {})
        if complete(prepared.result) and name == self._last_digest(unit_id):
            return coverage, name
        remembered = remember(self._backend, self._interned, unit_id)
        kept = carried(prepared, remembered, run.checks)
        if kept:
            coverage, name = unit_documents(prepared, kept)
        difference = Difference(self._backend, self._objects, self._interned, unit_id, run.id)
        difference.write(prepared, remembered, {**prepared.entries, **kept})
        return coverage, name

    def _last_digest(self, unit_id: int) -> str:
        sql = "SELECT digest FROM run_unit WHERE unit_id = ? AND digest <> ? ORDER BY run_id DESC LIMIT 1"
        rows = self._backend.query(sql, (unit_id, _NOTHING))
        return named(rows[0][0]) if rows else ""

    def _unit_id(self, run: Run, unit: Unit) -> int:
        row = self._unit_row(run.series, unit)
        sql = "SELECT 1 FROM run_unit WHERE run_id = ? AND unit_id = ?"
        if not self._backend.query(sql, (run.id, row)):
            raise StoreError(f"{unit} is not planned in run {run.id}")
        return row

    def _unit_row(self, series: str, unit: Unit) -> int:
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
    "run_id, unit_id, state, owner, attempt, principal_id, started, finished, digest, coverage_id, journal"
)

_DONE = """
UPDATE run_unit SET state = ? WHERE run_id = ? AND unit_id = ? AND state IN (?, ?)
AND EXISTS (SELECT 1 FROM run WHERE id = run_id AND state = 'open')"""
