"""Access from outside an account as AWS's own reasoning about policies finds it."""

from __future__ import annotations

from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.exposure.links import OUTSIDE_ACCESS_SETTLED, OUTSIDE_ACCESS_SOUGHT
from evidence.facts.aws_findings import AccessAnalyzer, OutsideAccess
from evidence.facts.aws_organization import Membership


def looked_for(analyzers: list[AccessAnalyzer]) -> Verdict | None:
    """An active analyzer settles the question, whoever else looks."""
    if any(_looks(one) for one in analyzers):
        return passed("an active analyzer looks for access from outside")
    return None


@check(
    "aws-region-access-analyzer",
    on="aws.accessanalyzer.region",
    severity="low",
    links=[OUTSIDE_ACCESS_SOUGHT],
    also={"membership": "aws.organization:membership"},
    first=looked_for,
)
def outside_access_is_sought(analyzers: list[AccessAnalyzer], membership: Membership | None) -> Verdict:
    """Does an analyzer look for resources in the region that let in somebody from outside?"""
    external = [one for one in analyzers if one["looks_for"] == "external"]
    if external:
        return failed(f"the analyzer {external[0]['arn']} is {external[0]['status'].lower()}")
    # Not even the managing account sees the analyzer of an account that it has charged with this.
    if membership is not None:
        return undecided("the account has no analyzer; its organisation's would not be seen from here")
    return failed("no analyzer looks for access from outside in the region")


@check(
    "aws-region-outside-access-settled",
    on="aws.accessanalyzer.region",
    severity="high",
    links=[OUTSIDE_ACCESS_SETTLED],
)
def outside_access_is_settled(
    open_access: list[OutsideAccess] | None, analyzers: list[AccessAnalyzer]
) -> Verdict:
    """Has all access from outside that the analyzer found in the region been closed or accepted?"""
    if open_access is None:
        return not_applicable("no active analyzer is seen here, so there are no findings of one")
    if not open_access and not any(_looks(one) and one["analyzed"] for one in analyzers):
        return undecided(
            "the analyzer has found nothing yet, but has not analysed everything since it was made"
        )
    if not open_access:
        return passed("the analyzer knows of no access from outside that nobody has accepted")
    first = sorted(open_access, key=lambda one: (not one["public"], one["since"], one["resource"]))
    named = ", ".join(_named(one) for one in first[:3])
    others = f" and {len(first) - 3} more" if len(first) > 3 else ""
    return failed(f"open to outsiders, neither closed nor accepted: {named}{others}")


def _looks(one: AccessAnalyzer) -> bool:
    return one["looks_for"] == "external" and one["status"] == "ACTIVE"


def _named(one: OutsideAccess) -> str:
    whom = "to everyone " if one["public"] else ""
    return f"{one['resource']} ({whom}since {one['since']})"
