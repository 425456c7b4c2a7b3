"""Encryption at rest of databases on AWS and of their snapshots."""

from __future__ import annotations

from checks.check import Verdict, check, failed, not_applicable, passed
from checks.encryption_at_rest.links import STORED_ENCRYPTED
from evidence.facts.aws import BlockEncryption
from evidence.facts.aws_databases import DatabaseEngine


@check(
    "aws-rds-storage-encryption",
    on=("aws.rds.instance", "aws.rds.cluster"),
    severity="high",
    links=[STORED_ENCRYPTED],
)
def database_is_encrypted(engine: DatabaseEngine, encryption: BlockEncryption) -> Verdict:
    """Is the database's storage encrypted?"""
    if engine["cluster"]:
        return not_applicable(f"the storage belongs to its cluster {engine['cluster']}")
    if encryption["encrypted"]:
        return passed("the database's storage is encrypted")
    return failed("the database's storage is not encrypted")


@check(
    "aws-rds-snapshot-encryption",
    on=("aws.rds.snapshot", "aws.rds.cluster_snapshot"),
    severity="high",
    links=[STORED_ENCRYPTED],
)
def database_snapshot_is_encrypted(encryption: BlockEncryption) -> Verdict:
    """Is the database snapshot encrypted?"""
    if encryption["encrypted"]:
        return passed("the snapshot is encrypted")
    return failed("the snapshot is not encrypted")
