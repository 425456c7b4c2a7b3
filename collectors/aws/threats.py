"""GuardDuty's serious findings that nobody has put away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws_findings import Threat, Threats
from evidence.model import Missing, Reason

_SERIOUS = 7


class ThreatenedRegion(AwsKind):
    """One region of one account as GuardDuty sees it; the only resource of this kind in its scope."""

    kind = "aws.guardduty.region"
    service = "guardduty"
    part = "region"
    keep: ClassVar = {
        "list_detectors": "DetectorIds[ordered]",
        "get_detector": "Status, Features[]{Name, Status}",
        "list_findings": "FindingIds, NextToken",
        "get_findings": "Findings[]{Id, Type, CreatedAt, Resource{ResourceType}}",
    }

    @lists(needs=REGIONS)
    def every(self, guardduty: AwsClient) -> Iterator[Found]:
        """The region itself."""
        yield Found(f"{guardduty.account}/{guardduty.region}", guardduty.region)

    @fact(
        needs={
            "list_detectors": "guardduty:ListDetectors",
            "get_detector": "guardduty:GetDetector",
            "list_findings": "guardduty:ListFindings",
            "get_findings": "guardduty:GetFindings",
        }
    )
    def threats(self, guardduty: AwsClient) -> Threats | Missing | None:
        """ListFindings and GetFindings: high and critical, not archived, the 50 open longest; None without a detector."""
        detector = detector_in(guardduty)
        if detector is None:
            return None
        numbers, more = _open_longest(guardduty, detector)
        if not numbers and guardduty.get_detector(DetectorId=detector)["Status"] != "ENABLED":
            return Missing(Reason.NOT_AVAILABLE, detail="GuardDuty is suspended and looks for no threats")
        rows = guardduty.get_findings(DetectorId=detector, FindingIds=numbers)["Findings"] if numbers else []
        oldest: list[Threat] = [
            {
                "type": row["Type"],
                "resource_type": row["Resource"].get("ResourceType", ""),
                "since": row["CreatedAt"][:10],
            }
            for row in rows
        ]
        return {"oldest": sorted(oldest, key=lambda one: (one["since"], one["type"])), "more": more}


def detector_in(guardduty: AwsClient) -> str | None:
    """ListDetectors: the id of the region's one detector; None means GuardDuty was never switched on here."""
    pages = guardduty.pages("list_detectors")
    return next((number for page in pages for number in page["DetectorIds"]), None)


def _open_longest(guardduty: AwsClient, detector: str) -> tuple[list[str], bool]:
    """The ids of the first findings, and whether there may be others; an empty page is not the end of them."""
    wanted = {
        "accountId": {"Equals": [guardduty.account]},
        "service.archived": {"Equals": ["false"]},
        "severity": {"GreaterThanOrEqual": _SERIOUS},
    }
    pages = guardduty.pages(
        "list_findings",
        DetectorId=detector,
        FindingCriteria={"Criterion": wanted},
        SortCriteria={"AttributeName": "createdAt", "OrderBy": "ASC"},
        MaxResults=50,
    )
    for page in pages:
        if page["FindingIds"]:
            return page["FindingIds"], bool(page.get("NextToken"))
    return [], False
