"""Authentication to Kafka clusters on AWS."""

from __future__ import annotations

from checks.authentication.links import STORE_ASKS_WHO
from checks.check import Verdict, check, failed, passed
from evidence.facts.aws_data import StreamCluster


@check("aws-kafka-cluster-asks-who", on="aws.kafka.cluster", severity="high", links=[STORE_ASKS_WHO])
def kafka_asks_who(security: StreamCluster) -> Verdict:
    """Does the Kafka cluster ask its clients who they are?"""
    if security["anybody"]:
        return failed("the cluster answers clients that do not say who they are")
    return passed("every client must prove who it is")
