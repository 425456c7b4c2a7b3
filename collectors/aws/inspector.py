"""Amazon Inspector: what it is told to look at in a region, what it cannot scan, and the critical weaknesses it sees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws_findings import Unscanned, Weakness, Weaknesses, WeaknessScans
from evidence.model import Missing, Reason

_SCANNED = ("AWS_EC2_INSTANCE", "AWS_LAMBDA_FUNCTION")


class InspectedRegion(AwsKind):
    """One region of one account as Inspector sees it; the only resource of this kind in its scope."""

    kind = "aws.inspector.region"
    service = "inspector2"
    part = "region"
    keep: ClassVar = {
        "batch_get_account_status": (
            "accounts[]{resourceState{ec2{status}, ecr{status}, lambda{status}}}, "
            "failedAccounts[]{resourceStatus{ec2, ecr, lambda}}"
        ),
        "list_coverage": "coveredResources[]{resourceId, scanType, scanStatus{statusCode, reason}}",
        "list_findings": (
            "nextToken, findings[]{firstObservedAt, type, resources[]{id}, "
            "packageVulnerabilityDetails{vulnerabilityId}}"
        ),
    }

    @lists(needs=REGIONS)
    def every(self, inspector2: AwsClient) -> Iterator[Found]:
        """The region itself."""
        yield Found(f"{inspector2.account}/{inspector2.region}", inspector2.region)

    @fact(needs="inspector2:BatchGetAccountStatus")
    def scans(self, inspector2: AwsClient) -> WeaknessScans | Missing:
        """BatchGetAccountStatus of the account itself, which AWS may list among those it could not change."""
        answer = inspector2.batch_get_account_status(accountIds=[inspector2.account])
        for row in answer.get("accounts", []):
            return _scans({type_: held["status"] for type_, held in row["resourceState"].items()})
        for row in answer.get("failedAccounts", []):
            return _scans(row["resourceStatus"])
        return Missing(Reason.NOT_AVAILABLE, detail="AWS said nothing of the account")

    @fact(needs={"list_coverage": "inspector2:ListCoverage"})
    def unscanned(self, inspector2: AwsClient, scans: WeaknessScans) -> list[Unscanned] | None:
        """ListCoverage of instances and functions that are not scanned, 200 at a time; None where Inspector is off."""
        if "ENABLED" not in (scans["instances"], scans["functions"]):
            return None
        wanted = {
            "accountId": _equal(inspector2.account),
            "resourceType": _equal(*_SCANNED),
            "scanStatusCode": _equal("INACTIVE"),
        }
        pages = inspector2.pages("list_coverage", filterCriteria=wanted, maxResults=200)
        rows = {
            (row["resourceId"], row["scanStatus"]["reason"])
            for page in pages
            for row in page["coveredResources"]
        }
        return [{"resource": resource, "reason": reason} for resource, reason in sorted(rows)]

    @fact(needs={"list_findings": "inspector2:ListFindings"})
    def critical(self, inspector2: AwsClient, scans: WeaknessScans) -> Weaknesses | None:
        """ListFindings, critical and active, the 100 open longest; None where Inspector is off."""
        if "ENABLED" not in (scans["instances"], scans["images"], scans["functions"]):
            return None
        pages = inspector2.pages(
            "list_findings",
            filterCriteria={
                "awsAccountId": _equal(inspector2.account),
                "findingStatus": _equal("ACTIVE"),
                "severity": _equal("CRITICAL"),
            },
            sortCriteria={"field": "FIRST_OBSERVED_AT", "sortOrder": "ASC"},
            maxResults=100,
        )
        # A page may be empty although another follows.
        answer: dict[str, Any] = next((page for page in pages if page["findings"]), {"findings": []})
        oldest = [_weakness(row, held["id"]) for row in answer["findings"] for held in row["resources"]]
        return {"oldest": sorted(oldest, key=_age), "more": bool(answer.get("nextToken"))}


def _scans(state: Mapping[str, str]) -> WeaknessScans:
    # Where functions cannot be scanned, AWS leaves them out.
    functions = state.get("lambda", "NOT_OFFERED")
    return {"instances": state["ec2"], "images": state["ecr"], "functions": functions}


def _equal(*values: str) -> list[dict[str, str]]:
    return [{"comparison": "EQUALS", "value": value} for value in values]


def _weakness(row: Mapping[str, Any], resource: str) -> Weakness:
    name = row.get("packageVulnerabilityDetails", {}).get("vulnerabilityId") or row.get("type", "")
    return {"name": name, "resource": resource, "since": row["firstObservedAt"][:10]}


def _age(one: Weakness) -> tuple[str, str, str]:
    return one["since"], one["name"], one["resource"]
