"""Databases of the RDS API, which also describes Aurora, DocumentDB and Neptune: instances and clusters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import REGIONS, AwsKind, labels
from collectors.aws.option_groups import OPTIONS, Groups, option_group_of, plugins_of
from collectors.aws.parameter_groups import PARAMETERS, InUse, of_groups, parameters_of
from collectors.aws.told import told
from collectors.kind import Found, fact, lists
from evidence.facts.aws import BlockEncryption
from evidence.facts.aws_databases import (
    AuditPlugin,
    DatabaseAccess,
    DatabaseBackup,
    DatabaseEngine,
    DatabaseLogins,
    DatabaseParameters,
    DatabaseUpkeep,
)

_SHARED = (
    "Engine, EngineVersion, DBClusterIdentifier, StorageEncrypted, KmsKeyId, BackupRetentionPeriod, "
    "IAMDatabaseAuthenticationEnabled, DomainMemberships[]{Status}, EnabledCloudwatchLogsExports, "
    "TagList[]{Key, Value}"
)
_JOINED = frozenset({"joined", "kerberos-enabled"})
"""Engines that take a domain's Kerberos tickets without joining it say the latter."""


class DatabaseInstance(AwsKind):
    """A database instance, alone or of a cluster; the resource id tells it from a later one of the same name."""

    kind = "aws.rds.instance"
    service = "rds"
    part = "region"
    gone = frozenset({"DBInstanceNotFound"})
    keep: ClassVar = {
        "describe_db_instances": (
            "DBInstances[]{DBInstanceIdentifier, DBInstanceArn, DbiResourceId, PubliclyAccessible, MultiAZ, "
            "AutoMinorVersionUpgrade, ReadReplicaSourceDBInstanceIdentifier, "
            "OptionGroupMemberships[]{OptionGroupName, Status}, "
            f"DBParameterGroups[]{{DBParameterGroupName, ParameterApplyStatus}}, {_SHARED}}}"
        ),
        "describe_db_parameters": PARAMETERS,
        "describe_option_groups": OPTIONS,
    }
    engine: DatabaseEngine
    encryption: BlockEncryption
    logins: DatabaseLogins
    backup: DatabaseBackup
    logs: list[str]
    access: DatabaseAccess
    upkeep: DatabaseUpkeep

    @lists(
        needs={"describe_db_instances": "rds:DescribeDBInstances", **REGIONS},
        gives="engine encryption logins backup logs access upkeep",
    )
    def every(self, rds: AwsClient) -> Iterator[Found]:
        """DescribeDBInstances, 100 at a time."""
        for page in rds.pages("describe_db_instances", MaxRecords=100):
            for row in page["DBInstances"]:
                yield Found(
                    f"{own_arn(rds, row['DBInstanceArn'])}#{row['DbiResourceId']}",
                    row["DBInstanceIdentifier"],
                    labels=labels(row.get("TagList", [])),
                    gives=_of_instance(row),
                    handle=Groups(_group_of(row), option_group_of(row)),
                )

    @fact(needs="rds:DescribeDBParameters", batch=500)
    def parameters(
        self, rds: AwsClient, database_instances: list[Found]
    ) -> dict[str, DatabaseParameters | None]:
        """DescribeDBParameters, once for each parameter group in use and only for the parameters watched."""
        return of_groups(
            database_instances,
            lambda instance: instance.handle.parameters,
            lambda use: parameters_of(rds, "db_parameters", use),
        )

    @fact(needs="rds:DescribeOptionGroups", batch=500)
    def audit_plugin(self, rds: AwsClient, database_instances: list[Found]) -> dict[str, AuditPlugin | None]:
        """DescribeOptionGroups, once for each option group of MySQL and MariaDB in use; None for other engines."""
        return plugins_of(rds, database_instances)


class DatabaseCluster(AwsKind):
    """A cluster: Aurora, Multi-AZ, DocumentDB or Neptune."""

    kind = "aws.rds.cluster"
    service = "rds"
    part = "region"
    gone = frozenset({"DBClusterNotFoundFault"})
    keep: ClassVar = {
        "describe_db_clusters": (
            "DBClusters[]{DBClusterArn, DbClusterResourceId, ReplicationSourceIdentifier, MultiAZ, "
            f"DBClusterParameterGroup, DBClusterMembers[]{{DBClusterParameterGroupStatus}}, {_SHARED}}}"
        ),
        "describe_db_cluster_parameters": PARAMETERS,
    }
    engine: DatabaseEngine
    encryption: BlockEncryption
    logins: DatabaseLogins
    backup: DatabaseBackup
    logs: list[str]
    multi_az: bool
    audit_plugin: AuditPlugin | None

    @lists(
        needs={"describe_db_clusters": "rds:DescribeDBClusters", **REGIONS},
        gives="engine encryption logins backup logs multi_az audit_plugin",
    )
    def every(self, rds: AwsClient) -> Iterator[Found]:
        """DescribeDBClusters, 100 at a time."""
        for page in rds.pages("describe_db_clusters", MaxRecords=100):
            for row in page["DBClusters"]:
                yield Found(
                    f"{own_arn(rds, row['DBClusterArn'])}#{row['DbClusterResourceId']}",
                    row["DBClusterIdentifier"],
                    labels=labels(row.get("TagList", [])),
                    gives=_of_cluster(row),
                    handle=_cluster_group_of(row),
                )

    @fact(needs="rds:DescribeDBClusterParameters", batch=500)
    def parameters(
        self, rds: AwsClient, database_clusters: list[Found]
    ) -> dict[str, DatabaseParameters | None]:
        """DescribeDBClusterParameters, once for each parameter group in use."""
        return of_groups(
            database_clusters,
            lambda cluster: cluster.handle,
            lambda use: parameters_of(rds, "db_cluster_parameters", use),
        )


def _of_instance(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **_of_both(row, "ReadReplicaSourceDBInstanceIdentifier"),
        "engine": _engine(row, row.get("DBClusterIdentifier")),
        "access": told(lambda: {"public": row["PubliclyAccessible"]}),
        "upkeep": told(
            lambda: {"minor_upgrades": row["AutoMinorVersionUpgrade"], "multi_az": row["MultiAZ"]}
        ),
    }


def _of_cluster(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **_of_both(row, "ReplicationSourceIdentifier"),
        "engine": _engine(row, None),
        "multi_az": told(lambda: bool(row["MultiAZ"])),
        # Clusters hold no options of these engines.
        "audit_plugin": None,
    }


def _of_both(row: Mapping[str, Any], source: str) -> dict[str, Any]:
    joined = any(domain["Status"] in _JOINED for domain in row.get("DomainMemberships", []))
    return {
        "encryption": told(lambda: {"encrypted": row["StorageEncrypted"], "kms_key": row.get("KmsKeyId")}),
        "logins": {"iam": row.get("IAMDatabaseAuthenticationEnabled", False), "directory": joined},
        "backup": told(
            lambda: {"retention_days": row["BackupRetentionPeriod"], "replica": bool(row.get(source))}
        ),
        "logs": row.get("EnabledCloudwatchLogsExports", []),
    }


def _engine(row: Mapping[str, Any], cluster: str | None) -> DatabaseEngine:
    return {"name": row["Engine"], "version": row["EngineVersion"], "cluster": cluster}


def _group_of(row: Mapping[str, Any]) -> InUse | None:
    groups = row.get("DBParameterGroups", [])
    if len(groups) != 1:
        return None
    (group,) = groups
    applied = group["ParameterApplyStatus"] == "in-sync"
    return InUse(group["DBParameterGroupName"], row["Engine"], applied)


def _cluster_group_of(row: Mapping[str, Any]) -> InUse | None:
    if not row.get("DBClusterParameterGroup"):
        return None
    states = {member["DBClusterParameterGroupStatus"] for member in row.get("DBClusterMembers", [])}
    return InUse(row["DBClusterParameterGroup"], row["Engine"], applied=states <= {"in-sync"})
