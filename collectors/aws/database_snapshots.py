"""Snapshots of databases: encryption, and who may restore them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import REGIONS, AwsKind, labels
from collectors.kind import Found, fact, lists
from evidence.facts.aws import BlockEncryption
from evidence.facts.aws_databases import DatabaseSnapshotSharing

_TAGS = "TagList[]{Key, Value}"
_EVERYONE = "all"


class DatabaseSnapshot(AwsKind):
    """A snapshot of an instance; one that is still being made has no time yet and waits for the next run."""

    kind = "aws.rds.snapshot"
    service = "rds"
    part = "region"
    gone = frozenset({"DBSnapshotNotFound"})
    keep: ClassVar = {
        "describe_db_snapshots": (
            "DBSnapshots[]{DBSnapshotIdentifier, DBSnapshotArn, SnapshotCreateTime, SnapshotType, Encrypted, "
            f"KmsKeyId, {_TAGS}}}"
        ),
        "describe_db_snapshot_attributes": (
            "DBSnapshotAttributesResult{DBSnapshotAttributes[]{AttributeName, AttributeValues}}"
        ),
    }
    encryption: BlockEncryption

    @lists(needs={"describe_db_snapshots": "rds:DescribeDBSnapshots", **REGIONS}, gives="encryption")
    def every(self, rds: AwsClient) -> Iterator[Found]:
        """DescribeDBSnapshots of the account's own, 100 at a time."""
        for page in rds.pages("describe_db_snapshots", MaxRecords=100):
            for row in page["DBSnapshots"]:
                if row.get("SnapshotCreateTime"):
                    yield _found(rds, row, "DBSnapshot", row["Encrypted"])

    @fact(needs="rds:DescribeDBSnapshotAttributes")
    def sharing(self, rds: AwsClient, database_snapshot: Found) -> DatabaseSnapshotSharing:
        """DescribeDBSnapshotAttributes; automatic snapshots, which AWS lets nobody share, are not asked about."""
        if database_snapshot.handle == "automated":
            return _sharing([])
        answer = rds.describe_db_snapshot_attributes(DBSnapshotIdentifier=database_snapshot.name)
        return _sharing(answer["DBSnapshotAttributesResult"]["DBSnapshotAttributes"])


class ClusterSnapshot(AwsKind):
    """A snapshot of a cluster."""

    kind = "aws.rds.cluster_snapshot"
    service = "rds"
    part = "region"
    gone = frozenset({"DBClusterSnapshotNotFoundFault"})
    keep: ClassVar = {
        "describe_db_cluster_snapshots": (
            "DBClusterSnapshots[]{DBClusterSnapshotIdentifier, DBClusterSnapshotArn, SnapshotCreateTime, "
            f"SnapshotType, StorageEncrypted, KmsKeyId, {_TAGS}}}"
        ),
        "describe_db_cluster_snapshot_attributes": (
            "DBClusterSnapshotAttributesResult{DBClusterSnapshotAttributes[]{AttributeName, AttributeValues}}"
        ),
    }
    encryption: BlockEncryption

    @lists(
        needs={"describe_db_cluster_snapshots": "rds:DescribeDBClusterSnapshots", **REGIONS},
        gives="encryption",
    )
    def every(self, rds: AwsClient) -> Iterator[Found]:
        """DescribeDBClusterSnapshots of the account's own, 100 at a time."""
        for page in rds.pages("describe_db_cluster_snapshots", MaxRecords=100):
            for row in page["DBClusterSnapshots"]:
                if row.get("SnapshotCreateTime"):
                    yield _found(rds, row, "DBClusterSnapshot", row["StorageEncrypted"])

    @fact(needs="rds:DescribeDBClusterSnapshotAttributes")
    def sharing(self, rds: AwsClient, cluster_snapshot: Found) -> DatabaseSnapshotSharing:
        """DescribeDBClusterSnapshotAttributes, as for snapshots of instances."""
        if cluster_snapshot.handle == "automated":
            return _sharing([])
        answer = rds.describe_db_cluster_snapshot_attributes(
            DBClusterSnapshotIdentifier=cluster_snapshot.name
        )
        return _sharing(answer["DBClusterSnapshotAttributesResult"]["DBClusterSnapshotAttributes"])


def _found(rds: AwsClient, row: Mapping[str, Any], what: str, encrypted: bool) -> Found:  # noqa: FBT001 - an answer
    return Found(
        f"{own_arn(rds, row[f'{what}Arn'])}#{row['SnapshotCreateTime']}",
        row[f"{what}Identifier"],
        labels=labels(row.get("TagList", [])),
        gives={"encryption": {"encrypted": encrypted, "kms_key": row.get("KmsKeyId")}},
        handle=row["SnapshotType"],
    )


def _sharing(attributes: list[Mapping[str, Any]]) -> DatabaseSnapshotSharing:
    rows = [row for row in attributes if row["AttributeName"] == "restore"]
    who = {account for row in rows for account in row.get("AttributeValues", [])}
    return {"public": _EVERYONE in who, "accounts": sorted(who - {_EVERYONE})}
