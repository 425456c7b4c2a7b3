"""Data in transit to Kafka clusters on AWS, inside them, and over connections of Glue."""

from __future__ import annotations

from checks.check import Verdict, check, failed, not_applicable, passed
from checks.transmission.links import (
    CHANGE_NOTICED,
    INSIDE_GUARDED,
    ONWARD_GUARDED,
    PLAINTEXT_REFUSED,
    TRANSFER_GUARDED,
)
from evidence.facts.aws_data import ConnectionTls, StreamCluster


@check(
    "aws-kafka-cluster-tls-only",
    on="aws.kafka.cluster",
    severity="high",
    links=[PLAINTEXT_REFUSED, TRANSFER_GUARDED, CHANGE_NOTICED],
)
def kafka_refuses_plain_connections(security: StreamCluster) -> Verdict:
    """Does the Kafka cluster refuse connections that come without TLS?"""
    if security["clients"] == "TLS":
        return passed("the cluster takes connections over TLS only")
    if security["clients"] == "TLS_PLAINTEXT":
        return failed("the cluster takes connections without TLS beside those with it")
    return failed("the cluster does not encrypt its connections")


@check("aws-kafka-cluster-inside-tls", on="aws.kafka.cluster", severity="medium", links=[INSIDE_GUARDED])
def brokers_speak_encrypted(security: StreamCluster) -> Verdict:
    """Is what the Kafka cluster's brokers tell one another encrypted?"""
    if security["brokers"]:
        return passed("what the brokers tell one another is encrypted")
    return failed("what the brokers tell one another is not encrypted")


@check("aws-glue-connection-tls", on="aws.glue.connection", severity="medium", links=[ONWARD_GUARDED])
def connection_insists_on_tls(tls: ConnectionTls) -> Verdict:
    """Does Glue reach the data store over TLS?"""
    if tls["enforced"] is None:
        return not_applicable(f"connections of type {tls['type']} have no such setting")
    if tls["enforced"]:
        return passed("the connection is made over TLS or not at all")
    return failed("the connection is made without TLS where the store allows it")
