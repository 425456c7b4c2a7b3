"""DynamoDB tables: the key they are encrypted under, protection against deletion, continuous backups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws_stores import AutomaticBackup, TableSettings

_DAYS_UNLESS_SET = 35
"""How many days back a table can be brought where nobody chose a number (its documented default)."""


class Table(AwsKind):
    """A DynamoDB table; its listing tells names only, so a table made again under one name is the same here."""

    kind = "aws.dynamodb.table"
    service = "dynamodb"
    part = "region"
    gone = frozenset({"ResourceNotFoundException", "TableNotFoundException"})
    keep: ClassVar = {
        "list_tables": "TableNames",
        "describe_table": "Table{SSEDescription{Status, SSEType, KMSMasterKeyArn}, DeletionProtectionEnabled}",
        "describe_continuous_backups": (
            "ContinuousBackupsDescription{PointInTimeRecoveryDescription{"
            "PointInTimeRecoveryStatus, RecoveryPeriodInDays}}"
        ),
    }

    @lists(needs={"list_tables": "dynamodb:ListTables", **REGIONS})
    def every(self, dynamodb: AwsClient) -> Iterator[Found]:
        """ListTables, 100 at a time."""
        for page in dynamodb.pages("list_tables", Limit=100):
            for name in page["TableNames"]:
                arn = f"arn:{dynamodb.partition}:dynamodb:{dynamodb.region}:{dynamodb.account}:table/{name}"
                yield Found(arn, name)

    @fact(needs="dynamodb:DescribeTable")
    def settings(self, dynamodb: AwsClient, table: Found) -> TableSettings:
        """DescribeTable; without a description of its encryption, a key that AWS owns is used."""
        row = dynamodb.describe_table(TableName=table.name)["Table"]
        encryption = row.get("SSEDescription", {})
        on = encryption.get("Status") in {"ENABLED", "UPDATING"}
        return {
            "kms_key": encryption["KMSMasterKeyArn"] if on else None,
            "deletion_protection": row["DeletionProtectionEnabled"],
        }

    @fact(needs="dynamodb:DescribeContinuousBackups")
    def recovery(self, dynamodb: AwsClient, table: Found) -> AutomaticBackup:
        """DescribeContinuousBackups."""
        row = dynamodb.describe_continuous_backups(TableName=table.name)["ContinuousBackupsDescription"]
        told = row["PointInTimeRecoveryDescription"]
        on = told["PointInTimeRecoveryStatus"] == "ENABLED"
        return {"enabled": on, "days": told.get("RecoveryPeriodInDays", _DAYS_UNLESS_SET) if on else None}
