"""The record of activity in all accounts of an AWS organisation: one trail for all, and nobody may stop it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from checks.audit_controls.links import EVERY_ACCOUNT_RECORDED, RECORD_UNSTOPPABLE
from checks.check import Verdict, check, failed, passed, undecided
from checks.policy_elements import matches, statements, values
from checks.policy_grants import allows_on, denies
from evidence.facts.aws import AccountTrail, PolicyDocument
from evidence.facts.aws_organization import ServiceControls

_ANY_TRAIL = tuple(
    f"arn:{partition}:cloudtrail:any-0:000000000000:trail/any"
    for partition in ("aws", "aws-us-gov", "aws-cn")
)
_ANYBODY = (
    "000000000000",
    *(
        f"arn:{partition}:iam::000000000000:{who}/any-0"
        for partition in ("aws", "aws-us-gov", "aws-cn")
        for who in ("role", "user")
    ),
)
"""An account and principals that do not exist: an exemption that fits one of them exempts all of its kind."""

_EXEMPTING = frozenset({"arnnotlike", "arnnotequals", "stringnotlike", "stringnotequals"})


@check("aws-organization-trail", on="aws.organization.guards", severity="low", links=[EVERY_ACCOUNT_RECORDED])
def organization_is_recorded(trails: list[AccountTrail]) -> Verdict:
    """Does one trail record every account of the organisation, also those still to come?"""
    common = [trail for trail in trails if trail["organization"]]
    running = [trail for trail in common if trail["logging"] and not trail["error"]]
    sound = sorted(trail["arn"] for trail in running if trail["management"] == "all")
    if sound:
        return passed(f"{sound[0]} records every account of the organisation")
    if any(not trail["management"] for trail in running):
        return undecided("which events the organisation's trail takes was not told")
    if running:
        return failed("the organisation's trail does not take all management events")
    if common:
        return failed("the organisation's trail is stopped or cannot deliver its log files")
    return failed(
        "no trail in every region is the organisation's; those of single accounts were not considered"
    )


@check(
    "aws-organization-trails-guarded",
    on="aws.organization.guards",
    severity="low",
    links=[RECORD_UNSTOPPABLE],
)
def trails_cannot_be_stopped(
    controls: ServiceControls,
    *,
    actions: tuple[str, ...] = ("cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail"),
) -> Verdict:
    """Are the organisation's accounts forbidden to stop, delete or change a trail?"""
    if not controls["enabled"]:
        return failed("service control policies are not enabled in the organisation")
    at_root = [policy["document"] for policy in controls["policies"] if policy["at_root"]]
    allowed = [action for action in actions if not any(_forbids(one, action) for one in at_root)]
    if not allowed:
        return passed(
            "a policy at the root forbids it to every account but those it exempts and the managing one, "
            "which no such policy binds"
        )
    documents = [policy["document"] for policy in controls["policies"]]
    narrow = [action for action in allowed if any(denies(one, action) for one in documents)]
    if narrow:
        return undecided(
            f"{_joined(narrow)} is forbidden only to some accounts, for some trails or at some times"
        )
    return failed(f"no service control policy forbids {_joined(allowed)}")


def _forbids(document: PolicyDocument, action: str) -> bool:
    return any(
        statement.get("Effect") == "Deny"
        and _only_exempts(statement.get("Condition"))
        and _covers(statement, action)
        for statement in statements(document)
    )


def _covers(statement: Mapping[str, Any], action: str) -> bool:
    # Asked as if it allowed: which actions and resources a statement is about does not depend on its effect.
    about = {"Statement": {**statement, "Effect": "Allow"}}
    return "Resource" in statement and any(allows_on(about, action, trail) for trail in _ANY_TRAIL)


def _only_exempts(condition: Any) -> bool:
    if condition is None:
        return True
    if not isinstance(condition, Mapping):
        return False
    return all(
        operator.lower() in _EXEMPTING
        and isinstance(tested, Mapping)
        and all(key.lower() in {"aws:principalarn", "aws:principalaccount"} for key in tested)
        and not any(_fits_anybody(pattern) for wanted in tested.values() for pattern in values(wanted))
        for operator, tested in condition.items()
    )


def _fits_anybody(pattern: str) -> bool:
    return any(matches(pattern, who) for who in _ANYBODY)


def _joined(actions: Iterable[str]) -> str:
    return ", ".join(sorted(actions))
