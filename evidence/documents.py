"""The documents evidence is made of, as JSON values and back: evidence, verdicts, coverage, manifests, journals.

Every document goes through `evidence.canonical`; docs/formats.md describes each for readers without our code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evidence.canonical import NotCanonical, draft, vet
from evidence.model import (
    Call,
    Coverage,
    Fact,
    FactCoverage,
    Finding,
    Json,
    Missing,
    Observation,
    Reason,
    Resource,
    Scope,
    ScopeStatus,
    Unit,
    UnitResult,
)

MISSING = "$missing"
"""The key that marks a fact we could not read; no fact may hold a mapping that uses it itself."""

_QUOTED = f'"{MISSING}"'.encode()

_AS_IT_IS = frozenset({str, int, bool, type(None), list, tuple})

Document = dict[str, Any]
"""A JSON object as orjson reads and writes it."""


@dataclass(frozen=True, slots=True)
class JournalHead:
    """What a journal and its unit's row both say; `manifest` is the unit's digest, moments are UTC seconds."""

    unit: Unit
    manifest: str
    principal: str
    owner: str
    attempt: int
    started: str
    finished: str


def encode_fact(value: Fact) -> Json:
    """A fact as JSON; raises NotCanonical when a mapping uses the reserved key."""
    if type(value) is dict and MISSING not in value:
        return value
    if isinstance(value, Missing):
        return {MISSING: value.reason.value, "need": value.need, "detail": value.detail}
    if isinstance(value, Mapping) and MISSING in value:
        raise NotCanonical(f"a fact may not use the key {MISSING}")
    return value


def decode_fact(value: Any) -> Fact:
    """The fact that `encode_fact` wrote."""
    match value:
        case {"$missing": reason, "need": need, "detail": detail}:
            return Missing(Reason(reason), need, detail)
        case _:
            return value  # type: ignore[no-any-return]


def encode_facts(facts: Mapping[str, Fact]) -> Document:
    """Facts by name, each as JSON."""
    return {name: value if type(value) in _AS_IT_IS else encode_fact(value) for name, value in facts.items()}


def decode_facts(document: Mapping[str, Any]) -> dict[str, Fact]:
    """The facts that `encode_facts` wrote."""
    return {name: decode_fact(value) for name, value in document.items()}


def evidence_document(observation: Observation) -> Document:
    """What is remembered of a resource: name, part, labels (as pairs: their keys need not be ASCII), facts."""
    return _evidence(observation.resource, encode_facts(observation.facts))


def evidence_draft(observation: Observation) -> bytes:
    """The bytes of an evidence document, still to be vetted; raises NotCanonical where there are none."""
    try:
        # What holds nothing to encode is written as it was given.
        data = draft(_evidence(observation.resource, observation.facts))
    except NotCanonical:
        data = b""
    # The quoted key: a fact that is Missing, a fact that misuses the key, or a text; all get the long way.
    return data if data and _QUOTED not in data else draft(evidence_document(observation))


def vet_evidence(observation: Observation, data: bytes) -> None:
    """Raise NotCanonical if `data`, the draft of this evidence, cannot stand for it."""
    vet(_evidence(observation.resource, observation.facts), data)


def _evidence(resource: Resource, facts: Mapping[str, Fact]) -> Document:
    return {"name": resource.name, "part": resource.scope.part, "labels": resource.labels, "facts": facts}


def verdict_document(finding: Finding) -> Document:
    """What a finding says, without of which check and about whom."""
    return {
        "status": finding.status.value,
        "sentence": finding.sentence,
        "facts": finding.facts,
        "missing": [[name, encode_fact(missing)] for name, missing in finding.missing],
    }


def decode_missing(pairs: Iterable[Sequence[Any]]) -> tuple[tuple[str, Missing], ...]:
    """The missing facts of a verdict document, in order."""
    return tuple((name, Missing(Reason(m[MISSING]), m["need"], m["detail"])) for name, m in pairs)


def coverage_document(coverage: Iterable[Coverage], carried: Sequence[str]) -> Document:
    """How far each scope got, sorted, and the uids remembered from earlier runs but not seen in this one."""
    scopes = sorted(coverage, key=lambda c: c.scope)
    return {"v": 1, "scopes": [_encode_coverage(c) for c in scopes], "carried": sorted(carried)}


def decode_coverage(document: Mapping[str, Any]) -> tuple[Coverage, ...]:
    """The scopes of a coverage document."""
    return tuple(_decode_coverage(scope) for scope in document["scopes"])


def manifest_document(
    unit: Unit, principal: str, coverage: str, held: Mapping[str, tuple[str, str]]
) -> Document:
    """What a unit's digest is taken over: three columns, sorted by uid, of what is held of each resource.

    `held` maps uids to the digests of evidence ("" for a scope) and judgement ("" where nothing was asked).
    Judgements are listed once and referred to by position: most resources of a unit share a few.
    """
    uids = sorted(held)
    rows = [held[uid] for uid in uids]
    judgements = sorted({judgement for _, judgement in rows})
    position = {judgement: number for number, judgement in enumerate(judgements)}
    return {
        "v": 1,
        "unit": unit_key(unit),
        "principal": principal,
        "coverage": coverage,
        "uids": uids,
        "evidence": [evidence for evidence, _ in rows],
        "judged": [position[judgement] for _, judgement in rows],
        "judgements": judgements,
    }


def judgement_document(findings: Mapping[str, Finding]) -> Document:
    """All that is said of one resource or scope, by check: equal judgements share one object."""
    return {check: verdict_document(finding) for check, finding in findings.items()}


def journal_body(result: UnitResult) -> Document:
    """What a journal says beyond its unit's row: calls, volatile facts, dropped fields."""
    return {
        "calls": [_encode_call(call) for call in result.calls],
        "volatile": [[o.resource.uid, encode_facts(o.volatile)] for o in result.observations if o.volatile],
        "dropped": sorted([path, count] for path, count in result.dropped.items()),
    }


def journal_document(head: JournalHead, body: Document) -> Document:
    """How a unit was polled; new every night, never compared. Its digest covers the unit's row as well."""
    return {
        "v": 1,
        "unit": unit_key(head.unit),
        "manifest": head.manifest,
        "principal": head.principal,
        "owner": head.owner,
        "attempt": head.attempt,
        "started": head.started,
        "finished": head.finished,
        **body,
    }


def unit_key(unit: Unit) -> list[str]:
    """A unit as [source, target, kind], the order by which runs sort their units."""
    return [unit.source, unit.target, unit.kind]


def _encode_call(call: Call) -> list[str]:
    return [
        call.operation,
        call.asked,
        call.at,
        call.request_id,
        call.answer,
        call.error,
        call.about,
        call.part,
    ]


def _encode_coverage(coverage: Coverage) -> Document:
    return {
        "target": coverage.scope.target,
        "part": coverage.scope.part,
        "status": coverage.status.value,
        "listed": coverage.listed,
        "gone": coverage.gone,
        "why": None if coverage.why is None else encode_fact(coverage.why),
        "facts": {name: [f.read, f.none, sorted(f.missing)] for name, f in coverage.facts.items()},
        "permissions_missing": sorted(coverage.permissions_missing),
    }


def _decode_coverage(document: Mapping[str, Any]) -> Coverage:
    why = decode_fact(document["why"])
    return Coverage(
        scope=Scope(document["target"], document["part"]),
        status=ScopeStatus(document["status"]),
        listed=document["listed"],
        gone=document["gone"],
        why=why if isinstance(why, Missing) else None,
        facts={
            name: FactCoverage(read, none, tuple((reason, count) for reason, count in missing))
            for name, (read, none, missing) in document["facts"].items()
        },
        permissions_missing=tuple(document["permissions_missing"]),
    )
