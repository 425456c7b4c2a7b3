"""The documents evidence is made of, as JSON values and back: evidence, verdicts, coverage, manifests, journals.

Every document goes through `evidence.canonical`; docs/formats.md describes each for readers without our code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evidence.canonical import NotCanonical
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
    Scope,
    ScopeStatus,
    Unit,
    UnitResult,
)

MISSING = "$missing"
"""The key that marks a fact we could not read; no fact may hold a mapping that uses it itself."""

_AS_IT_IS = frozenset({str, int, bool, type(None), list, tuple})

Document = dict[str, Any]
"""A JSON object as orjson reads and writes it."""


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
    resource = observation.resource
    return {
        "name": resource.name,
        "part": resource.scope.part,
        "labels": resource.labels,
        "facts": encode_facts(observation.facts),
    }


def verdict_document(finding: Finding) -> Document:
    """What a finding says, without whom it says it about: equal verdicts share one object."""
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
    unit: Unit, principal: str, coverage: str, resources: Sequence[Sequence[str]]
) -> Document:
    """What a unit's digest is taken over: each resource as its `manifest_row`, sorted by uid."""
    return {
        "v": 1,
        "unit": unit_key(unit),
        "principal": principal,
        "coverage": coverage,
        "resources": resources,
    }


def manifest_row(uid: str, evidence: str, findings: Iterable[tuple[str, str]]) -> list[str]:
    """A resource in a manifest: uid, evidence digest or "", then check and verdict digest in turn, sorted."""
    row = [uid, evidence]
    for said in sorted(findings):
        row += said
    return row


def journal_document(result: UnitResult, manifest: str, owner: str, attempt: int) -> Document:
    """How a unit was polled: calls, times, volatile facts, dropped fields; new every night, never compared."""
    return {
        "v": 1,
        "unit": unit_key(result.unit),
        "manifest": manifest,
        "principal": result.principal,
        "owner": owner,
        "attempt": attempt,
        "started": result.started,
        "finished": result.finished,
        "calls": [_encode_call(call) for call in result.calls],
        "volatile": [[o.resource.uid, encode_facts(o.volatile)] for o in result.observations if o.volatile],
        "dropped": sorted([path, count] for path, count in result.dropped.items()),
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
