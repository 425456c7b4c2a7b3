"""Backups of FSx file systems."""

from __future__ import annotations

from checks.backup.links import COPIES_MADE
from checks.check import Verdict, check, failed, passed, undecided
from evidence.facts.aws_stores import AutomaticBackup


@check("aws-fsx-file-system-backups", on="aws.fsx.file_system", severity="high", links=[COPIES_MADE])
def fsx_is_backed_up(backup: AutomaticBackup | None, *, min_days: int = 7) -> Verdict:
    """Are copies of the file system made by themselves, and kept long enough?"""
    if backup is None or backup["days"] is None:
        return undecided("AWS did not say whether this kind of file system is copied by itself")
    if not backup["enabled"]:
        return failed("automatic backups are off; copies that AWS Backup makes were not considered")
    if backup["days"] < int(min_days):
        return failed(f"automatic backups are kept {backup['days']} days, fewer than {min_days}")
    return passed(f"automatic backups are kept {backup['days']} days")
