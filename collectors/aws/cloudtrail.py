"""CloudTrail trails: how they are set up, whether they really deliver, and which events they take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws import TrailDelivery, TrailEvents, TrailSettings, TrailStatus
from evidence.model import Missing, Reason

TRAILS = (
    "trailList[]{Name, TrailARN, HomeRegion, S3BucketName, KmsKeyId, IsMultiRegionTrail, IsOrganizationTrail, "
    "LogFileValidationEnabled, CloudWatchLogsLogGroupArn}"
)
SELECTORS = (
    "EventSelectors[]{ReadWriteType, IncludeManagementEvents, ExcludeManagementEventSources, "
    "DataResources[]{Type, Values}}, "
    "AdvancedEventSelectors[]{FieldSelectors[]{Field, Equals, NotEquals, StartsWith, NotStartsWith, "
    "EndsWith, NotEndsWith}}"
)
STATUS = "IsLogging, LatestDeliveryError, LatestDeliveryTime, LatestCloudWatchLogsDeliveryError"


class Trail(AwsKind):
    """A trail in its home region; replicas in other regions are not listed twice."""

    kind = "aws.cloudtrail.trail"
    service = "cloudtrail"
    part = "region"
    gone = frozenset({"TrailNotFoundException"})
    keep: ClassVar = {
        "describe_trails": TRAILS,
        "get_trail_status": STATUS,
        "get_event_selectors": SELECTORS,
    }
    settings: TrailSettings

    @lists(needs={"describe_trails": "cloudtrail:DescribeTrails", **REGIONS}, gives="settings")
    def every(self, cloudtrail: AwsClient) -> Iterator[Found]:
        """DescribeTrails without replicas: one call per region."""
        for row in cloudtrail.describe_trails(includeShadowTrails=False)["trailList"]:
            if row["HomeRegion"] == cloudtrail.region:
                yield Found(row["TrailARN"], row["Name"], gives={"settings": _settings(row)})

    @fact(needs="cloudtrail:GetTrailStatus", volatile=True)
    def delivery(self, cloudtrail: AwsClient, trail: Found) -> TrailDelivery:
        """GetTrailStatus with the time of the last delivered log file."""
        answer = cloudtrail.get_trail_status(Name=trail.uid)
        return {
            "logging": answer["IsLogging"],
            "error": answer.get("LatestDeliveryError", ""),
            "delivered": answer.get("LatestDeliveryTime", ""),
        }

    @fact()
    def status(self, delivery: TrailDelivery) -> TrailStatus:
        """The part of the status that an undisturbed trail does not change."""
        return {"logging": delivery["logging"], "error": delivery["error"]}

    @fact(needs="cloudtrail:GetEventSelectors")
    def events(self, cloudtrail: AwsClient, trail: Found) -> TrailEvents | Missing:
        """GetEventSelectors, reduced to which management events are taken."""
        management = management_events(cloudtrail.get_event_selectors(TrailName=trail.uid))
        if not management:
            return Missing(Reason.NOT_AVAILABLE, detail="AWS named no event selector of the trail")
        return {"management": management}


def management_events(answer: Mapping[str, Any]) -> str:
    """Which management events a GetEventSelectors answer takes in, "" when it names no selector at all."""
    kinds = [_basic(row) for row in answer.get("EventSelectors", [])]
    kinds += [_advanced(row) for row in answer.get("AdvancedEventSelectors", [])]
    return _together(kinds) if kinds else ""


def _settings(row: Mapping[str, Any]) -> TrailSettings:
    return {
        "multi_region": row.get("IsMultiRegionTrail", False),
        "organization": row.get("IsOrganizationTrail", False),
        "validation": row.get("LogFileValidationEnabled", False),
        "kms_key": row.get("KmsKeyId"),
        "bucket": row["S3BucketName"],
    }


def _basic(row: Mapping[str, Any]) -> str:
    if not row.get("IncludeManagementEvents", True):
        return "none"
    if row.get("ExcludeManagementEventSources"):
        return "some"
    return {"ReadOnly": "read", "WriteOnly": "write"}.get(row.get("ReadWriteType", "All"), "all")


def _advanced(row: Mapping[str, Any]) -> str:
    fields = {field["Field"]: field for field in row["FieldSelectors"]}
    if fields.pop("eventCategory", {}).get("Equals") != ["Management"]:
        return "none"
    only = fields.pop("readOnly", {}).get("Equals")
    if fields:
        return "some"
    return {"true": "read", "false": "write"}.get(only[0], "some") if only else "all"


def _together(kinds: list[str]) -> str:
    if "all" in kinds or {"read", "write"} <= set(kinds):
        return "all"
    return next((kind for kind in ("write", "read", "some") if kind in kinds), "none")
