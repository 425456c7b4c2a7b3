"""Integrity on AWS: whether what was overwritten can be brought back."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed
from checks.integrity.links import EARLIER_STATE_KEPT, RECOVERABLE
from evidence.facts.aws import BucketVersioning


@check(
    "aws-s3-bucket-versioning", on="aws.s3.bucket", severity="medium", links=[RECOVERABLE, EARLIER_STATE_KEPT]
)
def bucket_keeps_versions(versioning: BucketVersioning | None) -> Verdict:
    """Can an overwritten or deleted object be brought back?"""
    if versioning is None:
        return failed("versioning was never switched on")
    if versioning["status"] != "Enabled":
        return failed("versioning is suspended")
    return passed("versioning is on")
