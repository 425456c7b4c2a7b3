"""Inherited safeguards on AWS: the business associate addendum and the auditors' reports."""

from __future__ import annotations

from datetime import date, timedelta

from checks.check import Verdict, check, passed, undecided
from checks.inherited.links import (
    ASSURANCE_IN_FORCE,
    DISPOSAL_AUDITED,
    ENTRY_AUDITED,
    PROVIDER_AUDITED,
    REUSE_AUDITED,
    VISITORS_AUDITED,
)
from evidence.facts.aws_artifact import Agreement, AuditReport


@check("aws-artifact-baa", on="aws.artifact.assurance", severity="high", links=[ASSURANCE_IN_FORCE])
def addendum_is_in_force(agreements: list[Agreement], as_of: date) -> Verdict:
    """Does AWS list a business associate addendum with the account as being in force?"""
    addenda = [one for one in agreements if "business associate" in one["name"].lower()]
    for one in sorted(addenda, key=lambda one: one["since"]):
        if one["state"] == "ACTIVE" and (not one["until"] or one["until"] >= as_of.isoformat()):
            return passed(f"{one['name']} is in force since {one['since'] or 'a day not told'}")
    if addenda:
        return undecided(
            f"{addenda[0]['name']} has ended; another may cover the account from its organisation"
        )
    return undecided(
        "AWS lists no addendum for the account; one signed on paper or by its organisation may cover it"
    )


@check(
    "aws-artifact-facility-report",
    on="aws.artifact.assurance",
    severity="low",
    links=[PROVIDER_AUDITED, ENTRY_AUDITED, VISITORS_AUDITED, DISPOSAL_AUDITED, REUSE_AUDITED],
)
def facilities_are_audited(
    reports: list[AuditReport], as_of: date, *, series: str = "SOC 2", max_days: int = 400
) -> Verdict:
    """Does AWS offer an auditor's report on its facilities for a recent period?"""
    recent = (as_of - timedelta(days=max_days)).isoformat()
    named = [one for one in reports if series.lower() in one["name"].lower().replace("(soc)", "soc")]
    if not named:
        return undecided(f"AWS offers the account no report called {series}")
    last = max(named, key=lambda one: (one["until"], one["name"]))
    if last["until"] < recent:
        return undecided(
            f"the last {series} report speaks of a period that ended on {last['until'] or 'no day told'}"
        )
    version = "" if last["version"] is None else f", version {last['version']},"
    return passed(f"{last['name']}{version} speaks of {last['since']} to {last['until']}; fetch and read it")
