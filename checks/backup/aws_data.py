"""Backups of health records on AWS."""

from __future__ import annotations

from checks.backup.links import COPIES_MADE
from checks.check import Verdict, check, failed, passed, undecided
from evidence.facts.aws_data import HealthRecords


@check(
    "aws-healthlake-datastore-backups", on="aws.healthlake.datastore", severity="high", links=[COPIES_MADE]
)
def records_are_copied(records: HealthRecords) -> Verdict:
    """Are copies of the health records made by themselves?"""
    match records["backups"]:
        case None:
            return undecided("HealthLake does not say whether the store is copied by itself")
        case True:
            return passed("the store is copied continuously")
        case False:
            return failed("the store is not copied by itself")
