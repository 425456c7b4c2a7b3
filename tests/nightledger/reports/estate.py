"""A small hospital group, built by hand through the store: what reports are tested on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from checks.check import Check, Verdict, passed
from checks.load import Catalogue
from evidence.model import (
    Coverage,
    FactCoverage,
    Finding,
    Link,
    LinkType,
    Missing,
    Observation,
    Reason,
    Resource,
    Scope,
    ScopeStatus,
    Status,
    Unit,
    UnitResult,
)
from evidence.store import NIGHTLY, Store

ACCOUNT = "aws/111122223333"
BUCKETS = Unit("cloud", ACCOUNT, "aws.s3.bucket")
USERS = Unit("cloud", ACCOUNT, "aws.iam.user")
GLOBAL = Scope(ACCOUNT)
DENIED = Missing(Reason.DENIED, "s3:GetEncryptionConfiguration")
REFUSED = Missing(Reason.DENIED, "iam:ListUsers")


def a_check(
    id: str, kind: str, links: Sequence[tuple[str, LinkType]], topic: str = "encryption_at_rest"
) -> Check:
    def judge() -> Verdict:
        return passed("never called here")

    return Check(
        id=id,
        on=(kind,),
        severity="high",
        links=tuple(Link(p, t, f"{id} proves a part", f"{id} does not prove the rest") for p, t in links),
        question=f"Does {id} hold?",
        topic=topic,
        module="tests",
        facts=("encryption",),
        policy={},
        judge=judge,
    )


ENCRYPTED = a_check("bucket-encrypted", "aws.s3.bucket", [("164.312(a)(2)(iv)", LinkType.DIRECT)])
VERSIONED = a_check(
    "bucket-versioned", "aws.s3.bucket", [("164.312(c)(1)", LinkType.SUPPORTING)], "integrity"
)
MFA = a_check("user-has-mfa", "aws.iam.user", [("164.312(d)", LinkType.DIRECT)], "authentication")
CHECKS = {check.id: check for check in (ENCRYPTED, VERSIONED, MFA)}
CATALOGUE = Catalogue(CHECKS, {})


@dataclass(frozen=True)
class Night:
    day: str
    results: Sequence[tuple[UnitResult, Sequence[Finding]]]
    planned: Sequence[Unit] = ()
    state: str = "sealed"
    series: str = NIGHTLY
    checks: Sequence[str] = tuple(CHECKS)
    selection: Mapping[str, Any] = field(default_factory=dict)


def bucket(name: str, uid: str = "") -> Resource:
    return Resource("aws.s3.bucket", uid or f"arn:aws:s3:::{name}#{name}", name, GLOBAL)


def user(name: str) -> Resource:
    return Resource("aws.iam.user", f"arn:aws:iam::111122223333:user/{name}#AIDA{name}", name, GLOBAL)


def said(check: Check, subject: Any, status: Status, sentence: str, *missing: Missing) -> Finding:
    return Finding(
        check.id, subject, status, sentence, ("encryption",), tuple(("encryption", m) for m in missing)
    )


def listed(
    unit: Unit,
    day: str,
    resources: Mapping[Resource, Any],
    *,
    status: ScopeStatus = ScopeStatus.COMPLETE,
    why: Missing | None = None,
    permissions: Sequence[str] = (),
) -> UnitResult:
    missing = sum(isinstance(value, Missing) for value in resources.values())
    facts = {
        "encryption": FactCoverage(len(resources) - missing, 0, (("denied", missing),) if missing else ())
    }
    reached = Coverage(GLOBAL, status, len(resources), 0, why, facts, tuple(permissions))
    return UnitResult(
        unit=unit,
        principal="arn:aws:iam::111122223333:role/nightledger",
        started=f"{day}T02:00:00Z",
        finished=f"{day}T02:01:00Z",
        coverage=(reached,),
        observations=tuple(
            Observation(resource, {"encryption": value}) for resource, value in resources.items()
        ),
    )


def refused(unit: Unit, day: str, why: Missing) -> UnitResult:
    failed = listed(unit, day, {}, status=ScopeStatus.FAILED, why=why, permissions=(why.need,))
    return replace(failed, coverage=(replace(failed.coverage[0], facts={}),))


def keep(store: Store, night: Night) -> int:
    run = store.begin_run(
        series=night.series,
        trigger="test",
        started=f"{night.day}T02:00:00Z",
        tool="nightledger 0.1.0",
        selection=dict(night.selection),
        checks={id_: f"sha256:{id_}" for id_ in night.checks},
        planned=[*night.planned, *(result.unit for result, _ in night.results)],
    )
    for result, findings in night.results:
        assert store.commit_unit(run, result, findings)
    store.finish_run(run, f"{night.day}T02:05:00Z", state=night.state)
    return run


def first_night(day: str = "2026-11-20") -> Night:
    ok, bare = bucket("scans"), bucket("letters")
    ada, bob = user("ada"), user("bob")
    buckets = listed(BUCKETS, day, {ok: {"algorithm": "aws:kms"}, bare: None})
    users = listed(USERS, day, {ada: "yes", bob: "yes"})
    return Night(
        day,
        [
            (
                buckets,
                [
                    said(ENCRYPTED, ok, Status.PASS, "encrypted with aws:kms"),
                    said(ENCRYPTED, bare, Status.FAIL, "objects are not encrypted by default"),
                    said(VERSIONED, ok, Status.PASS, "versioning is on"),
                    said(VERSIONED, bare, Status.NOT_APPLICABLE, "holds nothing but logs"),
                ],
            ),
            (
                users,
                [
                    said(MFA, ada, Status.PASS, "has a second factor"),
                    said(MFA, bob, Status.PASS, "has a second factor"),
                ],
            ),
        ],
    )


def second_night(day: str = "2026-11-21") -> Night:
    """bob loses his second factor; the encryption of scans may no longer be read; letters fails on."""
    ok, bare = bucket("scans"), bucket("letters")
    ada, bob = user("ada"), user("bob")
    buckets = listed(BUCKETS, day, {ok: DENIED, bare: None}, permissions=["s3:GetEncryptionConfiguration"])
    users = listed(USERS, day, {ada: "yes", bob: "no"})
    return Night(
        day,
        [
            (
                buckets,
                [
                    said(ENCRYPTED, ok, Status.UNKNOWN, "the encryption settings could not be read", DENIED),
                    said(ENCRYPTED, bare, Status.FAIL, "objects are not encrypted by default"),
                    said(VERSIONED, ok, Status.PASS, "versioning is on"),
                    said(VERSIONED, bare, Status.NOT_APPLICABLE, "holds nothing but logs"),
                ],
            ),
            (
                users,
                [
                    said(MFA, ada, Status.PASS, "has a second factor"),
                    said(MFA, bob, Status.FAIL, "has no second factor"),
                ],
            ),
        ],
    )


def blind_night(day: str = "2026-11-22") -> Night:
    """Every listing is refused."""
    return Night(
        day,
        [
            (refused(BUCKETS, day, Missing(Reason.DENIED, "s3:ListAllMyBuckets")), []),
            (
                refused(USERS, day, REFUSED),
                [said(MFA, GLOBAL, Status.UNKNOWN, "the users could not be listed", REFUSED)],
            ),
        ],
    )
