"""Policies of resources, evaluated: whom they let in, and whether they turn away plain HTTP. Pure, no AWS call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from checks.policy_conditions import narrowed
from checks.policy_elements import everyone, is_about, matches, statements, values
from evidence.facts.aws import PolicyDocument


def denies_plain_http(document: PolicyDocument, bucket_arn: str) -> bool:
    """Whether every S3 request to the bucket and to any object in it is denied when it comes without TLS."""
    guards = [s for s in statements(document) if _denies_everyone_without_tls(s)]
    return any(_covers(s, bucket_arn) for s in guards) and any(
        _covers_all_below(s, bucket_arn) for s in guards
    )


def denies_without_tls(document: PolicyDocument, arn: str, actions: Sequence[str]) -> bool:
    """Whether each of these actions on this resource is denied to everyone who comes without TLS."""
    guards = [s for s in statements(document) if _denies_all_without_tls(s) and _hangs_on(s, arn)]
    return all(any(is_about(s, action) for s in guards) for action in actions)


def open_statements(document: PolicyDocument) -> Iterator[Mapping[str, Any]]:
    """The statements that allow anyone at all, with no condition that ties them to an account or network.

    Allowing everyone but a few (NotPrincipal) is allowing everyone. Some may ask for an address, which says nothing
    of who has it.
    """
    return (statement for statement in for_anyone(document) if not narrowed(statement))


def for_anyone(document: PolicyDocument) -> Iterator[Mapping[str, Any]]:
    """The statements that allow whoever meets their conditions, by name of nobody."""
    for statement in statements(document):
        if statement.get("Effect") == "Allow" and (everyone(statement) or "NotPrincipal" in statement):
            yield statement


def admits_people(document: PolicyDocument) -> bool:
    """Whether a trust policy admits more than AWS services: accounts, users, roles or an identity provider."""
    return any(s.get("Effect") == "Allow" and _principal_kinds(s) - {"Service"} for s in statements(document))


def _denies_everyone_without_tls(statement: Mapping[str, Any]) -> bool:
    actions = {action.lower() for action in values(statement.get("Action"))}
    return _denies_all_without_tls(statement) and bool({"*", "s3:*"} & actions)


def _denies_all_without_tls(statement: Mapping[str, Any]) -> bool:
    return (
        statement.get("Effect") == "Deny"
        and everyone(statement)
        and _only_condition_is_no_tls(statement.get("Condition"))
    )


def _hangs_on(statement: Mapping[str, Any], arn: str) -> bool:
    # A policy that hangs on one resource may leave out which one it speaks of.
    if "Resource" not in statement:
        return "NotResource" not in statement
    return _covers(statement, arn)


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
