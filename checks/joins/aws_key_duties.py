"""Who may administer a KMS key and who may decrypt with it: the key's policy and the identities' own, together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from checks.derive import Collection, Seen, derived
from checks.policy_grants import account_of, allows_on, denies, principals_allowed
from evidence.facts.aws import PolicyDocument, UserPolicy
from evidence.facts.aws_identity import KeyDuties
from evidence.model import Fact

ADMINISTER = ("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion")
"""Whoever may do one of these can give the key to anybody, or destroy what it encrypts."""
USE = ("kms:Decrypt",)
_FULL = ":aws:policy/AdministratorAccess"


@derived(
    "aws.kms.key_duties",
    gives="duties",
    reads={
        "key": "aws.kms.key: metadata policy",
        "roles": "aws.iam.role: policies session",
        "users": "aws.iam.user: policies",
        "groups": "aws.iam.group: policies",
    },
)
def key_duties(
    key: Seen, roles: Collection, users: Collection, groups: Collection
) -> Mapping[str, Fact] | None:
    """The duties of each key of the account's own; None for those that AWS manages."""
    metadata = cast("Mapping[str, Any]", key.fact("metadata"))
    policy = cast("PolicyDocument | None", key.fact("policy"))
    if metadata["manager"] != "CUSTOMER" or policy is None:
        return None
    scope = key.resource.scope
    identities = [one for kind in (roles, users, groups) for one in kind if _counts(one, scope.target)]
    account, arn = scope.target.rpartition("/")[2], key.resource.uid
    held = {_name(one): cast("list[UserPolicy]", one.fact("policies")) for one in identities}
    asked = held if _hands_over(policy, account) else {}
    duties: KeyDuties = {
        "administrators": _holders(policy, asked, account, arn, ADMINISTER),
        "users": _holders(policy, asked, account, arn, USE),
        "denials": sorted(_denials(policy, asked)),
        "unread": sorted(_unread(asked)),
    }
    return {"duties": cast("Fact", duties)}


def _counts(identity: Seen, target: str) -> bool:
    # The policies of AWS's own roles are AWS's to write.
    if identity.resource.scope.target != target:
        return False
    if identity.resource.kind != "aws.iam.role":
        return True
    return not cast("Mapping[str, Any]", identity.fact("session"))["service_linked"]


def _holders(
    policy: PolicyDocument,
    held: Mapping[str, list[UserPolicy]],
    account: str,
    arn: str,
    actions: Iterable[str],
) -> list[str]:
    found: set[str] = set()
    for action in actions:
        named = principals_allowed(policy, action)
        found |= {_said(one, account) for one in named if not _is_account(one, account)}
        if any(_is_account(one, account) for one in named):
            found |= {name for name, own in held.items() if any(_allows(one, action, arn) for one in own)}
    return sorted(found)


def _denials(policy: PolicyDocument, held: Mapping[str, list[UserPolicy]]) -> Iterator[str]:
    if _denies(policy):
        yield "the key policy"
    for name, own in held.items():
        if any(one["document"] and _denies(one["document"]) for one in own):
            yield f"a policy of {name}"


def _denies(document: PolicyDocument) -> bool:
    return any(denies(document, action) for action in (*ADMINISTER, *USE))


def _unread(held: Mapping[str, list[UserPolicy]]) -> set[str]:
    names = {one["name"] for own in held.values() for one in own if one["document"] is None}
    return {name.rpartition("/")[2] for name in names if not name.endswith(_FULL)}


def _hands_over(policy: PolicyDocument, account: str) -> bool:
    named = (one for action in (*ADMINISTER, *USE) for one in principals_allowed(policy, action))
    return any(_is_account(one, account) for one in named)


def _allows(policy: UserPolicy, action: str, arn: str) -> bool:
    if policy["document"] is None:
        return policy["name"].endswith(_FULL)
    return allows_on(policy["document"], action, arn)


def _is_account(principal: str, account: str) -> bool:
    # Naming the account hands the decision to the policies of its identities.
    return principal == account or principal.endswith(f":iam::{account}:root")


def _name(identity: Seen) -> str:
    return f"{identity.resource.kind.rpartition('.')[2]} {identity.resource.name}"


def _said(principal: str, account: str) -> str:
    resource = principal.rpartition(":")[2]
    if account_of(principal) != account or "/" not in resource:
        return principal
    kind, _, path = resource.partition("/")
    return f"{kind} {path.rpartition('/')[2]}"


__all__ = ["key_duties"]
