"""Redshift clusters: encryption, public address, audit log, and whether they ask for TLS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, TAGS, AwsKind, labels
from collectors.aws.told import told
from collectors.kind import Found, fact, lists
from evidence.facts.aws import BlockEncryption
from evidence.facts.aws_stores import (
    AutomaticBackup,
    LogDelivery,
    WarehouseAccess,
    WarehouseLogging,
    WarehouseTls,
)


class WarehouseCluster(AwsKind):
    """A Redshift cluster; the time it was made tells it from a later one of the same name."""

    kind = "aws.redshift.cluster"
    service = "redshift"
    part = "region"
    gone = frozenset({"ClusterNotFound"})
    keep: ClassVar = {
        "describe_clusters": (
            "Clusters[]{ClusterIdentifier, ClusterCreateTime, Encrypted, KmsKeyId, PubliclyAccessible, "
            "AutomatedSnapshotRetentionPeriod, "
            f"ClusterParameterGroups[]{{ParameterGroupName, ParameterApplyStatus}}, {TAGS}}}"
        ),
        "describe_logging_status": (
            "LoggingEnabled, LogDestinationType, LogExports, LastSuccessfulDeliveryTime, LastFailureTime"
        ),
        "describe_cluster_parameters": "Parameters[]{ParameterName, ParameterValue}",
    }
    encryption: BlockEncryption
    access: WarehouseAccess
    backup: AutomaticBackup

    @lists(
        needs={"describe_clusters": "redshift:DescribeClusters", **REGIONS}, gives="encryption access backup"
    )
    def every(self, redshift: AwsClient) -> Iterator[Found]:
        """DescribeClusters, 100 at a time."""
        for page in redshift.pages("describe_clusters", MaxRecords=100):
            for row in page["Clusters"]:
                name = row["ClusterIdentifier"]
                place = (
                    f"arn:{redshift.partition}:redshift:{redshift.region}:{redshift.account}:cluster:{name}"
                )
                yield Found(
                    f"{place}#{row.get('ClusterCreateTime', '')}",
                    name,
                    labels=labels(row.get("Tags", [])),
                    gives=_given(row),
                    handle=row.get("ClusterParameterGroups", []),
                )

    @fact(needs="redshift:DescribeLoggingStatus", volatile=True)
    def log_delivery(self, redshift: AwsClient, warehouse_cluster: Found) -> LogDelivery:
        """DescribeLoggingStatus with the times of the last delivery and of the last that failed ("" = none)."""
        answer = redshift.describe_logging_status(ClusterIdentifier=warehouse_cluster.name)
        return {
            "on": answer["LoggingEnabled"],
            "connections": _tells_connections(answer),
            "delivered": answer.get("LastSuccessfulDeliveryTime", ""),
            "failed": answer.get("LastFailureTime", ""),
        }

    @fact()
    def logging(self, log_delivery: LogDelivery) -> WarehouseLogging:
        """The part that deliveries do not change; logs that leave out who connected are no audit log."""
        return {"enabled": log_delivery["on"] and log_delivery["connections"]}

    @fact(needs="redshift:DescribeClusterParameters", batch=500)
    def tls(self, redshift: AwsClient, warehouse_clusters: list[Found]) -> dict[str, WarehouseTls | None]:
        """DescribeClusterParameters, once for each parameter group in use; None where a cluster has not one group."""
        known: dict[str, bool | None] = {}
        answers: dict[str, WarehouseTls | None] = {}
        for cluster in warehouse_clusters:
            answers[cluster.uid] = None
            if len(cluster.handle) == 1:
                (group,) = cluster.handle
                name = group["ParameterGroupName"]
                if name not in known:
                    known[name] = _require_ssl(redshift, name)
                applied = group["ParameterApplyStatus"] == "in-sync"
                answers[cluster.uid] = {"required": known[name], "applied": applied, "group": name}
        return answers


def _given(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "encryption": told(lambda: {"encrypted": row["Encrypted"], "kms_key": row.get("KmsKeyId")}),
        "access": told(lambda: {"public": row["PubliclyAccessible"]}),
        "backup": told(
            lambda: {
                "enabled": row["AutomatedSnapshotRetentionPeriod"] > 0,
                "days": row["AutomatedSnapshotRetentionPeriod"],
            }
        ),
    }


def _tells_connections(status: Mapping[str, Any]) -> bool:
    # Logs written to a bucket the older way come without a list, and are all of them.
    exports = status.get("LogExports", [])
    if not exports:
        return (status.get("LogDestinationType") or "s3") == "s3"
    return any("connection" in name for name in exports)


def _require_ssl(redshift: AwsClient, group: str) -> bool | None:
    pages = redshift.pages("describe_cluster_parameters", ParameterGroupName=group, MaxRecords=100)
    values = {row["ParameterName"]: row.get("ParameterValue") for page in pages for row in page["Parameters"]}
    value = values.get("require_ssl")
    return None if value is None else value.lower() == "true"
