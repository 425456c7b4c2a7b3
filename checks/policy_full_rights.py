"""Whether the policies that an identity holds allow everything, alone or together. Pure, no AWS call."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from checks.policy_conditions import demands_of
from checks.policy_elements import covers, is_about, statements, values
from evidence.facts.aws import PolicyDocument, UserPolicy

_Statement = Mapping[str, Any]
_Held = list[tuple[str, list[_Statement]]]
_ALL: _Statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_ANYTHING_AT_ALL = "arn:aws:zq0:any-0:000000000000:any/any"
_ANYTHING = ("aq0:Xq7", "mq0:Jq7", "zq0:Kq7")
"""Actions of services that do not exist: who may do these may do whatever there is, but for what is spared by name."""
_HANDING_OUT = (
    ("iam:AttachGroupPolicy", "group"),
    ("iam:AttachRolePolicy", "role"),
    ("iam:AttachUserPolicy", "user"),
    ("iam:CreatePolicyVersion", "policy"),
    ("iam:PutGroupPolicy", "group"),
    ("iam:PutRolePolicy", "role"),
    ("iam:PutUserPolicy", "user"),
)
"""Whoever may do one of these to whatever bears rights can take the rest too."""
_WAY_IN = frozenset({"aws:multifactorauthage", "aws:multifactorauthpresent", "aws:securetransport"})
"""Conditions about how somebody comes, which leave what he may do as wide as it is."""
_BY_AWS = re.compile(r"arn:[^:]+:iam::aws:policy/(.+)")
_PARTITION = re.compile(r"^arn:aws-[^:*?]+:")
_ACCOUNT = re.compile(r"^(arn:[^:]*:[^:]*:[^:]*):\d{12}:")
_OF_AWS: Mapping[str, PolicyDocument] = {
    "AdministratorAccess": {"Statement": _ALL},
    "IAMFullAccess": {"Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}},
    "PowerUserAccess": {
        "Statement": {
            "Effect": "Allow",
            "NotAction": ["iam:*", "organizations:*", "account:*"],
            "Resource": "*",
        }
    },
}
"""What the widest of the policies of AWS's own say; the others are not read."""


@dataclass(frozen=True, slots=True)
class FullRights:
    """Through which policies everything is allowed, () = not everything.

    Not settled where statements ask for `conditions` that may narrow it, or where policies `unread` decide whether
    whoever may do everything else can also hand out rights.
    """

    through: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def held(self) -> bool:
        """Whether everything is allowed for certain."""
        return bool(self.through) and not self.conditions and not self.unread


def full_rights(policies: Collection[UserPolicy]) -> FullRights:
    """What the policies allow together, denials without a condition taken off.

    Allowing everything but a few (NotAction, NotResource) is allowing everything, unless the handing out of rights
    is among the few.
    """
    held = [(_short(one["name"]), list(_statements_of(one))) for one in policies]
    denials = [
        one for _, own in held for one in own if one.get("Effect") == "Deny" and not one.get("Condition")
    ]
    plain = [(name, _allowing(own, asking=False)) for name, own in held]
    asking = [(name, _allowing(own, asking=True)) for name, own in held]
    if _everything(_together(plain), denials):
        return FullRights(_through(plain, denials))
    if _everything(_together(asking), denials):
        through = _through(asking, denials)
        return FullRights(through, conditions=_keys(own for name, own in asking if name in through))
    unread = tuple(sorted(_short(one["name"]) for one in policies if _may_hand_out(one)))
    if unread and _all_else(_together(asking), denials) and _hands_out([_ALL], denials):
        return FullRights(_through(asking, denials), unread=unread)
    return FullRights()


def is_read(policy: UserPolicy) -> bool:
    """Whether it is known what the policy says: of AWS's own, the widest only."""
    by_aws = _BY_AWS.fullmatch(policy["name"])
    return policy["document"] is not None or (by_aws is not None and by_aws[1] in _OF_AWS)


def _through(held: _Held, denials: list[_Statement]) -> tuple[str, ...]:
    """Each policy that allows everything alone, else those that have a part in it."""
    alone = {name for name, own in held if _everything(own, denials)}
    parts = {name for name, own in held if _all_else(own, denials) or _hands_out(own, denials)}
    return tuple(sorted(alone or parts or {name for name, _ in held}))


def _short(name: str) -> str:
    return name.rpartition("/")[2]


def _statements_of(policy: UserPolicy) -> Iterator[_Statement]:
    document = policy["document"]
    if document is None:
        by_aws = _BY_AWS.fullmatch(policy["name"])
        document = _OF_AWS.get(by_aws[1], {}) if by_aws else {}
    for statement in statements(document):
        yield {
            name: _anybodys(held) if name in {"Resource", "NotResource"} else held
            for name, held in statement.items()
        }


def _anybodys(resource: Any) -> list[str]:
    # An identity's rights are of its own account and partition, whatever they are called.
    own = (_PARTITION.sub("arn:aws:", one) for one in values(resource))
    return [_ACCOUNT.sub(r"\1:000000000000:", one) for one in own]


def _may_hand_out(policy: UserPolicy) -> bool:
    return not is_read(policy) and not policy["name"].endswith(("ReadOnlyAccess", "ReadOnly"))


def _allowing(found: Iterable[_Statement], *, asking: bool) -> list[_Statement]:
    return [one for one in found if one.get("Effect") == "Allow" and (asking or not _asks(one))]


def _asks(statement: _Statement) -> list[str]:
    return [demand.written for demand in demands_of(statement) if demand.key not in _WAY_IN]


def _everything(allowing: list[_Statement], denials: list[_Statement]) -> bool:
    return _all_else(allowing, denials) and _hands_out(allowing, denials)


def _hands_out(allowing: list[_Statement], denials: list[_Statement]) -> bool:
    return any(_may(allowing, denials, action, _some(kind)) for action, kind in _HANDING_OUT)


def _all_else(allowing: list[_Statement], denials: list[_Statement]) -> bool:
    return all(_may(allowing, denials, action, _ANYTHING_AT_ALL) for action in _ANYTHING)


def _some(kind: str) -> str:
    return f"arn:aws:iam::000000000000:{kind}/any-0"


def _may(allowing: list[_Statement], denials: list[_Statement], action: str, resource: str) -> bool:
    return any(_takes(one, action, resource) for one in allowing) and not any(
        _takes(one, action, resource) for one in denials
    )


def _takes(statement: _Statement, action: str, resource: str) -> bool:
    return is_about(statement, action) and covers(statement, resource)


def _together(held: _Held) -> list[_Statement]:
    return [statement for _, own in held for statement in own]


def _keys(held: Iterable[list[_Statement]]) -> tuple[str, ...]:
    return tuple(sorted({key for own in held for one in own for key in _asks(one)}))
