"""AWS Artifact: the agreements an account has with AWS, and the auditors' reports that AWS offers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws_artifact import Agreement, AuditReport

_HOME = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1"}
"""The one region of each partition in which Artifact answers."""


class Assurance(AwsKind):
    """What AWS has assured one account of, the only resource of this kind in the account."""

    kind = "aws.artifact.assurance"
    service = "artifact"
    keep: ClassVar = {
        "sts.get_caller_identity": "Account",
        "list_customer_agreements": "customerAgreements[]{name, state, effectiveStart, effectiveEnd}",
        "list_reports": "reports[]{name, version, state, periodStart, periodEnd}",
    }

    @lists()
    def every(self, sts: AwsClient) -> Iterator[Found]:
        """GetCallerIdentity, which needs no permission."""
        account = sts.get_caller_identity()["Account"]
        yield Found(account, account)

    @fact(needs="artifact:ListCustomerAgreements")
    def agreements(self, artifact: AwsClient) -> list[Agreement]:
        """ListCustomerAgreements; their terms are not kept."""
        pages = _home(artifact).pages("list_customer_agreements")
        return [_agreement(row) for page in pages for row in page["customerAgreements"]]

    @fact(needs="artifact:ListReports")
    def reports(self, artifact: AwsClient) -> list[AuditReport]:
        """ListReports, those that are published; the reports themselves are not fetched."""
        rows = [row for page in _home(artifact).pages("list_reports") for row in page["reports"]]
        return [
            {
                "name": row["name"],
                "version": row.get("version"),
                "since": _day(row, "periodStart"),
                "until": _day(row, "periodEnd"),
            }
            for row in rows
            if row["state"] == "PUBLISHED"
        ]


def _home(artifact: AwsClient) -> AwsClient:
    return artifact.at(_HOME.get(artifact.partition, artifact.region))


def _agreement(row: Mapping[str, Any]) -> Agreement:
    return {
        "name": row["name"],
        "state": row["state"],
        "since": _day(row, "effectiveStart"),
        "until": _day(row, "effectiveEnd"),
    }


def _day(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "")[:10]
