"""What a statement's condition asks of a request, and whether that keeps strangers out. Pure, no AWS call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from checks.policy_elements import values

NARROWING_OPERATORS = frozenset(
    {"stringequals", "stringlike", "arnequals", "arnlike", "stringequalsignorecase"}
)
"""Operators under which a request must carry the key, with one of the values."""
NARROWING_KEYS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "kms:calleraccount",
    }
)
"""Keys that say whose a request is, or through whose resource it comes."""
_OF_THE_RESOURCE = re.compile(r"\$\{aws:Resource(?:Account|OrgID|OrgPaths)\}", re.IGNORECASE)
_PERSON = re.compile(r"A[A-Z]{2}A[A-Z0-9]{5,}(?::.*)?|\d{12}")
"""The unique id of an identity, with whatever its session is called, or an account's for its root user."""


@dataclass(frozen=True, slots=True)
class Demand:
    """One line of a condition: operator and key in lower case, the key also as `written`, and the values."""

    operator: str
    key: str
    written: str
    wanted: tuple[str, ...]


def demands_of(statement: Mapping[str, Any]) -> Iterator[Demand]:
    """Every demand of the statement's condition, all of which a request must pass."""
    condition = statement.get("Condition")
    for operator, tested in condition.items() if isinstance(condition, Mapping) else ():
        for key, wanted in tested.items() if isinstance(tested, Mapping) else ():
            yield Demand(operator.lower(), key.lower(), key, values(wanted))


def narrowed(statement: Mapping[str, Any]) -> bool:
    """Whether some demand lets in only requests of accounts, principals, networks or resources that it names.

    A request may lack the key under ...IfExists and ForAllValues:..., so they narrow nothing.
    """
    return any(
        demand.operator.removeprefix("foranyvalue:") in NARROWING_OPERATORS and ties_down(demand)
        for demand in demands_of(statement)
    )


def ties_down(demand: Demand) -> bool:
    """Whether the demand's values name whose a request must be, rather than a pattern that strangers fit."""
    return (
        demand.key in NARROWING_KEYS
        and bool(demand.wanted)
        and all(_names(demand.key, one) for one in demand.wanted)
    )


def _names(key: str, value: str) -> bool:
    # What a variable stands for is the caller's own word, but for what it says of the resource.
    value = _OF_THE_RESOURCE.sub("1", value)
    if "${" in value:
        return False
    if key.endswith("orgpaths"):
        value = value.partition("/")[0]
    if key == "aws:userid":
        return _PERSON.fullmatch(value) is not None
    # "arn:aws:iam::*:role/x" is a role of that name in anybody's account; a bucket's name belongs to one.
    parts = (value.split(":", 5) + [""] * 6)[:6]
    bucket = parts[2] == "s3" and bool(parts[5]) and not {"*", "?", "/"} & set(parts[5])
    return bucket or parts[4].isdigit() or not {"*", "?"} & set(value)
