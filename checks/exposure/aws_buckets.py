"""Buckets in which the organisation allows no access control lists."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed
from checks.exposure.links import ACLS_OFF
from checks.named import unless_required


@check(
    "aws-s3-bucket-acls-off",
    on="aws.s3.bucket",
    severity="low",
    links=[ACLS_OFF],
    first=unless_required("not among the buckets whose access control lists must be off"),
)
def bucket_has_acls_off(
    ownership: str | None,
    *,
    required: tuple[str, ...] = (),  # noqa: ARG001 - answered first
) -> Verdict:
    """Are access control lists off, where the organisation requires it?"""
    if ownership == "BucketOwnerEnforced":
        return passed("the bucket's owner owns every object, and access control lists are off")
    return failed("access control lists of the bucket and its objects still give rights")
