from __future__ import annotations

from collections.abc import Mapping, Sequence

from evidence.canonical import canonical, digest
from evidence.model import (
    Call,
    Coverage,
    Fact,
    Finding,
    Observation,
    Resource,
    Scope,
    ScopeStatus,
    Status,
    Unit,
    UnitResult,
)
from evidence.store import Sealed, Store

UNIT = Unit("prod", "aws/111122223333", "aws.s3.bucket")
OTHER = Unit("prod", "aws/444455556666", "aws.s3.bucket")
CHECKS = {"encrypted": "sha256:" + "a" * 64, "versioned": "sha256:" + "b" * 64}
TABLES = (
    "meta",
    "dictionary",
    "object",
    "principal",
    "run",
    "unit",
    "run_unit",
    "resource",
    "past",
    "ledger",
    "checkpoint",
)
STARTED, FINISHED = "2026-11-22T01:00:00Z", "2026-11-22T01:05:00Z"


def resource(name: str, part: str = "global", unit: Unit = UNIT) -> Resource:
    return Resource(unit.kind, f"arn:aws:s3:::{name}", name, Scope(unit.target, part), (("Owner", "Zoë"),))


def observed(name: str, part: str = "global", unit: Unit = UNIT, **facts: Fact) -> Observation:
    return Observation(
        resource(name, part, unit), facts or {"encryption": "aws:kms"}, {"last_used": "2026-11-21"}
    )


def coverage(part: str = "global", status: ScopeStatus = ScopeStatus.COMPLETE, unit: Unit = UNIT) -> Coverage:
    return Coverage(Scope(unit.target, part), status)


def result(
    observations: Sequence[Observation],
    covered: Sequence[Coverage] | None = None,
    unit: Unit = UNIT,
    night: int = 1,
) -> UnitResult:
    raw = canonical({"Buckets": [o.resource.name for o in observations]})
    call = Call("list_buckets", "{}", f"2026-11-{night:02}T01:00:01Z", f"request-{night}", digest(raw))
    return UnitResult(
        unit=unit,
        principal="arn:aws:iam::111122223333:role/nightledger",
        started=f"2026-11-{night:02}T01:00:00Z",
        finished=f"2026-11-{night:02}T01:00:09Z",
        coverage=tuple(covered if covered is not None else [coverage(unit=unit)]),
        observations=tuple(observations),
        calls=(call,),
        objects={digest(raw): raw},
        dropped={"Buckets[].CreationDate": len(observations)},
    )


def judged(subject: Resource | Scope, status: Status = Status.PASS, check: str = "encrypted") -> Finding:
    return Finding(check, subject, status, f"the answer is {status.value}", ("encryption",))


def findings(gave: UnitResult, status: Status = Status.PASS) -> list[Finding]:
    return [judged(o.resource, status, check) for o in gave.observations for check in CHECKS]


def begin(
    store: Store,
    units: Sequence[Unit] = (UNIT,),
    series: str = "nightly",
    checks: Mapping[str, str] = CHECKS,
    night: int = 1,
) -> int:
    return store.begin_run(
        series=series,
        trigger="schedule",
        started=f"2026-11-{night:02}T01:00:00Z",
        tool="nightledger 0.1.0",
        selection={"sources": ["prod"]},
        checks=checks,
        planned=units,
    )


def night(
    store: Store,
    *results: UnitResult,
    said: Sequence[Finding] | None = None,
    number: int = 1,
    planned: Sequence[Unit] | None = None,
    series: str = "nightly",
    checks: Mapping[str, str] = CHECKS,
) -> Sealed:
    units = planned if planned is not None else [r.unit for r in results]
    run = begin(store, units, series, checks, number)
    for gave in results:
        store.commit_unit(run, gave, findings(gave) if said is None else said)
    return store.finish_run(run, f"2026-11-{number:02}T01:05:00Z")
