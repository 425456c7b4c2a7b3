"""Exposure of Kafka clusters and migration machines on AWS."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed
from checks.exposure.links import PATH_NARROWED
from evidence.facts.aws_data import MigrationInstance, StreamCluster


@check("aws-kafka-cluster-not-public", on="aws.kafka.cluster", severity="high", links=[PATH_NARROWED])
def kafka_is_not_public(security: StreamCluster) -> Verdict:
    """Is the Kafka cluster without a public address?"""
    if security["public"]:
        return failed("the brokers have public addresses; security groups may still close their ports")
    return passed("the brokers have no public address")


@check("aws-dms-instance-not-public", on="aws.dms.instance", severity="medium", links=[PATH_NARROWED])
def migration_machine_is_not_public(migration: MigrationInstance) -> Verdict:
    """Is the machine that migrates databases without a public address?"""
    if migration["public"]:
        return failed("the machine has a public address; security groups may still close its ports")
    return passed("the machine has no public address")
