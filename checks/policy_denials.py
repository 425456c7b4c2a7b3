"""What a policy leaves open to anyone at all once its denials are counted. Pure, no AWS call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from checks.policy_conditions import NARROWING_KEYS, NARROWING_OPERATORS, Demand, demands_of, ties_down
from checks.policy_document import open_statements
from checks.policy_elements import contains, everyone, matches, statements, values
from checks.policy_grants import account_of
from evidence.facts.aws import PolicyDocument

_SPARING = frozenset(
    {"stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotequals", "arnnotlike"}
)
"""Operators under which a denial spares requests whose key has one of the values, and no request without the key."""
_AS_THE_CALLER_LIKES = frozenset(
    {
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:referer",
        "aws:securetransport",
        "aws:useragent",
        "s3:signatureversion",
        "s3:tlsversion",
        "s3:x-amz-acl",
        "s3:x-amz-server-side-encryption",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    }
)
"""Keys that a stranger can give the value that escapes the denial."""


class _Sure(IntEnum):
    NO = 0
    PERHAPS = 1
    YES = 2


Spares = Callable[[Demand], bool]
"""Whether a demand of a denial spares only places that the check counts as known, so that it keeps strangers out."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What is left for anyone at all: `open`, or in `doubt` by denials that were not decided, or `closed` by denials.

    All three are empty where no statement allows anyone at all.
    """

    open: bool
    doubt: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


def opening(
    document: PolicyDocument,
    allowed: Iterable[Mapping[str, Any]] | None = None,
    *,
    spares: Spares = lambda _: False,
) -> Opening:
    """What the policy's denials leave of its open statements, or of those given."""
    denials = [one for one in statements(document) if one.get("Effect") == "Deny"]
    doubt, closed = set(), set()
    for statement in open_statements(document) if allowed is None else allowed:
        for part in _parts(statement):
            met = [(min(_takes(one, part), _reaches(one, spares)), one) for one in denials]
            sure = [_said(one) for how, one in met if how is _Sure.YES]
            unsure = [_named(one) for how, one in met if how is _Sure.PERHAPS]
            if not sure and not unsure:
                return Opening(open=True)
            closed.update(sorted(sure)[:1])
            doubt.update([] if sure else unsure)
    return Opening(open=False, doubt=tuple(sorted(doubt)), closed=tuple(sorted(closed)))


def _parts(statement: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Each action with each resource that the statement allows; None = it names no resource."""
    actions = ("*",) if "NotAction" in statement else values(statement.get("Action"))
    resources: tuple[str | None, ...] = (None,)
    if "Resource" in statement or "NotResource" in statement:
        resources = ("*",) if "NotResource" in statement else values(statement.get("Resource"))
    for action in actions:
        yield from ((action.lower(), resource) for resource in resources)


def _takes(denial: Mapping[str, Any], part: tuple[str, str | None]) -> _Sure:
    """Whether the denial is about all of what is allowed."""
    return min(_takes_action(denial, part[0]), _takes_resource(denial, part[1]))


def _takes_action(denial: Mapping[str, Any], action: str) -> _Sure:
    if "NotAction" in denial:
        spared = [one.lower() for one in values(denial["NotAction"])]
        if any(matches(one, action) or matches(action, one) for one in spared):
            return _Sure.NO
        return _Sure.PERHAPS if any("*" in one or "?" in one for one in (*spared, action)) else _Sure.YES
    patterns = [one.lower() for one in values(denial.get("Action"))]
    if any(contains(one, action) for one in patterns):
        return _Sure.YES
    # All actions of one service are all there are for a resource of that service.
    whole = action in {"*", "*:*"} and any(one.endswith(":*") for one in patterns)
    return _Sure.PERHAPS if whole else _Sure.NO


def _takes_resource(denial: Mapping[str, Any], resource: str | None) -> _Sure:
    if "NotResource" in denial:
        return _Sure.PERHAPS
    if "Resource" not in denial:
        return _Sure.YES
    patterns = values(denial["Resource"])
    if "*" in patterns:
        return _Sure.YES
    # "*" and no resource at all stand for the one that the policy hangs on, which the denial may name.
    if resource is None or resource == "*":
        return _Sure.PERHAPS
    if any(contains(one, resource) for one in patterns):
        return _Sure.YES
    # A bucket and what is in it are two resources, of which an action knows one.
    beside = any(("/" in one) != ("/" in resource) for one in patterns)
    return _Sure.PERHAPS if beside else _Sure.NO


def _reaches(denial: Mapping[str, Any], spares: Spares) -> _Sure:
    """Whether the denial meets every request of a stranger; NO where some stranger surely escapes it."""
    told = [_meets(demand, spares) for demand in demands_of(denial)]
    return min([_meets_principal(denial), *told])


def _meets_principal(denial: Mapping[str, Any]) -> _Sure:
    if everyone(denial):
        return _Sure.YES
    spared = denial.get("NotPrincipal")
    if not isinstance(spared, Mapping):
        return _Sure.NO if "Principal" in denial else _Sure.PERHAPS
    if "*" in values(spared.get("AWS")):
        return _Sure.NO
    # A service that is spared may be sent by anybody.
    named = set(spared) == {"AWS"} and all(account_of(one) for one in values(spared["AWS"]))
    return _Sure.YES if named else _Sure.PERHAPS


def _meets(demand: Demand, spares: Spares) -> _Sure:
    operator = demand.operator.removeprefix("forallvalues:").removesuffix("ifexists")
    if demand.key in _AS_THE_CALLER_LIKES:
        return _Sure.NO
    if operator in _SPARING and ties_down(demand):
        # Of a key with many values the other ways of asking leave open what one stranger's among them do.
        many = demand.key.endswith("orgpaths") and not demand.operator.startswith("forallvalues:")
        return _Sure.PERHAPS if many else _Sure.YES
    if operator == "notipaddress" and demand.key == "aws:sourceip":
        return _Sure.YES if spares(demand) else _Sure.NO
    # Who denies only some strangers, by name or by whether they are in any organisation, spares the others.
    names_some = operator in NARROWING_OPERATORS and ties_down(demand)
    return _Sure.NO if names_some or (operator == "null" and demand.key in NARROWING_KEYS) else _Sure.PERHAPS


def _said(denial: Mapping[str, Any]) -> str:
    told = [f"{demand.written} is not {' or '.join(demand.wanted)}" for demand in demands_of(denial)]
    spared = denial.get("NotPrincipal")
    but = f" but {', '.join(values(spared.get('AWS')))}" if isinstance(spared, Mapping) else ""
    whose = f" whose {' and whose '.join(told)}" if told else ""
    return f"everyone{but}{whose}"


def _named(denial: Mapping[str, Any]) -> str:
    if isinstance(denial.get("Sid"), str) and denial["Sid"]:
        return str(denial["Sid"])
    keys = sorted({demand.written for demand in demands_of(denial)})
    return f"one that asks for {', '.join(keys)}" if keys else "one without a name"
