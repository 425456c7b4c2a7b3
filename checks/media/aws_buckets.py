"""Rules that delete a bucket's objects, where the organisation requires them."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed, undecided
from checks.media.links import OBJECTS_DELETED
from checks.named import unless_required
from evidence.facts.aws import BucketVersioning
from evidence.facts.aws_buckets import LifecycleRule


@check(
    "aws-s3-bucket-disposal-rule",
    on="aws.s3.bucket",
    severity="low",
    links=[OBJECTS_DELETED],
    first=unless_required("not among the buckets that must have a disposal rule"),
)
def bucket_disposes_of_objects(
    lifecycle: list[LifecycleRule] | None,
    versioning: BucketVersioning | None,
    *,
    required: tuple[str, ...] = (),  # noqa: ARG001 - answered first
) -> Verdict:
    """Does a rule delete every object in time, where the organisation requires it?"""
    rules = [rule for rule in lifecycle or () if rule["enabled"]]
    lacking = _lacking("objects", [rule["whole"] for rule in rules if rule["expires"]])
    if lacking is None and versioning is not None:
        lacking = _lacking(
            "earlier versions of objects", [rule["whole"] for rule in rules if rule["earlier"]]
        )
    return lacking or passed("a rule deletes every object after its time; how long that is was not judged")


def _lacking(what: str, whole: list[bool]) -> Verdict | None:
    if not whole:
        return failed(f"no enabled rule deletes all {what}")
    if not any(whole):
        return undecided(
            f"rules delete {what} in parts of the bucket only; whether the parts make up the whole was not judged"
        )
    return None
