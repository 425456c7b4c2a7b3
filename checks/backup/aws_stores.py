"""Backups of tables, file systems and warehouses on AWS."""

from __future__ import annotations

from checks.backup.links import COPIES_MADE
from checks.check import Verdict, check, failed, passed
from evidence.facts.aws_stores import AutomaticBackup


@check("aws-dynamodb-table-backups", on="aws.dynamodb.table", severity="high", links=[COPIES_MADE])
def table_is_backed_up(recovery: AutomaticBackup, *, min_days: int = 7) -> Verdict:
    """Can the table be brought back as it was at any time, far enough into the past?"""
    days = recovery["days"]
    if not recovery["enabled"] or days is None:
        return failed("point-in-time recovery is off; copies that AWS Backup makes were not considered")
    if days < int(min_days):
        return failed(f"point-in-time recovery reaches {days} days back, fewer than {min_days}")
    return passed(f"point-in-time recovery is on and reaches {days} days back")


@check("aws-efs-file-system-backups", on="aws.efs.file_system", severity="high", links=[COPIES_MADE])
def file_system_is_backed_up(backup: AutomaticBackup | None) -> Verdict:
    """Are copies of the file system made by themselves?"""
    if backup is not None and backup["enabled"]:
        return passed("automatic backups are on")
    return failed("automatic backups are off; other plans of AWS Backup were not considered")


@check("aws-redshift-cluster-backups", on="aws.redshift.cluster", severity="high", links=[COPIES_MADE])
def warehouse_is_backed_up(backup: AutomaticBackup, *, min_days: int = 7) -> Verdict:
    """Is the warehouse copied by itself, and are the copies kept long enough?"""
    days = backup["days"]
    if not backup["enabled"] or days is None:
        return failed("automatic snapshots are off")
    if days < int(min_days):
        return failed(f"automatic snapshots are kept {days} days, fewer than {min_days}")
    return passed(f"automatic snapshots are kept {days} days")
