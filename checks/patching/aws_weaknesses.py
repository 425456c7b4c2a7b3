"""Known weaknesses on AWS: whether Inspector looks for them, and how long critical ones stay open."""

from __future__ import annotations

from datetime import date, timedelta

from checks.check import Verdict, check, failed, not_applicable, passed
from checks.patching.links import CRITICAL_WEAKNESSES_CLOSED, RESOURCES_SCANNED
from evidence.facts.aws_findings import Unscanned, Weaknesses, WeaknessScans

_PASSING = (
    "EC2_INSTANCE_STOPPED",
    "PENDING_DISABLE",
    "PENDING_INITIAL_SCAN",
    "PENDING_REVIVAL_SCAN",
    "RESOURCE_STOPPED",
    "RESOURCE_TERMINATED",
    "SCAN_IN_PROGRESS",
)


@check("aws-region-inspector", on="aws.inspector.region", severity="medium", links=[RESOURCES_SCANNED])
def weaknesses_are_sought(
    scans: WeaknessScans, *, types: tuple[str, ...] = ("instances", "images", "functions")
) -> Verdict:
    """Does Inspector look for known weaknesses of instances, images and functions in the region?"""
    wanted = {type_: str(dict(scans).get(type_, "no type it knows")) for type_ in types}
    off = [f"{type_} ({status.lower()})" for type_, status in sorted(wanted.items()) if status != "ENABLED"]
    if off:
        return failed(f"Inspector does not look at {', '.join(off)}")
    return passed(f"Inspector looks at {', '.join(sorted(wanted))}")


@check(
    "aws-region-inspector-coverage", on="aws.inspector.region", severity="medium", links=[RESOURCES_SCANNED]
)
def everything_is_scanned(
    unscanned: list[Unscanned] | None, *, passing_reasons: tuple[str, ...] = _PASSING
) -> Verdict:
    """Is every instance and function in the region scanned that Inspector knows of?"""
    if unscanned is None:
        return not_applicable("Inspector looks at neither instances nor functions in the region")
    lasting = [one for one in unscanned if one["reason"] not in passing_reasons]
    if not lasting:
        return passed("Inspector scans every running instance and function that it knows of in the region")
    named = ", ".join(f"{one['resource']} ({one['reason']})" for one in lasting[:3])
    others = f" and {len(lasting) - 3} more" if len(lasting) > 3 else ""
    return failed(f"not scanned: {named}{others}")


@check(
    "aws-region-critical-weaknesses",
    on="aws.inspector.region",
    severity="high",
    links=[CRITICAL_WEAKNESSES_CLOSED],
)
def critical_weaknesses_are_closed(
    critical: Weaknesses | None, as_of: date, *, max_days: int = 30
) -> Verdict:
    """Is every critical weakness that Inspector found in the region closed in time?"""
    if critical is None:
        return not_applicable("Inspector is off in the region, so there are no findings of it")
    late = [one for one in critical["oldest"] if _seen(one["since"]) < as_of - timedelta(days=max_days)]
    if late:
        named = ", ".join(f"{one['name']} in {one['resource']} since {one['since']}" for one in late[:3])
        others = " and more" if len(late) > 3 or critical["more"] else ""
        return failed(f"open for more than {max_days} days: {named}{others}")
    if critical["oldest"]:
        oldest = critical["oldest"][0]
        return passed(f"the critical weakness open longest is {oldest['name']}, seen since {oldest['since']}")
    return passed("Inspector knows of no critical weakness in the region")


def _seen(day: str) -> date:
    return date.fromisoformat(day)
