"""Buckets in which the organisation allows no access control lists."""

from __future__ import annotations

from checks.check import Verdict, check, failed, not_applicable, passed
from checks.exposure.links import ACLS_OFF
from checks.named import named
from evidence.model import Resource


def lists_are_allowed(resource: Resource, *, required: tuple[str, ...] = ()) -> Verdict | None:
    """A bucket that the organisation does not name needs no look at its ownership."""
    if named(resource, required):
        return None
    return not_applicable("not among the buckets whose access control lists must be off")


@check(
    "aws-s3-bucket-acls-off",
    on="aws.s3.bucket",
    severity="low",
    links=[ACLS_OFF],
    first=lists_are_allowed,
)
def bucket_has_acls_off(
    ownership: str | None, resource: Resource, *, required: tuple[str, ...] = ()
) -> Verdict:
    """Are access control lists off, where the organisation requires it?"""
    if not named(resource, required):
        return not_applicable("not among the buckets whose access control lists must be off")
    if ownership == "BucketOwnerEnforced":
        return passed("the bucket's owner owns every object, and access control lists are off")
    return failed("access control lists of the bucket and its objects still give rights")
