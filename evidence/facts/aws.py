"""The shapes of AWS facts: what the collectors fill and the checks read. Times are UTC ISO-8601 text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

PolicyDocument = Mapping[str, Any]
"""A decoded IAM policy document, as AWS holds it; its lists are sorted, because they are sets."""


class BucketEncryption(TypedDict):
    """The default encryption of new objects; `algorithm` is AES256, aws:kms or aws:kms:dsse."""

    algorithm: str
    kms_key: str | None


class BucketVersioning(TypedDict):
    """`status` is Enabled or Suspended; a bucket that never had versioning has no such fact."""

    status: str
    mfa_delete: bool


class BucketLogging(TypedDict):
    """The bucket that server access logs are delivered to."""

    bucket: str


class BucketPolicyStatus(TypedDict):
    """Whether AWS itself judges the bucket policy to be public."""

    public: bool


class AclGrant(TypedDict):
    """One grant to a predefined group ("AllUsers", "AuthenticatedUsers", "LogDelivery")."""

    group: str
    permission: str


class PublicAccessBlock(TypedDict):
    """The four switches; only `ignore_public_acls` and `restrict_public_buckets` act on what exists already."""

    block_public_acls: bool
    ignore_public_acls: bool
    block_public_policy: bool
    restrict_public_buckets: bool


class ObjectLock(TypedDict):
    """Whether objects can be locked against deletion, and how new ones are: "GOVERNANCE", "COMPLIANCE" or "" (not)."""

    enabled: bool
    default_mode: str
    default_days: int


class RootSecurity(TypedDict):
    """What the account summary says about the root user; `password` None = AWS did not say."""

    mfa: bool
    password: bool | None
    access_keys: bool


class PasswordPolicy(TypedDict):
    """The account's rules for console passwords; `max_age_days` and `reuse_prevention` None = no such rule."""

    minimum_length: int
    symbols: bool
    numbers: bool
    uppercase: bool
    lowercase: bool
    max_age_days: int | None
    reuse_prevention: int | None


class AccountTrail(TypedDict):
    """One multi-region trail that covers the account, its own or its organisation's.

    `error` is that of the last delivery ("" = none), `management` as in TrailEvents ("" = AWS did not say).
    """

    arn: str
    organization: bool
    logging: bool
    error: str
    management: str


class ConsoleAccess(TypedDict):
    """A user's console password and MFA, from the credential report."""

    password: bool
    mfa: bool


class UserKeys(TypedDict):
    """How many of a user's two access keys are active, from the credential report."""

    active: int


class UserPolicy(TypedDict):
    """A policy attached to or written into the user; `document` is None for AWS's own managed policies."""

    name: str
    document: PolicyDocument | None


class AccessKeyState(TypedDict):
    """An access key's state and the day it was made."""

    user: str
    active: bool
    created: str


class RoleSession(TypedDict):
    """The longest session the role may be asked for, in seconds; AWS's own roles cannot be changed."""

    max_seconds: int
    service_linked: bool


class BlockEncryption(TypedDict):
    """Whether a volume or snapshot is encrypted, and with which key."""

    encrypted: bool
    kms_key: str | None


class SnapshotSharing(TypedDict):
    """Whether anyone with an AWS account may restore the snapshot."""

    public: bool


class RegionEncryption(TypedDict):
    """Whether new EBS volumes of the region are encrypted without being asked."""

    by_default: bool


class SnapshotBlock(TypedDict):
    """The region's guard on public snapshots: block-all-sharing, block-new-sharing or unblocked."""

    state: str


class InstanceState(TypedDict):
    """The instance's state: pending, running, stopping or stopped."""

    name: str


class MetadataOptions(TypedDict):
    """The instance metadata service: `tokens` is required or optional, `endpoint` enabled or disabled."""

    tokens: str
    endpoint: str


class InstanceAddresses(TypedDict):
    """Whether a public IPv4 address leads to the instance."""

    public_ipv4: bool


class ManagedInstance(TypedDict):
    """Systems Manager's view: `ping` is Online, ConnectionLost or Inactive."""

    ping: str
    platform: str


class PatchScan(TypedDict):
    """The last patch scan as Systems Manager reports it; the times change with every scan."""

    missing: int
    failed: int
    pending_reboot: int
    critical: int
    security: int
    ended: str


class PatchState(TypedDict):
    """The patch counts of the last scan, without its time."""

    missing: int
    failed: int
    pending_reboot: int
    critical: int
    security: int


class IngressRule(TypedDict):
    """One source-and-ports pair a security group lets in; ports None = all, `protocol` "-1" = every protocol.

    `cidrs` are networks, `prefix_lists` name lists whose content was not read, `groups` other security groups.
    """

    protocol: str
    from_port: int | None
    to_port: int | None
    cidrs: list[str]
    prefix_lists: list[str]
    groups: list[str]


class KeyMetadata(TypedDict):
    """A KMS key: `manager` is CUSTOMER or AWS, `origin` AWS_KMS, EXTERNAL, AWS_CLOUDHSM or EXTERNAL_KEY_STORE."""

    manager: str
    state: str
    origin: str
    spec: str
    deletion_date: str | None


class KeyRotation(TypedDict):
    """Yearly (or `period_days`) automatic rotation of the key's material."""

    enabled: bool
    period_days: int | None


class TrailSettings(TypedDict):
    """How a trail is set up; `kms_key` None = the log files have S3's own encryption only."""

    multi_region: bool
    organization: bool
    validation: bool
    kms_key: str | None
    bucket: str


class TrailDelivery(TypedDict):
    """The trail's status with the time of its last delivery ("" = never), which changes all day."""

    logging: bool
    error: str
    delivered: str


class TrailStatus(TypedDict):
    """Whether the trail records, and the error of its last delivery ("" = none)."""

    logging: bool
    error: str


class TrailEvents(TypedDict):
    """Which management events the trail takes: all, read, write, some (narrowed further) or none."""

    management: str
