"""Committing one unit: prepare its documents and digests, compare with what is open, write the difference.

Closing rule: what is absent closes only where its own scope was listed completely in this run; elsewhere it is
carried, and the unit's coverage names it as not seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from evidence.canonical import canonical, digest
from evidence.documents import (
    coverage_document,
    evidence_document,
    journal_document,
    manifest_document,
    manifest_row,
    verdict_document,
)
from evidence.model import Finding, Missing, Resource, Scope, ScopeStatus, Status, UnitResult, scope_uid
from evidence.store.backend import OPEN, Backend
from evidence.store.errors import StoreError
from evidence.store.interned import Interned
from evidence.store.objects import Objects, named, raw_digest
from evidence.store.rows import STATUS_CODES

_REMEMBERED_VERDICTS = 65_536

_VerdictKey = tuple[Status, str, tuple[str, ...], tuple[tuple[str, Missing], ...]]


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict as stored: its digest and its status."""

    digest: str
    status: Status


@dataclass(slots=True)
class Entry:
    """What is, or is to be, remembered of one resource or scope; `evidence` is "" for a scope."""

    name: str
    part: str
    evidence: str = ""
    findings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A unit's result as documents and digests, before the store is asked anything."""

    result: UnitResult
    entries: dict[str, Entry]
    documents: dict[str, bytes]
    verdicts: dict[str, bytes]
    statuses: dict[str, Status]


@dataclass(frozen=True, slots=True)
class Remembered:
    """The open rows of one unit: row ids of all its resources, and the entries that still hold."""

    ids: dict[str, int]
    entries: dict[str, Entry]
    places: dict[str, tuple[str, str]]


class Verdicts:
    """The bytes and digests of verdicts, remembered because most of a night's verdicts are yesterday's."""

    def __init__(self) -> None:
        self._known: dict[_VerdictKey, tuple[str, bytes]] = {}

    def of(self, finding: Finding) -> tuple[str, bytes]:
        """The digest and canonical bytes of what a finding says."""
        key = (finding.status, finding.sentence, finding.facts, finding.missing)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _REMEMBERED_VERDICTS:
                self._known.clear()
            data = canonical(verdict_document(finding))
            known = self._known[key] = (digest(data), data)
        return known


def prepare(result: UnitResult, findings: Iterable[Finding], verdicts: Verdicts) -> Prepared:
    """Turn a result into documents and digests; raises StoreError for two answers to one question."""
    prepared = Prepared(result, {}, {}, {}, {})
    for observation in result.observations:
        data = canonical(evidence_document(observation))
        name = digest(data)
        prepared.documents[name] = data
        resource = observation.resource
        if resource.uid in prepared.entries:
            raise StoreError(f"{result.unit}: two observations of {resource.uid}")
        prepared.entries[resource.uid] = Entry(resource.name, resource.scope.part, name)
    for finding in findings:
        said, data = verdicts.of(finding)
        if said not in prepared.verdicts:
            prepared.verdicts[said] = data
            prepared.statuses[said] = finding.status
        entry = _entry_for(prepared, finding.subject)
        if entry.findings.setdefault(finding.check, said) != said:
            raise StoreError(f"{result.unit}: two findings of {finding.check} about {finding.subject}")
    return prepared


def _entry_for(prepared: Prepared, subject: Resource | Scope) -> Entry:
    if isinstance(subject, Scope):
        uid = scope_uid(prepared.result.unit.kind, subject)
        return prepared.entries.setdefault(uid, Entry(str(subject), subject.part))
    entry = prepared.entries.get(subject.uid)
    if entry is None:
        raise StoreError(f"{prepared.result.unit}: a finding about {subject.uid}, which was not observed")
    return entry


def complete(result: UnitResult) -> bool:
    """Whether every scope was listed completely, so that nothing can be carried from earlier runs by its scope."""
    return all(c.status is ScopeStatus.COMPLETE for c in result.coverage)


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


def unit_documents(prepared: Prepared, kept: Mapping[str, Entry]) -> tuple[bytes, str]:
    """The unit's coverage as canonical bytes, and the unit's digest."""
    coverage = canonical(coverage_document(prepared.result.coverage, list(kept)))
    digest_ = unit_digest(prepared.result, digest(coverage), {**prepared.entries, **kept})
    return coverage, digest_


def unit_digest(result: UnitResult, coverage: str, entries: Mapping[str, Entry]) -> str:
    """The digest of a unit's manifest."""
    rows = [manifest_row(uid, e.evidence, e.findings.items()) for uid, e in sorted(entries.items())]
    return digest(canonical(manifest_document(result.unit, result.principal, coverage, rows)))


def journal_bytes(prepared: Prepared, unit: str, owner: str, attempt: int) -> bytes:
    """The unit's journal as canonical bytes."""
    return canonical(journal_document(prepared.result, unit, owner, attempt))


def seconds(moment: str) -> int:
    """A UTC ISO-8601 moment as seconds since 1970; raises StoreError for text without a zone."""
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        raise StoreError(f"{moment!r} is not an ISO-8601 moment") from None
    if parsed.tzinfo is None:
        raise StoreError(f"{moment!r} names no time zone: want UTC with a Z")
    return int(parsed.timestamp())


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


def raw_objects(result: UnitResult) -> dict[str, bytes]:
    """The raw answers, each checked against the digest it came under; raises StoreError for a false one."""
    for name, data in result.objects.items():
        if digest(data) != name:
            raise StoreError(f"{result.unit}: a raw answer came under a digest that is not its own")
        raw_digest(name)
    return dict(result.objects)


_OPEN_EVIDENCE = """
SELECT r.id, r.uid, r.name, r.part, o.digest FROM resource r
LEFT JOIN evidence e ON e.resource_id = r.id AND e.to_run = ?
LEFT JOIN object o ON o.id = e.object_id WHERE r.unit_id = ?"""

_OPEN_FINDINGS = """
SELECT f.resource_id, f.check_id, f.verdict_id FROM resource r
JOIN finding f ON f.resource_id = r.id WHERE r.unit_id = ? AND f.to_run = ?"""
