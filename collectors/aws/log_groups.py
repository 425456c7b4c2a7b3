"""CloudWatch log groups: how long they keep what they are sent, and under which key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, lists
from evidence.facts.aws_watch import LogGroupSettings


class LogGroup(AwsKind):
    """A CloudWatch log group; its creation time tells it from a later one of the same name."""

    kind = "aws.logs.group"
    service = "logs"
    part = "region"
    keep: ClassVar = {
        "describe_log_groups": (
            "logGroups[]{logGroupName, arn, creationTime, retentionInDays, kmsKeyId, logGroupClass}"
        )
    }
    settings: LogGroupSettings

    @lists(needs={"describe_log_groups": "logs:DescribeLogGroups", **REGIONS}, gives="settings")
    def every(self, logs: AwsClient) -> Iterator[Found]:
        """DescribeLogGroups, 50 at a time."""
        for page in logs.pages("describe_log_groups", limit=50):
            for row in page["logGroups"]:
                arn = own_arn(logs, row["arn"].removesuffix(":*"))
                settings = {"days": _days(row), "kms_key": row.get("kmsKeyId")}
                yield Found(f"{arn}#{row['creationTime']}", row["logGroupName"], gives={"settings": settings})


def _days(row: Mapping[str, Any]) -> int | None:
    # A group that only hands events on keeps them a day, whatever it was told.
    return 1 if row.get("logGroupClass") == "DELIVERY" else row.get("retentionInDays")
