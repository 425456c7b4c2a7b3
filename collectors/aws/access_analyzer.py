"""IAM Access Analyzer: which analyzers a region has, and the outside access that nobody closed or accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws_findings import AccessAnalyzer, OutsideAccess

_FIRST_LOOK = timedelta(minutes=30)
"""How long AWS may take to analyse what there is when an analyzer is made."""
_LOOKS_FOR = {"": "external", "UNUSED_ACCESS": "unused", "INTERNAL_ACCESS": "internal"}


class AnalyzedRegion(AwsKind):
    """One region of one account as Access Analyzer sees it; the only resource of this kind in its scope."""

    kind = "aws.accessanalyzer.region"
    service = "accessanalyzer"
    part = "region"
    keep: ClassVar = {
        "list_analyzers": "analyzers[]{arn, type, status, createdAt, lastResourceAnalyzedAt}",
        "list_findings": "findings[]{resource, isPublic, createdAt, status}",
    }

    @lists(needs=REGIONS)
    def every(self, accessanalyzer: AwsClient) -> Iterator[Found]:
        """The region itself."""
        yield Found(f"{accessanalyzer.account}/{accessanalyzer.region}", accessanalyzer.region)

    @fact(needs="access-analyzer:ListAnalyzers")
    def analyzers(self, accessanalyzer: AwsClient) -> list[AccessAnalyzer]:
        """ListAnalyzers; an organisation's analyzer is seen only from the account that administers it."""
        pages = accessanalyzer.pages("list_analyzers", maxResults=100)
        rows = [row for page in pages for row in page["analyzers"]]
        return [_analyzer(row) for row in rows]

    @fact(needs={"list_findings": "access-analyzer:ListFindings"})
    def open_access(
        self, accessanalyzer: AwsClient, analyzers: list[AccessAnalyzer]
    ) -> list[OutsideAccess] | None:
        """ListFindings that are active, of this account's resources, 100 at a time; None without an active analyzer."""
        active = [one for one in analyzers if one["looks_for"] == "external" and one["status"] == "ACTIVE"]
        if not active:
            return None
        chosen = min(active, key=lambda one: (not one["analyzed"], one["of"], one["arn"]))
        wanted = {"status": {"eq": ["ACTIVE"]}, "resourceOwnerAccount": {"eq": [accessanalyzer.account]}}
        found: dict[tuple[str, bool], str] = {}
        for page in accessanalyzer.pages(
            "list_findings", analyzerArn=chosen["arn"], filter=wanted, maxResults=100
        ):
            for row in page["findings"]:
                key, since = (row["resource"], row.get("isPublic", False)), row["createdAt"][:10]
                found[key] = min(since, found.get(key, since))
        return [
            {"resource": resource, "public": public, "since": since}
            for (resource, public), since in sorted(found.items())
        ]


def _analyzer(row: Mapping[str, Any]) -> AccessAnalyzer:
    of, _, looked_for = row["type"].partition("_")
    return {
        "arn": row["arn"],
        "looks_for": _LOOKS_FOR.get(looked_for, looked_for.lower()),
        "of": of.lower(),
        "status": row["status"],
        "analyzed": _analyzed(row.get("createdAt"), row.get("lastResourceAnalyzedAt")),
    }


def _analyzed(made: str | None, last: str | None) -> bool:
    if made is None or last is None:
        return False
    return datetime.fromisoformat(last) - datetime.fromisoformat(made) >= _FIRST_LOOK
