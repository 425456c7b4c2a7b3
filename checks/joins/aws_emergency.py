"""Identities of an AWS account that could serve in an emergency: those named for it, and those allowed everything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from checks.derive import Collection, Seen, derived
from checks.policy_document import admits_people
from checks.policy_full_rights import full_rights
from evidence.facts.aws import PolicyDocument, UserPolicy
from evidence.facts.aws_directories import EmergencyWay
from evidence.model import Fact

_PERHAPS = re.compile("emergenc", re.IGNORECASE)
"""A ward of a hospital, too: such an identity counts only where the settings name it."""
_NAMED = re.compile(
    r"break[-_. ]?glass|emergency[-_. ]?(?:access|account|admin|login|role|root|user)|firecall|firefighter",
    re.IGNORECASE,
)


@derived(
    "aws.account.emergency_access",
    gives="ways",
    reads={
        "account": "aws.account:",
        "roles": "aws.iam.role: policies session trust",
        "users": "aws.iam.user: policies console keys",
    },
)
def emergency_access(account: Seen, roles: Collection, users: Collection) -> Mapping[str, Fact] | None:
    """The ways of one account, sorted; roles that AWS's services keep for themselves are left out."""
    target = account.resource.scope.target
    ways = [
        *(way for role in roles if role.resource.scope.target == target for way in _role(role)),
        *(way for user in users if user.resource.scope.target == target for way in _user(user)),
    ]
    return {"ways": cast("Fact", sorted(ways, key=lambda way: (way["kind"], way["name"])))}


def _role(role: Seen) -> Iterator[EmergencyWay]:
    if cast("Mapping[str, Any]", role.fact("session"))["service_linked"]:
        return
    usable = admits_people(cast("PolicyDocument", role.fact("trust")))
    yield from _way("role", role, usable=usable)


def _user(user: Seen) -> Iterator[EmergencyWay]:
    console = cast("Mapping[str, Any]", user.fact("console"))
    keys = cast("Mapping[str, Any]", user.fact("keys"))
    yield from _way("user", user, usable=console["password"] or keys["active"] > 0)


def _way(kind: str, identity: Seen, *, usable: bool) -> Iterator[EmergencyWay]:
    name = identity.resource.name
    named = _NAMED.search(name) is not None
    full = full_rights(cast("list[UserPolicy]", identity.fact("policies"))).held
    if named or full or _PERHAPS.search(name):
        yield {"kind": kind, "name": name, "named": named, "full": full, "usable": usable}


__all__ = ["emergency_access"]
