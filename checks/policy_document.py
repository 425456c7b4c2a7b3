"""IAM policy documents, evaluated: what a statement covers, not which words it contains. Pure, no AWS call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evidence.facts.aws import PolicyDocument

NARROWING_OPERATORS = frozenset(
    {"stringequals", "stringlike", "arnequals", "arnlike", "stringequalsignorecase"}
)
"""Operators under which a request must carry the key, with one of the values."""
_NARROWING_KEYS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "kms:calleraccount",
    }
)


_HANDS_OUT_RIGHTS = "iam:attachrolepolicy"
_SOME_ROLE = "arn:aws:iam::000000000000:role/some"


def statements(document: PolicyDocument) -> Iterator[Mapping[str, Any]]:
    """Every statement, whether the document holds one or a list."""
    held: Any = document.get("Statement")
    for statement in held if _is_list(held) else [held]:
        if isinstance(statement, Mapping):
            yield statement


def denies_plain_http(document: PolicyDocument, bucket_arn: str) -> bool:
    """Whether every S3 request to the bucket and to any object in it is denied when it comes without TLS."""
    guards = [s for s in statements(document) if _denies_everyone_without_tls(s)]
    return any(_covers(s, bucket_arn) for s in guards) and any(
        _covers_all_below(s, bucket_arn) for s in guards
    )


def denies_without_tls(document: PolicyDocument, arn: str, actions: Sequence[str]) -> bool:
    """Whether each of these actions on this resource is denied to everyone who comes without TLS."""
    guards = [s for s in statements(document) if _denies_all_without_tls(s) and _is_about(s, arn)]
    return all(any(_names(s, action) for s in guards) for action in actions)


def grants_everything(document: PolicyDocument) -> bool:
    """Whether some statement allows every action on every resource under no condition.

    Allowing everything but a few (NotAction, NotResource) is allowing everything, unless the handing out of rights
    is among the few: whoever may do that can take the rest too.
    """
    return any(
        s.get("Effect") == "Allow"
        and not s.get("Condition")
        and _any_but_few(s, "Action", _HANDS_OUT_RIGHTS)
        and _any_but_few(s, "Resource", _SOME_ROLE)
        for s in statements(document)
    )


def open_to_everyone(document: PolicyDocument) -> bool:
    """Whether some statement allows anyone at all, with no condition that ties them to an account or network.

    Allowing everyone but a few (NotPrincipal) is allowing everyone.
    """
    return any(True for _ in open_statements(document))


def open_statements(document: PolicyDocument) -> Iterator[Mapping[str, Any]]:
    """The statements that allow anyone at all; some may ask for an address, which says nothing of who has it."""
    for statement in statements(document):
        if (
            statement.get("Effect") == "Allow"
            and (_everyone(statement) or "NotPrincipal" in statement)
            and not _narrowed(statement)
        ):
            yield statement


def admits_people(document: PolicyDocument) -> bool:
    """Whether a trust policy admits more than AWS services: accounts, users, roles or an identity provider."""
    return any(s.get("Effect") == "Allow" and _principal_kinds(s) - {"Service"} for s in statements(document))


def values(held: Any) -> tuple[str, ...]:
    """A policy element as a tuple, whether it holds one value or a list; booleans as AWS writes them."""
    if held is None:
        return ()
    items = held if _is_list(held) else [held]
    return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in items)


def _denies_everyone_without_tls(statement: Mapping[str, Any]) -> bool:
    actions = {action.lower() for action in values(statement.get("Action"))}
    return _denies_all_without_tls(statement) and bool({"*", "s3:*"} & actions)


def _denies_all_without_tls(statement: Mapping[str, Any]) -> bool:
    return (
        statement.get("Effect") == "Deny"
        and _everyone(statement)
        and _only_condition_is_no_tls(statement.get("Condition"))
    )


def _is_about(statement: Mapping[str, Any], arn: str) -> bool:
    # A policy that hangs on one resource may leave out which one it speaks of.
    if "Resource" not in statement:
        return "NotResource" not in statement
    return _covers(statement, arn)


def _names(statement: Mapping[str, Any], action: str) -> bool:
    return any(matches(held.lower(), action.lower()) for held in values(statement.get("Action")))


def _only_condition_is_no_tls(condition: Any) -> bool:
    # A second condition would narrow the denial, so anything but this one alone does not count.
    if not isinstance(condition, Mapping) or len(condition) != 1:
        return False
    operator, tested = next(iter(condition.items()))
    if (
        operator.lower() not in {"bool", "boolifexists"}
        or not isinstance(tested, Mapping)
        or len(tested) != 1
    ):
        return False
    key, wanted = next(iter(tested.items()))
    return key.lower() == "aws:securetransport" and [v.lower() for v in values(wanted)] == ["false"]


def _everyone(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    if isinstance(principal, Mapping):
        return "*" in values(principal.get("AWS"))
    return "*" in values(principal)


def _narrowed(statement: Mapping[str, Any]) -> bool:
    condition = statement.get("Condition")
    if not isinstance(condition, Mapping):
        return False
    return any(
        operator.lower().removeprefix("foranyvalue:") in NARROWING_OPERATORS
        and key.lower() in _NARROWING_KEYS
        and bool(values(wanted))
        and all(_ties_down(value) for value in values(wanted))
        for operator, tested in condition.items()
        if isinstance(tested, Mapping)
        for key, wanted in tested.items()
    )


def _ties_down(value: str) -> bool:
    # "arn:aws:iam::*:role/x" is a role of that name in anybody's account.
    account = (value.split(":") + [""] * 5)[4]
    return account.isdigit() or not {"*", "?"} & set(value)


def _principal_kinds(statement: Mapping[str, Any]) -> set[str]:
    principal = statement.get("Principal")
    if isinstance(principal, Mapping):
        return set(principal)
    # NotPrincipal and "*" both admit whoever they do not name.
    return {"AWS"}


def _covers(statement: Mapping[str, Any], arn: str) -> bool:
    return any(matches(pattern, arn) for pattern in values(statement.get("Resource")))


def _covers_all_below(statement: Mapping[str, Any], bucket_arn: str) -> bool:
    # A pattern that ends in * and matches "bucket/" also matches whatever comes after it.
    patterns = values(statement.get("Resource"))
    return any(pattern.endswith("*") and matches(pattern, f"{bucket_arn}/") for pattern in patterns)


def matches(pattern: str, text: str) -> bool:
    """Whether the text fits a pattern of a policy, where * stands for anything and ? for one character."""
    glob = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch(glob, text, re.DOTALL) is not None


def _any_but_few(statement: Mapping[str, Any], element: str, telling: str) -> bool:
    spared = values(statement.get(f"Not{element}"))
    if spared:
        return not any(matches(pattern.lower(), telling) for pattern in spared)
    return bool({"*", "*:*"} & set(values(statement.get(element))))


def _is_list(held: Any) -> bool:
    return isinstance(held, Sequence) and not isinstance(held, (str, bytes))
