"""Exposure of databases on AWS: public addresses, and whom snapshots are shared with."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed
from checks.exposure.links import KNOWN_COPIERS, NOT_FOR_EVERYONE, PATH_NARROWED
from evidence.facts.aws_databases import DatabaseAccess, DatabaseSnapshotSharing


@check("aws-rds-instance-not-public", on="aws.rds.instance", severity="high", links=[PATH_NARROWED])
def instance_is_not_public(access: DatabaseAccess) -> Verdict:
    """Is the database instance without a public address?"""
    if access["public"]:
        return failed("the instance has a public address; security groups may still close its port")
    return passed("the instance's name resolves to a private address only")


@check(
    "aws-rds-snapshot-not-public",
    on=("aws.rds.snapshot", "aws.rds.cluster_snapshot"),
    severity="critical",
    links=[NOT_FOR_EVERYONE],
)
def database_snapshot_is_not_public(sharing: DatabaseSnapshotSharing) -> Verdict:
    """Is the database snapshot closed to the public?"""
    if sharing["public"]:
        return failed("anyone with an AWS account may restore the snapshot")
    return passed("the snapshot is not shared with everyone")


@check(
    "aws-rds-snapshot-not-shared",
    on=("aws.rds.snapshot", "aws.rds.cluster_snapshot"),
    severity="high",
    links=[KNOWN_COPIERS],
)
def database_snapshot_is_not_shared(
    sharing: DatabaseSnapshotSharing, *, known_accounts: tuple[str, ...] = ()
) -> Verdict:
    """Is the database snapshot shared with no account that the organisation does not know?"""
    unknown = [account for account in sharing["accounts"] if account not in known_accounts]
    if sharing["public"]:
        return failed("anyone with an AWS account may restore the snapshot")
    if unknown:
        return failed(f"shared with accounts that are not among the known ones: {', '.join(unknown)}")
    if sharing["accounts"]:
        return passed(f"shared with known accounts only: {', '.join(sharing['accounts'])}")
    return passed("the snapshot is not shared")
