"""How Glue and DMS reach the data they carry: connections of the catalog, machines that migrate databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import REGIONS, AwsKind
from collectors.aws.told import told
from collectors.kind import Found, lists
from evidence.facts.aws_data import ConnectionTls, MigrationInstance

_SWITCH = {"JDBC": "JDBC_ENFORCE_SSL", "KAFKA": "KAFKA_SSL_ENABLED"}


class Connection(AwsKind):
    """A connection of the Glue data catalog; one made again under the same name is the same here."""

    kind = "aws.glue.connection"
    service = "glue"
    part = "region"
    keep: ClassVar = {
        "get_connections": (
            "ConnectionList[]{Name, ConnectionType, ConnectionProperties{JDBC_ENFORCE_SSL, KAFKA_SSL_ENABLED}}"
        )
    }
    tls: ConnectionTls

    @lists(needs={"get_connections": "glue:GetConnections", **REGIONS}, gives="tls")
    def every(self, glue: AwsClient) -> Iterator[Found]:
        """GetConnections, 100 at a time; AWS is asked to leave passwords out, and nothing but the switch is kept."""
        place = f"arn:{glue.partition}:glue:{glue.region}:{glue.account}:connection"
        for page in glue.pages("get_connections", HidePassword=True, MaxResults=100):
            for row in page["ConnectionList"]:
                gives = {"tls": _tls(row)}
                yield Found(f"{place}/{row['Name']}", row["Name"], gives=gives)


class ReplicationInstance(AwsKind):
    """A machine of DMS that migrates databases, whose ARN ends in characters drawn when it was made."""

    kind = "aws.dms.instance"
    service = "dms"
    part = "region"
    keep: ClassVar = {
        "describe_replication_instances": (
            "ReplicationInstances[]{ReplicationInstanceArn, ReplicationInstanceIdentifier, PubliclyAccessible}"
        )
    }
    migration: MigrationInstance

    @lists(
        needs={"describe_replication_instances": "dms:DescribeReplicationInstances", **REGIONS},
        gives="migration",
    )
    def every(self, dms: AwsClient) -> Iterator[Found]:
        """DescribeReplicationInstances, 100 at a time."""
        for page in dms.pages("describe_replication_instances", MaxRecords=100):
            for row in page["ReplicationInstances"]:
                migration = told(partial(lambda held: {"public": held["PubliclyAccessible"]}, row))
                arn, name = row["ReplicationInstanceArn"], row["ReplicationInstanceIdentifier"]
                yield Found(own_arn(dms, arn), name, gives={"migration": migration})


def _tls(row: Mapping[str, Any]) -> ConnectionTls:
    type_ = row.get("ConnectionType", "")
    switch = _SWITCH.get(type_)
    if switch is None:
        return {"type": type_, "enforced": None}
    # What was never set is off for JDBC and on for Kafka.
    word = row.get("ConnectionProperties", {}).get(switch, str(type_ == "KAFKA"))
    return {"type": type_, "enforced": word.lower() == "true"}
