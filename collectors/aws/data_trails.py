"""Trails as recorders of data events: access to objects in buckets, calls of functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.cloudtrail import SELECTORS, STATUS, TRAILS
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws_trails import DataEvents, DataSelector

_BASIC = {"All": (True, True), "ReadOnly": (True, False), "WriteOnly": (False, True)}


class DataTrail(AwsKind):
    """A trail seen in its home region from an account whose events it takes: also its organisation's."""

    kind = "aws.cloudtrail.data_trail"
    service = "cloudtrail"
    part = "region"
    gone = frozenset({"TrailNotFoundException"})
    keep: ClassVar = {"describe_trails": TRAILS, "get_trail_status": STATUS, "get_event_selectors": SELECTORS}

    @lists(needs={"describe_trails": "cloudtrail:DescribeTrails", **REGIONS})
    def every(self, cloudtrail: AwsClient) -> Iterator[Found]:
        """DescribeTrails with replicas, because an organisation's trail is one in its members' accounts."""
        for row in cloudtrail.describe_trails(includeShadowTrails=True)["trailList"]:
            if row["HomeRegion"] == cloudtrail.region:
                yield Found(row["TrailARN"], row["Name"], handle=row)

    @fact(
        needs={
            "get_trail_status": "cloudtrail:GetTrailStatus",
            "get_event_selectors": "cloudtrail:GetEventSelectors",
        }
    )
    def data_events(self, cloudtrail: AwsClient, data_trail: Found) -> DataEvents:
        """GetTrailStatus and, of a running trail, GetEventSelectors: the selectors for data events."""
        status = cloudtrail.get_trail_status(Name=data_trail.uid)
        found: list[DataSelector] = []
        if status["IsLogging"]:
            answer = cloudtrail.get_event_selectors(TrailName=data_trail.uid)
            found += [one for row in answer.get("EventSelectors", []) for one in _basic(row)]
            found += [one for row in answer.get("AdvancedEventSelectors", []) for one in _advanced(row)]
        return {
            "bucket": data_trail.handle["S3BucketName"],
            "region": cloudtrail.region,
            "every_region": data_trail.handle.get("IsMultiRegionTrail", False),
            "logging": status["IsLogging"],
            "error": status.get("LatestDeliveryError", ""),
            "selectors": found,
        }


def _basic(row: Mapping[str, Any]) -> Iterator[DataSelector]:
    reads, writes = _BASIC[row.get("ReadWriteType", "All")]
    for resource in row.get("DataResources", []):
        held = resource.get("Values", [])
        # A function is named whole; a bucket or part of one by how its objects' names begin.
        whole = [value for value in held if ":function:" in value]
        yield {
            "type": resource["Type"],
            "reads": reads,
            "writes": writes,
            "starts": sorted(value for value in held if value not in whole),
            "equals": sorted(whole),
            "not_starts": [],
            "not_equals": [],
            "narrowed": not held,
        }


def _advanced(row: Mapping[str, Any]) -> Iterator[DataSelector]:
    fields = {field["Field"]: field for field in row["FieldSelectors"]}
    if fields.pop("eventCategory", {}).get("Equals") != ["Data"]:
        return
    types = fields.pop("resources.type", {}).get("Equals", [])
    only = fields.pop("readOnly", {})
    arn = fields.pop("resources.ARN", {})
    unread = set(arn) - {"Field", "Equals", "StartsWith", "NotStartsWith", "NotEquals"}
    for type_ in types:
        yield {
            "type": type_,
            "reads": only.get("Equals", ["true"]) == ["true"],
            "writes": only.get("Equals", ["false"]) == ["false"],
            "starts": sorted(arn.get("StartsWith", [])),
            "equals": sorted(arn.get("Equals", [])),
            "not_starts": sorted(arn.get("NotStartsWith", [])),
            "not_equals": sorted(arn.get("NotEquals", [])),
            "narrowed": bool(fields or unread or set(only) - {"Field", "Equals"}),
        }
