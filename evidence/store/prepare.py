"""Preparing one unit for its commit: documents and digests, before the store is asked anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from evidence.canonical import canonical, digest
from evidence.documents import (
    Document,
    JournalHead,
    coverage_document,
    evidence_draft,
    journal_body,
    journal_document,
    judgement_document,
    manifest_document,
    vet_evidence,
)
from evidence.model import Coverage, Finding, Scope, ScopeStatus, Unit, UnitResult, scope_uid
from evidence.store.errors import StoreError
from evidence.store.moments import moment, seconds
from evidence.store.rows import STATUS_BITS

_REMEMBERED = 4_096
_NULL = b"null"
_SAID = attrgetter("check", "status", "sentence", "facts", "missing")

Held = tuple[str, str]
"""What is held of a resource or scope: the digests of evidence ("" for a scope) and judgement ("" for none)."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that is said of one resource or scope as canonical bytes; `statuses` is the sum of STATUS_BITS."""

    digest: str
    data: bytes
    statuses: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A unit's result as documents and digests, before the store is asked anything; the result itself is let go.

    `held` begins with the resources in the order of the observations; `documents` are theirs. `started` and
    `finished` are seconds since 1970, `body` is what the journal says beyond the unit's row.
    """

    unit: Unit
    principal: str
    started: int
    finished: int
    coverage: tuple[Coverage, ...]
    body: Document
    held: dict[str, Held]
    documents: list[bytes]
    judgements: dict[str, Judgement]
    scopes: dict[str, Scope]

    def evidence(self) -> dict[str, bytes]:
        """The evidence documents by digest."""
        return {name: data for (name, _), data in zip(self.held.values(), self.documents, strict=False)}

    @property
    def complete(self) -> bool:
        """Whether every scope was listed completely, so that nothing can be carried from earlier runs by its scope."""
        return all(c.status is ScopeStatus.COMPLETE for c in self.coverage)


class Judgements:
    """Judgements by what they say, remembered because most of a night's judgements are alike."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], Judgement] = {}

    def of(self, findings: Sequence[Finding]) -> Judgement:
        """What some findings about one subject say; raises StoreError for two answers to one question."""
        said: tuple[Any, ...] = ()
        for finding in findings:
            said += _SAID(finding)
        known = self._known.get(said)
        return self._remember(said, findings) if known is None else known

    def _remember(self, said: tuple[Any, ...], findings: Sequence[Finding]) -> Judgement:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        known = self._known[said] = judgement(findings)
        return known


def judgement(findings: Sequence[Finding]) -> Judgement:
    """One judgement, made anew; raises StoreError for two answers to one question."""
    by_check: dict[str, Finding] = {}
    for finding in findings:
        if _SAID(by_check.setdefault(finding.check, finding)) != _SAID(finding):
            raise StoreError(f"two findings of {finding.check} about {finding.subject}")
    data = canonical(judgement_document(by_check))
    return Judgement(digest(data), data, sum({STATUS_BITS[f.status] for f in findings}))


def prepare(result: UnitResult, findings: Iterable[Finding], judgements: Judgements) -> Prepared:
    """Turn a result into documents and digests; raises StoreError for two answers to one question, and NotCanonical.

    A number that is none is written as a null is, so it is looked for here; what else cannot be evidence shows in
    the bytes, and is looked for once they are known to be new.
    """
    said, scopes = _by_subject(result, findings)
    judged = {uid: judgements.of(group) for uid, group in said.items()}
    found = {judgement.digest: judgement for judgement in judged.values()}
    held: dict[str, Held] = {}
    documents: list[bytes] = []
    for observation in result.observations:
        data = evidence_draft(observation)
        if _NULL in data:
            vet_evidence(observation, data)
        documents.append(data)
        uid = observation.resource.uid
        judgement = judged.pop(uid, None)
        held[uid] = (digest(data), "" if judgement is None else judgement.digest)
    if len(held) < len(documents):
        raise StoreError(f"{result.unit}: two observations of one resource")
    for uid, judgement in judged.items():
        if uid not in scopes:
            raise StoreError(f"{result.unit}: a finding about {uid}, which was not observed")
        held[uid] = ("", judgement.digest)
    return Prepared(
        unit=result.unit,
        principal=result.principal,
        started=seconds(result.started),
        finished=seconds(result.finished),
        coverage=result.coverage,
        body=journal_body(result),
        held=held,
        documents=documents,
        judgements=found,
        scopes=scopes,
    )


def _by_subject(
    result: UnitResult, findings: Iterable[Finding]
) -> tuple[dict[str, list[Finding]], dict[str, Scope]]:
    """The findings by uid, and the scopes among their subjects; those about one subject mostly come in a row."""
    said: dict[str, list[Finding]] = {}
    scopes: dict[str, Scope] = {}
    last, group = None, []
    for finding in findings:
        subject = finding.subject
        if subject is not last:
            last = subject
            if isinstance(subject, Scope):
                uid = scope_uid(result.unit.kind, subject)
                scopes[uid] = subject
            else:
                uid = subject.uid
            group = said.setdefault(uid, [])
        group.append(finding)
    return said, scopes


def unit_documents(prepared: Prepared, kept: Mapping[str, Held]) -> tuple[bytes, str]:
    """The unit's coverage as canonical bytes, and the unit's digest, given what is carried from earlier runs."""
    coverage = canonical(coverage_document(prepared.coverage, list(kept)))
    held = {**prepared.held, **kept} if kept else prepared.held
    manifest = manifest_document(prepared.unit, prepared.principal, digest(coverage), held)
    return coverage, digest(canonical(manifest))


def journal(prepared: Prepared, manifest: str, owner: str, attempt: int) -> tuple[bytes, str]:
    """The journal's own part as canonical bytes, and the digest of the whole journal."""
    head = JournalHead(
        unit=prepared.unit,
        manifest=manifest,
        principal=prepared.principal,
        owner=owner,
        attempt=attempt,
        started=moment(prepared.started),
        finished=moment(prepared.finished),
    )
    return canonical(prepared.body), digest(canonical(journal_document(head, prepared.body)))


def raw_objects(result: UnitResult) -> dict[str, bytes]:
    """The raw answers, each checked against the digest it came under; raises StoreError for a false one."""
    for name, data in result.objects.items():
        if digest(data) != name:
            raise StoreError(f"{result.unit}: a raw answer came under a digest that is not its own")
    return dict(result.objects)
