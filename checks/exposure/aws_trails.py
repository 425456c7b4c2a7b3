"""Exposure of the record itself: the buckets that trails deliver to."""

from __future__ import annotations

from checks.check import Verdict, check
from checks.exposure.aws import blocked_by_itself, bucket_is_not_public
from checks.exposure.links import BUCKET_NOT_FOR_EVERYONE
from evidence.facts.aws import AclGrant, BucketPolicyStatus, PolicyDocument, PublicAccessBlock


@check(
    "aws-cloudtrail-bucket-not-public",
    on="aws.cloudtrail.bucket",
    severity="critical",
    links=[BUCKET_NOT_FOR_EVERYONE],
    first=blocked_by_itself,
)
def trail_bucket_is_not_public(
    public_access_block: PublicAccessBlock | None,
    policy: PolicyDocument | None,
    policy_status: BucketPolicyStatus | None,
    group_grants: list[AclGrant],
    account_block: PublicAccessBlock | None,
) -> Verdict:
    """Is the bucket that the trail delivers to closed to the public?"""
    return bucket_is_not_public.judge(public_access_block, policy, policy_status, group_grants, account_block)
