"""The elements of a policy document as IAM reads them: statements, values, patterns. Pure, no AWS call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evidence.facts.aws import PolicyDocument


def statements(document: PolicyDocument) -> Iterator[Mapping[str, Any]]:
    """Every statement, whether the document holds one or a list."""
    held: Any = document.get("Statement")
    for statement in held if _is_list(held) else [held]:
        if isinstance(statement, Mapping):
            yield statement


def values(held: Any) -> tuple[str, ...]:
    """A policy element as a tuple, whether it holds one value or a list; booleans as AWS writes them."""
    if held is None:
        return ()
    items = held if _is_list(held) else [held]
    return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in items)


def matches(pattern: str, text: str) -> bool:
    """Whether the text fits a pattern of a policy, where * stands for anything and ? for one character."""
    glob = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch(glob, text, re.DOTALL) is not None


def contains(pattern: str, narrower: str) -> bool:
    """Whether whatever fits the second pattern surely fits the first; False where that is not certain."""
    # One character of the first never stands for the many of a * in the second.
    glob = "".join(".*" if c == "*" else "[^*]" if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch(glob, narrower, re.DOTALL) is not None


def everyone(statement: Mapping[str, Any]) -> bool:
    """Whether the statement is about anyone at all, by name of nobody."""
    principal = statement.get("Principal")
    if isinstance(principal, Mapping):
        return "*" in values(principal.get("AWS"))
    return "*" in values(principal)


def is_about(statement: Mapping[str, Any], action: str) -> bool:
    """Whether the statement is about the action; names of actions have no case."""
    if "NotAction" in statement:
        return not _any_matches(statement["NotAction"], action.lower(), lower=True)
    return _any_matches(statement.get("Action"), action.lower(), lower=True)


def covers(statement: Mapping[str, Any], arn: str) -> bool:
    """Whether the statement is about the resource, which it must name."""
    if "NotResource" in statement:
        return not _any_matches(statement["NotResource"], arn)
    return _any_matches(statement.get("Resource"), arn)


def _any_matches(patterns: Any, text: str, *, lower: bool = False) -> bool:
    return any(matches(pattern.lower() if lower else pattern, text) for pattern in values(patterns))


def _is_list(held: Any) -> bool:
    return isinstance(held, Sequence) and not isinstance(held, (str, bytes))
