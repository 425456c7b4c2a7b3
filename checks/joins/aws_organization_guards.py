"""What an organisation as a whole does about its record of activity, asked once: of the account that manages it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from checks.derive import Collection, Seen, derived
from evidence.facts.aws_organization import Membership
from evidence.model import Fact, Missing, Reason


@derived(
    "aws.organization.guards",
    gives="controls trails",
    reads={
        "member": "aws.organization: membership controls",
        "members": "aws.organization: membership",
        "accounts": "aws.account: trails",
    },
)
def organization_guards(member: Seen, members: Collection, accounts: Collection) -> Mapping[str, Fact] | None:
    """The manager's answers; None for an account of no organisation, or whose manager was looked at too."""
    own = _membership(member)
    if own is None:
        return None
    if own["manages"]:
        account = accounts.find(member.resource.scope.target, by=lambda one: one.resource.scope.target)
        trails = account.fact("trails") if account else _unseen("the managing account's trails")
        return {"controls": member.fact("controls"), "trails": trails}
    if any(_manages(_membership(one), own["organization"]) for one in members.rows):
        return None
    missing = _unseen(f"the managing account {own['manager']}")
    return {"controls": missing, "trails": missing}


def _membership(member: Seen) -> Membership | None:
    return cast("Membership | None", member.fact("membership"))


def _manages(membership: Membership | None, organization: str) -> bool:
    return membership is not None and membership["manages"] and membership["organization"] == organization


def _unseen(what: str) -> Missing:
    return Missing(Reason.NOT_AVAILABLE, detail=f"{what} was not looked at")
