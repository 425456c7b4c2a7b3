"""Buckets and functions with what the trails of their account take of the access to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from checks.derive import Collection, Seen, derived
from evidence.facts.aws_trails import DataEvents, DataRecording, DataSelector
from evidence.model import Fact

_RANK = ("none", "unclear", "some", "all")
_TRAILS = "aws.cloudtrail.data_trail: data_events"


@derived("aws.s3.bucket_recording", gives="recording", reads={"bucket": "aws.s3.bucket:", "trails": _TRAILS})
def bucket_recording(bucket: Seen, trails: Collection) -> Mapping[str, Fact]:
    """What is taken of reading and changing the bucket's objects, whose ARNs all begin with the bucket's and a slash."""
    below = f"{bucket.resource.uid.partition('#')[0]}/"
    region = dict(bucket.resource.labels).get("region", "")
    return {"recording": _recording(bucket, trails, "AWS::S3::Object", below, region)}


@derived(
    "aws.lambda.function_recording",
    gives="recording",
    reads={"function": "aws.lambda.function:", "trails": _TRAILS},
)
def function_recording(function: Seen, trails: Collection) -> Mapping[str, Fact]:
    """What is taken of calls of the function, which CloudTrail counts as changes."""
    arn = function.resource.uid
    return {"recording": _recording(function, trails, "AWS::Lambda::Function", arn, arn.split(":")[3])}


def _recording(resource: Seen, trails: Collection, type_: str, arn: str, region: str) -> Fact:
    own = [one for one in trails if one.resource.scope.target == resource.resource.scope.target]
    held = {one.resource.uid: cast("DataEvents", one.fact("data_events")) for one in own}
    taken = {uid: _taken(trail, type_, arn, region) for uid, trail in held.items()}
    whole = sorted(uid for uid, both in taken.items() if set(both) == {"all"})
    found: DataRecording = {
        "trail": whole[0] if whole else "",
        "destination": any(trail["bucket"] == resource.resource.name for trail in held.values()),
        "reads": _best(reads for reads, _ in taken.values()),
        "writes": _best(writes for _, writes in taken.values()),
    }
    return cast("Fact", found)


def _taken(trail: DataEvents, type_: str, arn: str, region: str) -> tuple[str, str]:
    if not trail["logging"] or trail["error"]:
        return "none", "none"
    here = trail["every_region"] or trail["region"] == region
    if not here and region:
        return "none", "none"
    selectors = [one for one in trail["selectors"] if one["type"] == type_]
    extents = [(one, _extent(one, arn) if here else "unclear") for one in selectors]
    return (
        _best(extent for one, extent in extents if one["reads"]),
        _best(extent for one, extent in extents if one["writes"]),
    )


def _extent(selector: DataSelector, arn: str) -> str:
    named = (*selector["starts"], *selector["equals"])
    spared = (*selector["not_starts"], *selector["not_equals"])
    whole = not named or _takes(selector["starts"], selector["equals"], arn)
    if _takes(selector["not_starts"], selector["not_equals"], arn) or not (whole or _below(named, arn)):
        return "none"
    if selector["narrowed"]:
        return "unclear"
    return "all" if whole and not _below(spared, arn) else "some"


def _takes(starts: Iterable[str], equals: Iterable[str], arn: str) -> bool:
    return arn in equals or any(arn.startswith(start) for start in starts)


def _below(named: Iterable[str], arn: str) -> bool:
    return any(one.startswith(arn) for one in named)


def _best(extents: Iterable[str]) -> str:
    return max(extents, key=_RANK.index, default="none")
