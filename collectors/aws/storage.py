"""EBS volumes and snapshots: encryption, and who may restore them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, TAGS, AwsKind, labels, name_of
from collectors.kind import Found, fact, lists, lookup
from evidence.facts.aws import BlockEncryption, SnapshotSharing
from evidence.facts.aws_machines import VolumeAttachment


class Volume(AwsKind):
    """An EBS volume; everything asked of it is in the listing."""

    kind = "aws.ec2.volume"
    service = "ec2"
    part = "region"
    keep: ClassVar = {
        "describe_volumes": f"Volumes[]{{VolumeId, State, Encrypted, KmsKeyId, Attachments[]{{InstanceId}}, {TAGS}}}"
    }
    encryption: BlockEncryption
    attachment: VolumeAttachment

    @lists(needs={"describe_volumes": "ec2:DescribeVolumes", **REGIONS}, gives="encryption attachment")
    def every(self, ec2: AwsClient) -> Iterator[Found]:
        """DescribeVolumes, 500 at a time."""
        for page in ec2.pages("describe_volumes", MaxResults=500):
            for row in page["Volumes"]:
                held = [one["InstanceId"] for one in row.get("Attachments", []) if "InstanceId" in one]
                attachment = {"state": row["State"], "instances": sorted(held)}
                yield _found(ec2, "volume", row["VolumeId"], row, {"attachment": attachment})


class Snapshot(AwsKind):
    """An EBS snapshot the account owns."""

    kind = "aws.ec2.snapshot"
    service = "ec2"
    part = "region"
    gone = frozenset({"InvalidSnapshot.NotFound"})
    keep: ClassVar = {"describe_snapshots": f"Snapshots[]{{SnapshotId, Encrypted, KmsKeyId, {TAGS}}}"}
    encryption: BlockEncryption

    @lists(needs={"describe_snapshots": "ec2:DescribeSnapshots", **REGIONS}, gives="encryption")
    def every(self, ec2: AwsClient) -> Iterator[Found]:
        """DescribeSnapshots of the account's own."""
        for page in ec2.pages("describe_snapshots", OwnerIds=["self"], MaxResults=1000):
            for row in page["Snapshots"]:
                yield _found(ec2, "snapshot", row["SnapshotId"], row)

    @lookup(needs="ec2:DescribeSnapshots")
    def public_snapshots(self, ec2: AwsClient) -> frozenset[str]:
        """The account's snapshots that anyone may restore: one filtered listing instead of a call for each."""
        pages = ec2.pages(
            "describe_snapshots", OwnerIds=["self"], RestorableByUserIds=["all"], MaxResults=1000
        )
        return frozenset(row["SnapshotId"] for page in pages for row in page["Snapshots"])

    @fact()
    def sharing(self, snapshot: Found, public_snapshots: frozenset[str]) -> SnapshotSharing:
        """Whether the snapshot is among the public ones."""
        return {"public": snapshot.handle in public_snapshots}


def _found(
    ec2: AwsClient,
    what: str,
    identifier: str,
    row: Mapping[str, Any],
    other: Mapping[str, Any] | None = None,
) -> Found:
    tags = row.get("Tags", [])
    return Found(
        f"arn:{ec2.partition}:ec2:{ec2.region}:{ec2.account}:{what}/{identifier}",
        name_of(tags, identifier),
        labels=labels(tags),
        gives={
            "encryption": {"encrypted": row["Encrypted"], "kms_key": row.get("KmsKeyId")},
            **(other or {}),
        },
        handle=identifier,
    )
