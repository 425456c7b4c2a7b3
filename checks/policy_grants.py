"""Whom a policy's statements grant an action, and which outside accounts a trust policy admits. Pure, no AWS call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from checks.policy_conditions import NARROWING_OPERATORS, Demand, demands_of
from checks.policy_elements import covers, everyone, is_about, statements, values
from evidence.facts.aws import PolicyDocument

_ENTER = "sts:AssumeRole"


def principals_allowed(document: PolicyDocument, action: str) -> frozenset[str]:
    """The principals ("arn:...", an account id, "*") that some statement of a resource's policy allows the action.

    Conditions are passed over: whoever may under some condition, may.
    """
    return frozenset(
        principal
        for statement in statements(document)
        if statement.get("Effect") == "Allow" and is_about(statement, action)
        for principal in _principals(statement)
    )


def allows_on(document: PolicyDocument, action: str, arn: str) -> bool:
    """Whether some statement of an identity's policy allows the action on the resource, conditions passed over."""
    return any(
        statement.get("Effect") == "Allow" and is_about(statement, action) and covers(statement, arn)
        for statement in statements(document)
    )


def denies(document: PolicyDocument, action: str) -> bool:
    """Whether some statement denies the action to somebody, somewhere or under some condition."""
    return any(s.get("Effect") == "Deny" and is_about(s, action) for s in statements(document))


def outside_accounts(document: PolicyDocument, own: str) -> dict[str, bool]:
    """Accounts other than `own` that a trust policy admits, with whether an external id is always asked of them.

    "*" stands for whoever meets conditions that name no account (or meets none at all).
    """
    found: dict[str, bool] = {}
    always = any(_turns_away_without_id(statement) for statement in statements(document))
    for statement in statements(document):
        if statement.get("Effect") != "Allow" or not is_about(statement, _ENTER):
            continue
        asked = always or _asks_external_id(statement)
        for account in _accounts(statement):
            if account not in {"", own}:
                found[account] = found.get(account, True) and asked
    return found


def account_of(principal: str) -> str:
    """The account a principal belongs to, "" where it names none (a service, "*", a deleted principal's id)."""
    if re.fullmatch(r"\d{12}", principal):
        return principal
    parts = principal.split(":")
    return parts[4] if len(parts) > 5 and parts[0] == "arn" and re.fullmatch(r"\d{12}", parts[4]) else ""


def _principals(statement: Mapping[str, Any]) -> Iterator[str]:
    principal = statement.get("Principal")
    if isinstance(principal, Mapping):
        yield from values(principal.get("AWS"))
    elif principal is not None:
        yield from values(principal)
    elif "NotPrincipal" in statement:
        yield "*"


def _accounts(statement: Mapping[str, Any]) -> Iterator[str]:
    for principal in _principals(statement):
        if principal == "*":
            yield from _tied_accounts(statement) or {"*"}
        else:
            yield account_of(principal)


def _tied_accounts(statement: Mapping[str, Any]) -> set[str]:
    for demand in demands_of(statement):
        accounts = {account_of(value) for value in demand.wanted}
        names = demand.operator in NARROWING_OPERATORS and "" not in accounts
        if names and demand.key in {"aws:principalaccount", "aws:principalarn"}:
            return accounts
    return set()


def _asks_external_id(statement: Mapping[str, Any]) -> bool:
    return any(
        demand.operator in {"stringequals", "stringlike"} and _is_external_id(demand)
        for demand in demands_of(statement)
    )


def _turns_away_without_id(statement: Mapping[str, Any]) -> bool:
    # A request without the id meets such a denial too; a second condition would narrow it.
    asked = list(demands_of(statement))
    return (
        statement.get("Effect") == "Deny"
        and everyone(statement)
        and is_about(statement, _ENTER)
        and len(asked) == 1
        and asked[0].operator.removesuffix("ifexists") in {"stringnotequals", "stringnotlike"}
        and _is_external_id(asked[0])
    )


def _is_external_id(demand: Demand) -> bool:
    named = all(value and not {"*", "?"} & set(value) and "${" not in value for value in demand.wanted)
    return demand.key == "sts:externalid" and bool(demand.wanted) and named
