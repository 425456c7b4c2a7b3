"""Exposure of stored data on AWS: buckets, snapshots and keys that everyone could use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.exposure.links import BUCKET_NOT_FOR_EVERYONE, NOT_FOR_EVERYONE
from checks.policy_conditions import demands_of
from checks.policy_denials import opening
from checks.policy_document import for_anyone, open_statements
from checks.policy_verdicts import gravest, of_opening
from evidence.facts.aws import (
    AclGrant,
    BucketPolicyStatus,
    KeyMetadata,
    PolicyDocument,
    PublicAccessBlock,
    SnapshotBlock,
    SnapshotSharing,
)
from evidence.model import Status

_EVERYONE = frozenset({"AllUsers", "AuthenticatedUsers"})
_WAYS = frozenset(
    {"block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets"}
)


@check("aws-account-public-access-block", on="aws.account", severity="high", links=[NOT_FOR_EVERYONE])
def account_blocks_public_access(public_access_block: PublicAccessBlock | None) -> Verdict:
    """Does the account keep every bucket in it from becoming public?"""
    if public_access_block is None:
        return failed("the account has no public access block")
    off = sorted(name for name, on in public_access_block.items() if not on)
    if off:
        return failed(f"the account's public access block leaves off: {', '.join(off)}")
    return passed("the account's public access block is on in all four ways")


def blocked_by_itself(public_access_block: PublicAccessBlock | None) -> Verdict | None:
    """A bucket whose own block overrides every policy and ACL needs no further look."""
    if public_access_block is None or not (
        public_access_block["ignore_public_acls"] and public_access_block["restrict_public_buckets"]
    ):
        return None
    return passed("the bucket's public access block overrides any public policy or ACL")


@check(
    "aws-s3-bucket-not-public",
    on="aws.s3.bucket",
    severity="critical",
    links=[BUCKET_NOT_FOR_EVERYONE],
    also={"account_block": "aws.account:public_access_block"},
    first=blocked_by_itself,
)
def bucket_is_not_public(
    public_access_block: PublicAccessBlock | None,
    policy: PolicyDocument | None,
    policy_status: BucketPolicyStatus | None,
    group_grants: list[AclGrant],
    account_block: PublicAccessBlock | None,
) -> Verdict:
    """Is the bucket closed to the public?"""
    blocks = [block for block in (public_access_block, account_block) if block is not None]
    acls_ignored = any(block["ignore_public_acls"] for block in blocks)
    of_policy = None
    if policy_status is not None and not any(block["restrict_public_buckets"] for block in blocks):
        of_policy = _of_policy(policy or {}, public=policy_status["public"])
    groups = sorted({grant["group"] for grant in group_grants} & _EVERYONE)
    of_acl = (
        failed(f"the bucket's ACL lets in {' and '.join(groups)}") if groups and not acls_ignored else None
    )
    told = gravest(of_policy, of_acl) or passed("neither policy nor ACL of the bucket lets the public in")
    if told.status is not Status.PASS or acls_ignored:
        return told
    return passed(f"{told.sentence}; its objects' own ACLs were not looked at")


def _of_policy(policy: PolicyDocument, *, public: bool) -> Verdict | None:
    # AWS may call a policy public for whatever is allowed under conditions too, and takes off no denial.
    opened = "the bucket policy lets the public in"
    told = of_opening(opening(policy, for_anyone(policy)), opened) or failed(opened) if public else None
    return gravest(told, _of_access_points(policy))


def _of_access_points(policy: PolicyDocument) -> Verdict | None:
    # AWS does not call it public where the policy leaves to access points whom they let in.
    left = opening(policy, [one for one in open_statements(policy) if _leaves_to_access_points(one)])
    if left.open or left.doubt:
        return undecided(
            "the bucket policy lets in whom its access points let in, whose policies were not read"
        )
    return None


def _leaves_to_access_points(statement: Mapping[str, Any]) -> bool:
    return any(demand.key.startswith("s3:dataaccesspoint") for demand in demands_of(statement))


def blocked_in_every_way(public_access_block: PublicAccessBlock | None) -> Verdict | None:
    """A bucket whose own block is complete needs no look at the account's."""
    if _switched_on(public_access_block) >= _WAYS:
        return passed("the bucket's public access block is on in all four ways")
    return None


def _switched_on(block: PublicAccessBlock | None) -> frozenset[str]:
    return frozenset(name for name, on in (block or {}).items() if on)


@check(
    "aws-s3-bucket-public-access-block",
    on="aws.s3.bucket",
    severity="medium",
    links=[NOT_FOR_EVERYONE],
    also={"account_block": "aws.account:public_access_block"},
    first=blocked_in_every_way,
)
def bucket_blocks_public_access(
    public_access_block: PublicAccessBlock | None, account_block: PublicAccessBlock | None
) -> Verdict:
    """Is the bucket kept from becoming public, by its own block or the account's?"""
    own, above = _switched_on(public_access_block), _switched_on(account_block)
    off = sorted(_WAYS - own - above)
    if off:
        return failed(f"neither the bucket's public access block nor the account's has on: {', '.join(off)}")
    if above >= _WAYS:
        return passed("the account's public access block holds for the bucket in all four ways")
    return passed("the public access blocks of bucket and account are together on in all four ways")


@check("aws-ec2-snapshot-not-public", on="aws.ec2.snapshot", severity="critical", links=[NOT_FOR_EVERYONE])
def snapshot_is_not_public(sharing: SnapshotSharing) -> Verdict:
    """Is the snapshot closed to the public?"""
    if sharing["public"]:
        return failed("anyone with an AWS account may restore the snapshot")
    return passed("the snapshot is not shared with everyone")


@check("aws-ec2-region-snapshot-block", on="aws.ec2.region", severity="medium", links=[NOT_FOR_EVERYONE])
def region_blocks_public_snapshots(snapshot_block: SnapshotBlock) -> Verdict:
    """Does the region keep snapshots from being shared with everyone?"""
    if snapshot_block["state"] == "block-all-sharing":
        return passed("no snapshot can be public")
    if snapshot_block["state"] == "block-new-sharing":
        return passed("no further snapshot can be made public; those that are stay so")
    return failed("snapshots can be shared with everyone")


@check("aws-kms-key-not-public", on="aws.kms.key", severity="critical", links=[NOT_FOR_EVERYONE])
def key_is_not_public(metadata: KeyMetadata, policy: PolicyDocument | None) -> Verdict:
    """Is the key closed to principals of unknown accounts?"""
    if metadata["manager"] != "CUSTOMER" or policy is None:
        return not_applicable("AWS manages this key")
    told = of_opening(opening(policy), "the key policy allows anyone with an AWS account")
    return told or passed("the key policy allows only principals it names or ties to an account")
