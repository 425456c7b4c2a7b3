"""Backups of databases on AWS."""

from __future__ import annotations

from checks.backup.links import COPIES_MADE, STANDBY_WAITS
from checks.check import Verdict, check, failed, not_applicable, passed
from evidence.facts.aws_databases import DatabaseBackup, DatabaseEngine, DatabaseUpkeep


@check(
    "aws-rds-automatic-backups",
    on=("aws.rds.instance", "aws.rds.cluster"),
    severity="high",
    links=[COPIES_MADE],
)
def database_is_backed_up(engine: DatabaseEngine, backup: DatabaseBackup, *, min_days: int = 7) -> Verdict:
    """Is the database backed up every day, and are the backups kept long enough?"""
    if engine["cluster"]:
        return not_applicable(f"backups are made of its cluster {engine['cluster']}")
    days = backup["retention_days"]
    if days == 0 and backup["replica"]:
        return not_applicable("this is a replica; backups are made of its source")
    if days == 0:
        return failed("automatic backups are off; copies that AWS Backup makes were not considered")
    if days < int(min_days):
        return failed(f"automatic backups are kept {days} days, fewer than {min_days}")
    return passed(f"automatic backups are kept {days} days")


@check("aws-rds-instance-standby", on="aws.rds.instance", severity="low", links=[STANDBY_WAITS])
def instance_has_a_standby(engine: DatabaseEngine, upkeep: DatabaseUpkeep) -> Verdict:
    """Does a standby in another zone take over when the instance fails?"""
    if engine["cluster"]:
        return not_applicable(f"its cluster {engine['cluster']} decides which instance takes over")
    if upkeep["multi_az"]:
        return passed("a standby waits in another zone")
    return failed("no standby waits in another zone")


@check("aws-rds-cluster-standby", on="aws.rds.cluster", severity="low", links=[STANDBY_WAITS])
def cluster_has_a_standby(multi_az: bool) -> Verdict:  # noqa: FBT001 - a fact
    """Does an instance in another zone take over when one of the cluster fails?"""
    if multi_az:
        return passed("the cluster has instances in several zones")
    return failed("the cluster has no instance in another zone that could take over")
