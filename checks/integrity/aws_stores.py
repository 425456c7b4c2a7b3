"""Integrity of stores on AWS: whether they can be deleted by mistake."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed
from checks.integrity.links import NOT_DELETED_BY_MISTAKE
from evidence.facts.aws_stores import TableSettings


@check(
    "aws-dynamodb-table-deletion-protection",
    on="aws.dynamodb.table",
    severity="low",
    links=[NOT_DELETED_BY_MISTAKE],
)
def table_is_not_deleted_by_mistake(settings: TableSettings) -> Verdict:
    """Is the table protected against being deleted?"""
    if settings["deletion_protection"]:
        return passed("deletion protection is on")
    return failed("deletion protection is off")
