"""Whom a policy's statements grant an action, and which outside accounts a trust policy admits. Pure, no AWS call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from checks.policy_document import NARROWING_OPERATORS, grants_everything, matches, statements, values
from evidence.facts.aws import PolicyDocument, UserPolicy


def principals_allowed(document: PolicyDocument, action: str) -> frozenset[str]:
    """The principals ("arn:...", an account id, "*") that some statement of a resource's policy allows the action.

    Conditions are passed over: whoever may under some condition, may.
    """
    return frozenset(
        principal
        for statement in statements(document)
        if statement.get("Effect") == "Allow" and _is_about(statement, action)
        for principal in _principals(statement)
    )


def allows_on(document: PolicyDocument, action: str, arn: str) -> bool:
    """Whether some statement of an identity's policy allows the action on the resource, conditions passed over."""
    return any(
        statement.get("Effect") == "Allow" and _is_about(statement, action) and _covers(statement, arn)
        for statement in statements(document)
    )


def allows_everything(policy: UserPolicy) -> bool:
    """Whether an identity's policy allows every action on everything; of AWS's own only the administrator's does."""
    if policy["document"] is None:
        return policy["name"].endswith(":aws:policy/AdministratorAccess")
    return grants_everything(policy["document"])


def denies(document: PolicyDocument, action: str) -> bool:
    """Whether some statement denies the action to somebody, somewhere or under some condition."""
    return any(s.get("Effect") == "Deny" and _is_about(s, action) for s in statements(document))


def outside_accounts(document: PolicyDocument, own: str) -> dict[str, bool]:
    """Accounts other than `own` that a trust policy admits, with whether an external id is always asked of them.

    "*" stands for whoever meets conditions that name no account (or meets none at all).
    """
    found: dict[str, bool] = {}
    for statement in statements(document):
        if statement.get("Effect") != "Allow":
            continue
        asked = _asks_external_id(statement)
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
    condition = statement.get("Condition")
    for operator, tested in condition.items() if isinstance(condition, Mapping) else ():
        if operator.lower() not in NARROWING_OPERATORS or not isinstance(tested, Mapping):
            continue
        for key, wanted in tested.items():
            accounts = {account_of(value) for value in values(wanted)}
            if key.lower() in {"aws:principalaccount", "aws:principalarn"} and "" not in accounts:
                return accounts
    return set()


def _is_about(statement: Mapping[str, Any], action: str) -> bool:
    if "NotAction" in statement:
        return not _any_matches(statement["NotAction"], action.lower(), lower=True)
    return _any_matches(statement.get("Action"), action.lower(), lower=True)


def _covers(statement: Mapping[str, Any], arn: str) -> bool:
    if "NotResource" in statement:
        return not _any_matches(statement["NotResource"], arn)
    return _any_matches(statement.get("Resource"), arn)


def _any_matches(patterns: Any, text: str, *, lower: bool = False) -> bool:
    return any(matches(pattern.lower() if lower else pattern, text) for pattern in values(patterns))


def _asks_external_id(statement: Mapping[str, Any]) -> bool:
    condition = statement.get("Condition")
    if not isinstance(condition, Mapping):
        return False
    return any(
        operator.lower() == "stringequals" and key.lower() == "sts:externalid" and bool(values(wanted))
        for operator, tested in condition.items()
        if isinstance(tested, Mapping)
        for key, wanted in tested.items()
    )
