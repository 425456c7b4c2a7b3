"""The buckets that trails deliver to, with what is known of them as buckets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from checks.derive import Collection, Seen, Unseen, derived
from evidence.model import Fact, Missing, Reason

_FACTS = (
    "public_access_block",
    "policy",
    "policy_status",
    "group_grants",
    "versioning",
    "object_lock",
    "logging",
)


@derived(
    "aws.cloudtrail.bucket",
    gives=f"{' '.join(_FACTS)} account_block",
    reads={
        "trail": "aws.cloudtrail.trail: settings",
        "buckets": f"aws.s3.bucket: {' '.join(_FACTS)}",
        "accounts": "aws.account: public_access_block",
    },
)
def trail_bucket(trail: Seen, buckets: Collection, accounts: Collection) -> Mapping[str, Fact]:
    """The facts of the bucket a trail delivers to, looked for in every account of the run: bucket names are unique."""
    name = cast("Mapping[str, Any]", trail.fact("settings"))["bucket"]
    bucket = buckets.find(name, by=lambda one: one.resource.name)
    if bucket is None:
        detail = f"the bucket {name} is in no account that was looked at"
        return dict.fromkeys((*_FACTS, "account_block"), Missing(Reason.NOT_AVAILABLE, detail=detail))
    block = _account_block(bucket, accounts)
    return {"account_block": block, **{fact: _known(bucket, fact) for fact in _FACTS}}


def _account_block(bucket: Seen, accounts: Collection) -> Fact:
    try:
        owner = accounts.find(bucket.resource.scope.target, by=lambda one: one.resource.scope.target)
    except Unseen as unseen:
        return unseen.why
    return None if owner is None else _known(owner, "public_access_block")


def _known(seen: Seen, fact: str) -> Fact:
    # One refused call leaves the other facts as they are.
    try:
        return seen.fact(fact)
    except Unseen as unseen:
        return unseen.why
