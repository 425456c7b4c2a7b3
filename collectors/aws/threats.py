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
        detectors = guardduty.list_detectors()["DetectorIds"]
        if not detectors:
            return None
        wanted = {
            "accountId": {"Equals": [guardduty.account]},
            "service.archived": {"Equals": ["false"]},
            "severity": {"GreaterThanOrEqual": _SERIOUS},
        }
        listed = guardduty.list_findings(
            DetectorId=detectors[0],
            FindingCriteria={"Criterion": wanted},
            SortCriteria={"AttributeName": "createdAt", "OrderBy": "ASC"},
            MaxResults=50,
        )
        numbers = listed["FindingIds"]
        if not numbers and guardduty.get_detector(DetectorId=detectors[0])["Status"] != "ENABLED":
            return Missing(Reason.NOT_AVAILABLE, detail="GuardDuty is suspended and looks for no threats")
        rows = (
            guardduty.get_findings(DetectorId=detectors[0], FindingIds=numbers)["Findings"] if numbers else []
        )
        oldest: list[Threat] = [
            {
                "type": row["Type"],
                "resource_type": row["Resource"].get("ResourceType", ""),
                "since": row["CreatedAt"][:10],
            }
            for row in rows
        ]
        return {
            "oldest": sorted(oldest, key=lambda one: (one["since"], one["type"])),
            "more": bool(listed.get("NextToken")),
        }
