"""What the backup plans of a region select, asked once for every resource that a check holds against them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws_backup import BackupAssignment, BackupAssignments, TagCondition

PLANS = "BackupPlansList[]{BackupPlanArn, BackupPlanId, BackupPlanName}"
SELECTIONS = "BackupSelectionsList[]{SelectionId}"
_HOW = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")
_TAG = "{ConditionKey, ConditionValue}"


class BackupRegion(AwsKind):
    """AWS Backup in one region, the only resource of this kind in its scope."""

    kind = "aws.backup.region"
    service = "backup"
    part = "region"
    keep: ClassVar = {
        "list_backup_plans": PLANS,
        "list_backup_selections": SELECTIONS,
        "get_backup_selection": (
            f"BackupSelection{{Resources, NotResources, ListOfTags[]{_TAG}, "
            f"Conditions{{{', '.join(f'{how}[]{_TAG}' for how in _HOW)}}}}}"
        ),
        "describe_region_settings": "ResourceTypeOptInPreference{*}",
    }

    @lists(needs=REGIONS)
    def every(self, backup: AwsClient) -> Iterator[Found]:
        """The region itself."""
        yield Found(f"{backup.account}/{backup.region}", backup.region)

    @fact(
        needs={
            "list_backup_plans": "backup:ListBackupPlans",
            "list_backup_selections": "backup:ListBackupSelections",
            "get_backup_selection": "backup:GetBackupSelection",
            "describe_region_settings": "backup:DescribeRegionSettings",
        }
    )
    def selections(self, backup: AwsClient) -> BackupAssignments:
        """ListBackupPlans, ListBackupSelections of each, GetBackupSelection of each; then DescribeRegionSettings."""
        assignments = [_assignment(plan, row) for plan, row in _selections(backup)]
        reach = backup.describe_region_settings()["ResourceTypeOptInPreference"] if assignments else {}
        return {
            "assignments": sorted(assignments, key=repr),
            "opted_in": sorted(name for name, on in reach.items() if on),
            "opted_out": sorted(name for name, on in reach.items() if not on),
        }


def _selections(backup: AwsClient) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for page in backup.pages("list_backup_plans", MaxResults=1000):
        for plan in page["BackupPlansList"]:
            identifier = plan["BackupPlanId"]
            held = backup.pages("list_backup_selections", BackupPlanId=identifier, MaxResults=1000)
            for row in (row for one in held for row in one["BackupSelectionsList"]):
                answer = backup.get_backup_selection(BackupPlanId=identifier, SelectionId=row["SelectionId"])
                yield plan["BackupPlanName"], answer["BackupSelection"]


def _assignment(plan: str, row: Mapping[str, Any]) -> BackupAssignment:
    conditions = row.get("Conditions", {})
    return {
        "plan": plan,
        "resources": sorted(row.get("Resources", [])),
        "not_resources": sorted(row.get("NotResources", [])),
        "any_tags": [_condition("StringEquals", one) for one in row.get("ListOfTags", [])],
        "all_tags": [_condition(how, one) for how in _HOW for one in conditions.get(how, [])],
    }


def _condition(how: str, row: Mapping[str, Any]) -> TagCondition:
    key = row["ConditionKey"].removeprefix("aws:ResourceTag/")
    return {"how": how, "key": key, "value": row["ConditionValue"]}
