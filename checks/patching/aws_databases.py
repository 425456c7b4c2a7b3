"""Patching of databases on AWS."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed
from checks.patching.links import DATABASE_UPDATES_KEEP_COMING
from evidence.facts.aws_databases import DatabaseUpkeep


@check(
    "aws-rds-instance-minor-upgrades",
    on="aws.rds.instance",
    severity="medium",
    links=[DATABASE_UPDATES_KEEP_COMING],
)
def minor_versions_are_installed(upkeep: DatabaseUpkeep) -> Verdict:
    """Are minor versions of the database engine installed without anyone having to remember?"""
    if upkeep["minor_upgrades"]:
        return passed("minor versions are installed in the maintenance window")
    return failed("minor versions are installed only when someone asks for it")
