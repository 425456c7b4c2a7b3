"""S3 buckets: default encryption, versioning, logging, policy, who may see them, what is copied and deleted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws import (
    AclGrant,
    BucketEncryption,
    BucketLogging,
    BucketPolicyStatus,
    BucketVersioning,
    ObjectLock,
    PolicyDocument,
    PublicAccessBlock,
)
from evidence.facts.aws_buckets import LifecycleRule, ReplicationRule

_GROUP_URI = "http://acs.amazonaws.com/groups/"

BLOCK = "PublicAccessBlockConfiguration{BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets}"


class Bucket(AwsKind):
    """A general purpose bucket of one account; its creation date is no fact, because editing a policy can change it."""

    kind = "aws.s3.bucket"
    service = "s3"
    gone = frozenset({"NoSuchBucket"})
    keep: ClassVar = {
        "list_buckets": "Buckets[]{Name, BucketRegion}",
        "get_bucket_encryption": (
            "ServerSideEncryptionConfiguration{Rules[]{ApplyServerSideEncryptionByDefault"
            "{SSEAlgorithm, KMSMasterKeyID}}}"
        ),
        "get_bucket_versioning": "Status, MFADelete",
        "get_bucket_logging": "LoggingEnabled{TargetBucket}",
        "get_bucket_policy": "Policy:json{*}",
        "get_bucket_policy_status": "PolicyStatus{IsPublic}",
        "get_bucket_acl": "Grants[]{Grantee{Type, URI}, Permission}",
        "get_public_access_block": BLOCK,
        "get_object_lock_configuration": (
            "ObjectLockConfiguration{ObjectLockEnabled, Rule{DefaultRetention{Mode, Days, Years}}}"
        ),
        "get_bucket_replication": (
            "ReplicationConfiguration{Rules[]{Status, Prefix, Filter{Prefix, Tag{Key}, And{Prefix, Tags[]{Key}}}, "
            "SourceSelectionCriteria{SseKmsEncryptedObjects{Status}}, Destination{Bucket}}}"
        ),
        "get_bucket_ownership_controls": "OwnershipControls{Rules[]{ObjectOwnership}}",
        "get_bucket_lifecycle_configuration": (
            "Rules[]{Status, Prefix, Filter{Prefix, Tag{Key}, ObjectSizeGreaterThan, ObjectSizeLessThan, "
            "And{Prefix, Tags[]{Key}, ObjectSizeGreaterThan, ObjectSizeLessThan}}, "
            "Expiration{Days, Date}, NoncurrentVersionExpiration{NoncurrentDays, NewerNoncurrentVersions}}"
        ),
    }

    @lists(needs="s3:ListAllMyBuckets")
    def every(self, s3: AwsClient) -> Iterator[Found]:
        """Each bucket; asking with MaxBuckets makes S3 say its region, which saves a call per bucket."""
        for page in s3.pages("list_buckets", MaxBuckets=1000):
            for row in page["Buckets"]:
                arn = f"arn:{s3.partition}:s3:::{row['Name']}"
                yield Found(f"{arn}#{s3.account}", row["Name"], home=row.get("BucketRegion", ""))

    @fact(needs="s3:GetEncryptionConfiguration", absent="ServerSideEncryptionConfigurationNotFoundError")
    def encryption(self, s3: AwsClient, bucket: Found) -> BucketEncryption | None:
        """GetBucketEncryption: the first rule is the only one S3 holds."""
        rules = s3.get_bucket_encryption(Bucket=bucket.name)["ServerSideEncryptionConfiguration"]["Rules"]
        if not rules:
            return None
        rule = rules[0]["ApplyServerSideEncryptionByDefault"]
        return {"algorithm": rule["SSEAlgorithm"], "kms_key": rule.get("KMSMasterKeyID")}

    @fact(needs="s3:GetBucketVersioning")
    def versioning(self, s3: AwsClient, bucket: Found) -> BucketVersioning | None:
        """GetBucketVersioning: an empty answer means it was never switched on."""
        answer = s3.get_bucket_versioning(Bucket=bucket.name)
        if "Status" not in answer:
            return None
        return {"status": answer["Status"], "mfa_delete": answer.get("MFADelete") == "Enabled"}

    @fact(needs="s3:GetBucketLogging")
    def logging(self, s3: AwsClient, bucket: Found) -> BucketLogging | None:
        """GetBucketLogging: an empty answer means no server access logs."""
        enabled = s3.get_bucket_logging(Bucket=bucket.name).get("LoggingEnabled")
        return {"bucket": enabled["TargetBucket"]} if enabled else None

    @fact(needs="s3:GetBucketPolicy", absent="NoSuchBucketPolicy")
    def policy(self, s3: AwsClient, bucket: Found) -> PolicyDocument | None:
        """GetBucketPolicy, decoded."""
        return _document(s3.get_bucket_policy(Bucket=bucket.name)["Policy"])

    @fact(needs="s3:GetBucketPolicyStatus", absent="NoSuchBucketPolicy")
    def policy_status(
        self, s3: AwsClient, bucket: Found, policy: PolicyDocument | None
    ) -> BucketPolicyStatus | None:
        """GetBucketPolicyStatus: AWS's own judgement of the policy; not asked where there is none to judge."""
        if policy is None:
            return None
        return {"public": s3.get_bucket_policy_status(Bucket=bucket.name)["PolicyStatus"]["IsPublic"]}

    @fact(needs="s3:GetBucketAcl")
    def group_grants(self, s3: AwsClient, bucket: Found) -> list[AclGrant]:
        """GetBucketAcl: only grants to groups; single grantees' ids and mail addresses are never kept."""
        grants = s3.get_bucket_acl(Bucket=bucket.name)["Grants"]
        return [
            {
                "group": grant["Grantee"]["URI"].removeprefix(_GROUP_URI).split("/")[-1],
                "permission": grant["Permission"],
            }
            for grant in grants
            if grant["Grantee"]["Type"] == "Group"
        ]

    @fact(needs="s3:GetBucketPublicAccessBlock", absent="NoSuchPublicAccessBlockConfiguration")
    def public_access_block(self, s3: AwsClient, bucket: Found) -> PublicAccessBlock | None:
        """GetPublicAccessBlock of the bucket; the account's own block acts beside it."""
        return access_block(s3.get_public_access_block(Bucket=bucket.name))

    @fact(needs="s3:GetBucketObjectLockConfiguration", absent="ObjectLockConfigurationNotFoundError")
    def object_lock(
        self, s3: AwsClient, bucket: Found, versioning: BucketVersioning | None
    ) -> ObjectLock | None:
        """GetObjectLockConfiguration, only where objects have versions: S3 can lock no others. A year is 365 days."""
        if versioning is None or versioning["status"] != "Enabled":
            return None
        answer = s3.get_object_lock_configuration(Bucket=bucket.name)["ObjectLockConfiguration"]
        held = answer.get("Rule", {}).get("DefaultRetention", {})
        return {
            "enabled": answer.get("ObjectLockEnabled") == "Enabled",
            "default_mode": held.get("Mode", ""),
            "default_days": held.get("Days", 0) + 365 * held.get("Years", 0),
        }

    @fact(needs="s3:GetReplicationConfiguration", absent="ReplicationConfigurationNotFoundError")
    def replication(self, s3: AwsClient, bucket: Found) -> list[ReplicationRule] | None:
        """GetBucketReplication: KMS-encrypted objects are copied only where a rule says so."""
        rules = s3.get_bucket_replication(Bucket=bucket.name)["ReplicationConfiguration"]["Rules"]
        return [
            {
                "enabled": rule["Status"] == "Enabled",
                "whole": _whole(rule),
                "kms": _takes_kms(rule.get("SourceSelectionCriteria", {})),
                "destination": rule["Destination"]["Bucket"],
            }
            for rule in rules
        ]

    @fact(needs="s3:GetBucketOwnershipControls", absent="OwnershipControlsNotFoundError")
    def ownership(self, s3: AwsClient, bucket: Found) -> str | None:
        """GetBucketOwnershipControls: BucketOwnerEnforced means that ACLs are off; None that they rule."""
        rules = s3.get_bucket_ownership_controls(Bucket=bucket.name)["OwnershipControls"]["Rules"]
        return rules[0]["ObjectOwnership"] if rules else None

    @fact(needs="s3:GetLifecycleConfiguration", absent="NoSuchLifecycleConfiguration")
    def lifecycle(self, s3: AwsClient, bucket: Found) -> list[LifecycleRule] | None:
        """GetBucketLifecycleConfiguration; a rule that spares some earlier versions is none for `earlier`."""
        return [
            {
                "enabled": rule["Status"] == "Enabled",
                "whole": _whole(rule),
                "expires": bool(rule.get("Expiration", {}).keys() & {"Days", "Date"}),
                "earlier": _ends_earlier(rule.get("NoncurrentVersionExpiration", {})),
            }
            for rule in s3.get_bucket_lifecycle_configuration(Bucket=bucket.name)["Rules"]
        ]


def _whole(rule: dict[str, Any]) -> bool:
    narrowed = rule.get("Filter", {})
    return not (rule.get("Prefix") or narrowed.get("Prefix") or narrowed.keys() - {"Prefix"})


def _takes_kms(criteria: dict[str, Any]) -> bool:
    return bool(criteria.get("SseKmsEncryptedObjects", {}).get("Status") == "Enabled")


def _ends_earlier(expiration: dict[str, Any]) -> bool:
    return "NoncurrentDays" in expiration and not expiration.get("NewerNoncurrentVersions")


def access_block(answer: dict[str, Any]) -> PublicAccessBlock:
    """The four switches of a GetPublicAccessBlock answer; AWS leaves out those that are off."""
    switches = answer["PublicAccessBlockConfiguration"]
    return {
        "block_public_acls": switches.get("BlockPublicAcls", False),
        "ignore_public_acls": switches.get("IgnorePublicAcls", False),
        "block_public_policy": switches.get("BlockPublicPolicy", False),
        "restrict_public_buckets": switches.get("RestrictPublicBuckets", False),
    }


def _document(document: Any) -> PolicyDocument:
    return document if isinstance(document, dict) else {"Statement": document}
