"""Data in transit on AWS."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed
from checks.policy_document import denies_plain_http
from checks.transmission.links import CHANGE_NOTICED, PLAINTEXT_REFUSED, TRANSFER_GUARDED
from evidence.facts.aws import PolicyDocument
from evidence.model import Resource


@check(
    "aws-s3-bucket-tls-only",
    on="aws.s3.bucket",
    severity="high",
    links=[PLAINTEXT_REFUSED, TRANSFER_GUARDED, CHANGE_NOTICED],
)
def bucket_refuses_plain_http(policy: PolicyDocument | None, resource: Resource) -> Verdict:
    """Does the bucket refuse requests that come without TLS?"""
    if policy is None:
        return failed("the bucket has no policy, so it answers plain HTTP")
    if denies_plain_http(policy, resource.uid.partition("#")[0]):
        return passed("the policy denies every request without TLS, to the bucket and to its objects")
    return failed("the policy does not deny every request without TLS to the bucket and its objects")
