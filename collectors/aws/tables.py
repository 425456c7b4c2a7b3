"""DynamoDB tables: the key they are encrypted under, protection against deletion, continuous backups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws_stores import ContinuousBackups, TableSettings


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
            "ContinuousBackupsDescription{PointInTimeRecoveryDescription{PointInTimeRecoveryStatus}}"
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
    def backups(self, dynamodb: AwsClient, table: Found) -> ContinuousBackups:
        """DescribeContinuousBackups."""
        row = dynamodb.describe_continuous_backups(TableName=table.name)["ContinuousBackupsDescription"]
        status = row["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
        return {"point_in_time": status == "ENABLED"}
