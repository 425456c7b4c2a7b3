"""Encryption at rest on AWS: buckets, volumes, snapshots, trails and the keys behind them."""

from __future__ import annotations

from checks.check import Verdict, check, failed, not_applicable, passed
from checks.encryption_at_rest.links import (
    ENCRYPTED_UNASKED,
    KEY_CARED_FOR,
    NEW_DATA_ENCRYPTED,
    OWN_KEY,
    STORED_ENCRYPTED,
)
from evidence.facts.aws import (
    BlockEncryption,
    BucketEncryption,
    KeyMetadata,
    KeyRotation,
    RegionEncryption,
    TrailSettings,
)


@check("aws-s3-bucket-encryption", on="aws.s3.bucket", severity="high", links=[NEW_DATA_ENCRYPTED])
def bucket_encrypts(encryption: BucketEncryption | None, *, require_kms: bool = False) -> Verdict:
    """Are new objects in the bucket encrypted by default?"""
    if encryption is None:
        return failed("the bucket has no default encryption")
    if require_kms and not encryption["algorithm"].startswith("aws:kms"):
        return failed(f"new objects are encrypted with {encryption['algorithm']}, not with a KMS key")
    return passed(f"new objects are encrypted with {encryption['algorithm']} by default")


@check("aws-ec2-volume-encryption", on="aws.ec2.volume", severity="high", links=[STORED_ENCRYPTED])
def volume_is_encrypted(encryption: BlockEncryption) -> Verdict:
    """Is the volume encrypted?"""
    return (
        passed("the volume is encrypted")
        if encryption["encrypted"]
        else failed("the volume is not encrypted")
    )


@check("aws-ec2-snapshot-encryption", on="aws.ec2.snapshot", severity="high", links=[STORED_ENCRYPTED])
def snapshot_is_encrypted(encryption: BlockEncryption) -> Verdict:
    """Is the snapshot encrypted?"""
    if encryption["encrypted"]:
        return passed("the snapshot is encrypted")
    return failed("the snapshot is not encrypted")


@check("aws-ec2-region-ebs-encryption", on="aws.ec2.region", severity="medium", links=[ENCRYPTED_UNASKED])
def region_encrypts_new_volumes(ebs_encryption: RegionEncryption) -> Verdict:
    """Are new volumes in the region encrypted by default?"""
    if ebs_encryption["by_default"]:
        return passed("new volumes are encrypted by default")
    return failed("new volumes are encrypted only when someone asks for it")


@check("aws-cloudtrail-trail-encryption", on="aws.cloudtrail.trail", severity="medium", links=[OWN_KEY])
def trail_encrypts(settings: TrailSettings) -> Verdict:
    """Are the trail's log files encrypted with a KMS key?"""
    if settings["kms_key"] is None:
        return failed("the trail's log files have S3's own encryption only, with no KMS key of their own")
    return passed("the trail's log files are encrypted with a KMS key")


@check("aws-kms-key-rotation", on="aws.kms.key", severity="medium", links=[KEY_CARED_FOR])
def key_rotates(metadata: KeyMetadata, rotation: KeyRotation | None, *, max_days: int = 365) -> Verdict:
    """Does the key's material rotate by itself?"""
    if rotation is None:
        whose = "AWS" if metadata["manager"] == "AWS" else "its kind"
        return not_applicable(
            f"rotation of this key is decided by {whose} ({metadata['spec']}, {metadata['state']})"
        )
    if not rotation["enabled"]:
        return failed("automatic rotation is off")
    days = rotation["period_days"]
    if days is not None and days > max_days:
        return failed(f"the key rotates every {days} days, more than {max_days}")
    return passed("automatic rotation is on")


@check("aws-kms-key-kept", on="aws.kms.key", severity="high", links=[KEY_CARED_FOR])
def key_is_kept(metadata: KeyMetadata) -> Verdict:
    """Is the key safe from being deleted, with all that it encrypts?"""
    if metadata["manager"] != "CUSTOMER":
        return not_applicable("AWS manages this key")
    if metadata["state"] in {"PendingDeletion", "PendingReplicaDeletion"}:
        when = (metadata["deletion_date"] or "a day not told")[:10]
        return failed(f"the key will be deleted on {when}, and what it encrypts becomes unreadable")
    return passed("the key is not scheduled for deletion")
