"""Copies of buckets in other buckets, where the organisation requires them."""

from __future__ import annotations

from checks.backup.links import COPIED_ELSEWHERE, COPIED_TO_ANOTHER_BUCKET
from checks.check import Verdict, check, failed, passed, undecided
from checks.named import unless_required
from evidence.facts.aws import BucketEncryption
from evidence.facts.aws_buckets import ReplicationRule
from evidence.model import Resource


@check(
    "aws-s3-bucket-replication",
    on="aws.s3.bucket",
    severity="medium",
    links=[COPIED_TO_ANOTHER_BUCKET, COPIED_ELSEWHERE],
    first=unless_required("not among the buckets that must be replicated"),
)
def bucket_is_replicated(
    replication: list[ReplicationRule] | None,
    encryption: BucketEncryption | None,
    resource: Resource,
    *,
    required: tuple[str, ...] = (),  # noqa: ARG001 - answered first
) -> Verdict:
    """Is every new object copied to another bucket, where the organisation requires it?"""
    itself = resource.uid.partition("#")[0]
    rules = [rule for rule in replication or () if rule["enabled"] and rule["destination"] != itself]
    if not rules:
        return failed("no enabled rule copies objects to another bucket")
    whole = [rule for rule in rules if rule["whole"]]
    if not whole:
        return undecided(
            "rules copy only parts of the bucket; whether the parts make up the whole was not judged"
        )
    if encryption is not None and encryption["algorithm"].startswith("aws:kms"):
        whole = [rule for rule in whole if rule["kms"]]
    if not whole:
        return failed("the rules leave out objects that KMS encrypts, as it does here unless told otherwise")
    return passed(f"new objects are to be copied to {_buckets(whole)}")


def _buckets(rules: list[ReplicationRule]) -> str:
    return ", ".join(sorted({rule["destination"].rpartition(":")[2] for rule in rules})[:5])
