"""Committing one unit: compare what it gave with what is open, and write the difference.

Closing rule: what is absent closes only where its own scope was listed completely in this run; elsewhere it is
carried, and the unit's coverage names it as not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evidence.model import ScopeStatus
from evidence.store.backend import OPEN, Backend
from evidence.store.interned import Interned
from evidence.store.objects import Objects, named
from evidence.store.prepare import Entry, Prepared
from evidence.store.rows import STATUS_CODES


@dataclass(frozen=True, slots=True)
class Remembered:
    """The open rows of one unit: row ids of all its resources, and the entries that still hold."""

    ids: dict[str, int]
    entries: dict[str, Entry]
    places: dict[str, tuple[str, str]]


def carried(prepared: Prepared, remembered: Remembered, checks: Mapping[str, str]) -> dict[str, Entry]:
    """What is remembered, was not seen and may still be there; findings of deselected checks are let go.

    Only resources: what is to be said of a scope, every finished unit says anew.
    """
    listed = {c.scope.part for c in prepared.result.coverage if c.status is ScopeStatus.COMPLETE}
    kept: dict[str, Entry] = {}
    for uid, entry in remembered.entries.items():
        if entry.evidence and uid not in prepared.entries and entry.part not in listed:
            findings = {check: said for check, said in entry.findings.items() if check in checks}
            kept[uid] = Entry(entry.name, entry.part, entry.evidence, findings)
    return kept


def remember(backend: Backend, interned: Interned, unit_id: int) -> Remembered:
    """Read the open rows of one unit: memory is that of the unit, never of the estate."""
    remembered = Remembered({}, {}, {})
    entries: dict[int, Entry] = {}
    for row, uid, name, part, evidence in backend.query(_OPEN_EVIDENCE, (OPEN, unit_id)):
        remembered.ids[uid] = row
        remembered.places[uid] = (name, part)
        entries[row] = Entry(name, part, "" if evidence is None else named(evidence))
    found = backend.query(_OPEN_FINDINGS, (unit_id, OPEN))
    checks = interned.checks({row[1] for row in found})
    digests = interned.digests({row[2] for row in found})
    for row, check, verdict in found:
        entries[row].findings[checks[check]] = digests[verdict]
    for uid, row in remembered.ids.items():
        if entries[row].evidence or entries[row].findings:
            remembered.entries[uid] = entries[row]
    return remembered


class Difference:
    """Writes what changed between the remembered and the new entries of one unit, inside a transaction."""

    def __init__(
        self, backend: Backend, objects: Objects, interned: Interned, unit_id: int, run: int
    ) -> None:
        self._backend = backend
        self._interned = interned
        self._objects = objects
        self._unit = unit_id
        self._run = run

    def write(self, prepared: Prepared, remembered: Remembered, new: Mapping[str, Entry]) -> None:
        """Close and open rows so that `new` is what holds from this run on."""
        ids = self._place(remembered, new)
        held = remembered.entries
        changed = [uid for uid in {**held, **new} if held.get(uid) != new.get(uid)]
        old = {uid: held[uid] for uid in changed if uid in held}
        now = {uid: new[uid] for uid in changed if uid in new}
        self._evidence(prepared, old, now, ids)
        self._findings(prepared, old, now, ids)

    def _place(self, remembered: Remembered, new: Mapping[str, Entry]) -> dict[str, int]:
        """Row ids for all entries, with names and parts brought up to date."""
        fresh = [(self._unit, uid, e.name, e.part) for uid, e in new.items() if uid not in remembered.ids]
        self._backend.insert_many("resource", "unit_id, uid, name, part", fresh, ignore=False)
        moved = [
            (e.name, e.part, remembered.ids[uid])
            for uid, e in new.items()
            if uid in remembered.places and remembered.places[uid] != (e.name, e.part)
        ]
        self._backend.execute_many("UPDATE resource SET name = ?, part = ? WHERE id = ?", moved)
        if not fresh:
            return remembered.ids
        rows = self._backend.query("SELECT uid, id FROM resource WHERE unit_id = ?", (self._unit,))
        return {str(uid): int(row) for uid, row in rows}

    def _evidence(
        self, prepared: Prepared, old: Mapping[str, Entry], new: Mapping[str, Entry], ids: Mapping[str, int]
    ) -> None:
        before = {uid: e.evidence for uid, e in old.items() if e.evidence}
        after = {uid: e.evidence for uid, e in new.items() if e.evidence}
        ended = [(self._run, ids[uid], OPEN) for uid, name in before.items() if after.get(uid) != name]
        begun = {uid: name for uid, name in after.items() if before.get(uid) != name}
        self._backend.execute_many(
            "UPDATE evidence SET to_run = ? WHERE resource_id = ? AND to_run = ?", ended
        )
        documents = {name: prepared.documents[name] for name in begun.values()}
        rows = self._objects.put(documents, f"evidence:{prepared.result.unit.kind}")
        self._backend.insert_many(
            "evidence",
            "resource_id, from_run, to_run, object_id",
            [(ids[uid], self._run, OPEN, rows[name]) for uid, name in begun.items()],
            ignore=False,
        )

    def _findings(
        self, prepared: Prepared, old: Mapping[str, Entry], new: Mapping[str, Entry], ids: Mapping[str, int]
    ) -> None:
        before = {(uid, check): said for uid, e in old.items() for check, said in e.findings.items()}
        after = {(uid, check): said for uid, e in new.items() for check, said in e.findings.items()}
        ended = [key for key, said in before.items() if after.get(key) != said]
        begun = {key: said for key, said in after.items() if before.get(key) != said}
        checks = self._interned.check_ids({check for _, check in [*ended, *begun]})
        self._backend.execute_many(
            "UPDATE finding SET to_run = ? WHERE resource_id = ? AND check_id = ? AND to_run = ?",
            [(self._run, ids[uid], checks[check], OPEN) for uid, check in ended],
        )
        rows = self._objects.put({said: prepared.verdicts[said] for said in begun.values()}, "verdict")
        self._backend.insert_many(
            "finding",
            "resource_id, check_id, from_run, to_run, status, verdict_id",
            [
                (ids[uid], checks[check], self._run, OPEN, STATUS_CODES[prepared.statuses[said]], rows[said])
                for (uid, check), said in begun.items()
            ],
            ignore=False,
        )


_OPEN_EVIDENCE = """
SELECT r.id, r.uid, r.name, r.part, o.digest FROM resource r
LEFT JOIN evidence e ON e.resource_id = r.id AND e.to_run = ?
LEFT JOIN object o ON o.id = e.object_id WHERE r.unit_id = ?"""

_OPEN_FINDINGS = """
SELECT f.resource_id, f.check_id, f.verdict_id FROM resource r
JOIN finding f ON f.resource_id = r.id WHERE r.unit_id = ? AND f.to_run = ?"""
