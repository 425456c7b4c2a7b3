"""What GuardDuty reports, and whether somebody deals with it."""

from __future__ import annotations

from checks.audit_controls.links import THREATS_SETTLED
from checks.check import Verdict, check, failed, not_applicable, passed
from evidence.facts.aws_findings import Threats


@check("aws-region-guardduty-findings", on="aws.guardduty.region", severity="high", links=[THREATS_SETTLED])
def threats_are_settled(threats: Threats | None) -> Verdict:
    """Has every serious threat that GuardDuty reported in the region been put away by somebody?"""
    if threats is None:
        return not_applicable("GuardDuty is not set up in the region, so there are no findings of it")
    if not threats["oldest"]:
        return passed("no finding of high severity is open in GuardDuty")
    named = ", ".join(f"{one['type']} since {one['since']}" for one in threats["oldest"][:3])
    others = " and more" if len(threats["oldest"]) > 3 or threats["more"] else ""
    return failed(f"open in GuardDuty: {named}{others}")
