"""Committing units: many at once, each whole or not at all; of an unchanged unit only its own row is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evidence.canonical import digest
from evidence.model import Finding, UnitResult
from evidence.store.backend import Backend, chunks, marks
from evidence.store.ingest import Carrying, Difference, remember
from evidence.store.objects import Objects, named, raw_digest
from evidence.store.prepare import (
    Judgements,
    Prepared,
    journal,
    prepare,
    raw_objects,
    unit_documents,
)
from evidence.store.principals import Principals
from evidence.store.rows import Lease, Run, UnitState


@dataclass(frozen=True, slots=True)
class PendingUnit:
    """A unit that waits to be committed: what was prepared, and coverage and digest as long as nothing is carried."""

    unit_id: int
    prepared: Prepared
    raw: dict[str, bytes]
    coverage: bytes
    digest: str
    lease: Lease | None = None

    @property
    def claim(self) -> tuple[str, int]:
        """The owner and attempt under which it was claimed; ("", 0) for a run with one worker."""
        return ("", 0) if self.lease is None else (self.lease.owner, self.lease.attempt)


class Commits:
    """Writes the results of units."""

    def __init__(self, backend: Backend, objects: Objects, principals: Principals) -> None:
        self._backend = backend
        self._objects = objects
        self._principals = principals
        self._judgements = Judgements()
        self._last: dict[int, str] = {}
        self._last_of = 0

    def forget(self) -> None:
        """Drop what is remembered of the last run: call it when a transaction was rolled back."""
        self._last, self._last_of = {}, 0

    def prepare(
        self, unit_id: int, result: UnitResult, findings: Iterable[Finding], lease: Lease | None
    ) -> PendingUnit:
        """The unit's documents and digests; raises NotCanonical for what has no bytes."""
        prepared = prepare(result, findings, self._judgements)
        coverage, name = unit_documents(prepared, {})
        return PendingUnit(unit_id, prepared, raw_objects(result), coverage, name, lease)

    def commit(self, run: Run, batch: Sequence[PendingUnit]) -> set[int]:
        """Write evidence, findings and "done", inside a transaction; gives the units not done or lost before.

        Raises NotCanonical for new bytes that cannot be evidence.
        """
        taken = self._take(run, batch)
        ready = self._write(run, list(taken.values()))
        raw: dict[str, dict[str, bytes]] = defaultdict(dict)
        for pending in ready:
            raw[f"raw:{pending.prepared.unit.kind}"] |= pending.raw
        coverages = {digest(pending.coverage): pending.coverage for pending in ready}
        rows = self._objects.put({**raw, "coverage": coverages})
        self._backend.execute_many(
            _FINISH, [self._finished(run, pending, rows[digest(pending.coverage)]) for pending in ready]
        )
        return set(taken)

    def _take(self, run: Run, batch: Sequence[PendingUnit]) -> dict[int, PendingUnit]:
        """The fence: of all who may try, one finds the unit not done; the others wait until it is."""
        open_: dict[int, tuple[str, int]] = {}
        for chunk in chunks([pending.unit_id for pending in batch]):
            sql = f"{_NOT_DONE} ({marks(chunk)}) ORDER BY unit_id {self._backend.for_update}"
            rows = self._backend.query(sql, (run.id, UnitState.PLANNED, UnitState.CLAIMED, *chunk))
            open_ |= {unit: (owner, attempt) for unit, owner, attempt in rows}
        return {
            pending.unit_id: pending
            for pending in reversed(batch)
            if pending.unit_id in open_ and (pending.lease is None or pending.claim == open_[pending.unit_id])
        }

    def _write(self, run: Run, taken: Sequence[PendingUnit]) -> list[PendingUnit]:
        """Write the differences; what is carried from earlier runs changes a unit's coverage and digest."""
        last = self._last_done(run, taken)
        same = [c for c in taken if c.prepared.complete and c.digest == last[c.unit_id]]
        settled = {pending.unit_id for pending in same}
        changed = [pending for pending in taken if pending.unit_id not in settled]
        if not changed:
            return same
        remembered = remember(self._backend, self._objects, [pending.unit_id for pending in changed])
        carrying = Carrying(self._backend, self._objects, run.checks)
        difference = Difference(self._backend, self._objects, run.id)
        ready = same
        for pending in changed:
            known = remembered[pending.unit_id]
            kept = carrying.carried(pending.prepared, known)
            difference.add(pending.unit_id, pending.prepared, known, kept)
            if kept:
                coverage, name = unit_documents(pending.prepared, kept)
                pending = replace(pending, coverage=coverage, digest=name)  # noqa: PLW2901 - what was carried in it
            ready.append(pending)
        difference.write()
        return ready

    def _finished(self, run: Run, pending: PendingUnit, coverage: int) -> tuple[Any, ...]:
        prepared = pending.prepared
        owner, attempt = pending.claim
        body, name = journal(prepared, pending.digest, owner, attempt)
        packing, packed = self._objects.pack(body, "journal")
        principal = self._principals.id(prepared.principal)
        when = (prepared.started, prepared.finished)
        told = (UnitState.DONE, packing, attempt, principal, *when, coverage, owner)
        return (*told, raw_digest(pending.digest), raw_digest(name), packed, run.id, pending.unit_id)

    def _last_done(self, run: Run, units: Sequence[PendingUnit]) -> dict[int, str]:
        """The digest each unit was left with before this run, "" for one never done."""
        last = self._last_run(run)
        for unit in {pending.unit_id for pending in units} - last.keys():
            rows = self._backend.query(_LAST_OF_UNIT, (UnitState.DONE, unit, run.id))
            last[unit] = named(rows[0][1]) if rows else ""
        return last

    def _last_run(self, run: Run) -> dict[int, str]:
        """What the run before this one did, read at once."""
        if self._last_of != run.id:
            rows = self._backend.query(_LAST_RUN, (UnitState.DONE, run.series, run.id))
            self._last = {unit: named(name) for unit, name in rows}
            self._last_of = run.id
        return self._last


_NOT_DONE = "SELECT unit_id, owner, attempt FROM run_unit WHERE run_id = ? AND state IN (?, ?) AND unit_id IN"

_FINISH = """
UPDATE run_unit SET state = ?, packing = ?, attempt = ?, principal_id = ?, started = ?, finished = ?,
coverage_id = ?, owner = ?, digest = ?, journal = ?, body = ? WHERE run_id = ? AND unit_id = ?"""

_LAST_RUN = """
SELECT unit_id, digest FROM run_unit
WHERE state = ? AND run_id = (SELECT max(id) FROM run WHERE series = ? AND id < ?)"""

_LAST_OF_UNIT = """
SELECT unit_id, digest FROM run_unit
WHERE state = ? AND unit_id = ? AND run_id < ? ORDER BY run_id DESC LIMIT 1"""
