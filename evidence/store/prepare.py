"""Preparing one unit for its commit: documents and digests, before the store is asked anything."""

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
from evidence.store.errors import StoreError

_REMEMBERED_VERDICTS = 65_536

_VerdictKey = tuple[Status, str, tuple[str, ...], tuple[tuple[str, Missing], ...]]


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


def raw_objects(result: UnitResult) -> dict[str, bytes]:
    """The raw answers, each checked against the digest it came under; raises StoreError for a false one."""
    for name, data in result.objects.items():
        if digest(data) != name:
            raise StoreError(f"{result.unit}: a raw answer came under a digest that is not its own")
    return dict(result.objects)
