"""Amazon MSK: clusters of Apache Kafka, with brokers of the customer's own or serverless."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import REGIONS, AwsKind
from collectors.aws.told import told
from collectors.kind import Found, lists
from evidence.facts.aws_data import StreamCluster
from evidence.model import Json


class KafkaCluster(AwsKind):
    """A Kafka cluster, whose ARN ends in characters drawn when it was made; AWS encrypts the disks of every one."""

    kind = "aws.kafka.cluster"
    service = "kafka"
    part = "region"
    keep: ClassVar = {
        "list_clusters_v2": (
            "ClusterInfoList[]{ClusterArn, ClusterName, ClusterType, Provisioned{"
            "BrokerNodeGroupInfo{ConnectivityInfo{PublicAccess{Type}}}, "
            "ClientAuthentication{Unauthenticated{Enabled}, Sasl{Scram{Enabled}, Iam{Enabled}}, Tls{Enabled}}, "
            "EncryptionInfo{EncryptionInTransit{ClientBroker, InCluster}}}}"
        )
    }
    security: StreamCluster

    @lists(needs={"list_clusters_v2": "kafka:ListClustersV2", **REGIONS}, gives="security")
    def every(self, kafka: AwsClient) -> Iterator[Found]:
        """ListClustersV2, 100 at a time."""
        for page in kafka.pages("list_clusters_v2", MaxResults=100):
            for row in page["ClusterInfoList"]:
                gives = {"security": told(partial(_security, row))}
                yield Found(own_arn(kafka, row["ClusterArn"]), row["ClusterName"], gives=gives)


def _security(row: Mapping[str, Any]) -> Json:
    if row["ClusterType"] == "SERVERLESS":
        # A serverless cluster takes TLS and IAM only, and has no public address.
        return {"clients": "TLS", "brokers": True, "anybody": False, "public": False}
    own = row["Provisioned"]
    way = own["EncryptionInfo"]["EncryptionInTransit"]
    reach = own["BrokerNodeGroupInfo"].get("ConnectivityInfo", {}).get("PublicAccess", {})
    return {
        "clients": way["ClientBroker"],
        "brokers": way["InCluster"],
        "anybody": _answers_anybody(own.get("ClientAuthentication", {})),
        "public": reach.get("Type", "DISABLED") != "DISABLED",
    }


def _answers_anybody(ways: Mapping[str, Any]) -> bool:
    # A cluster for which no way of asking was chosen asks nobody.
    sasl = ways.get("Sasl", {})
    asks = (ways.get("Tls", {}), sasl.get("Scram", {}), sasl.get("Iam", {}))
    return ways.get("Unauthenticated", {}).get("Enabled", False) or not any(
        one.get("Enabled") for one in asks
    )
