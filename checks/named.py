"""Resources that the organisation names in its policy, by patterns as a shell has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

from checks.check import Verdict, not_applicable
from evidence.model import Resource


def named(resource: Resource, patterns: Iterable[str]) -> bool:
    """Whether a pattern matches the resource's whole name; case counts."""
    return any(fnmatchcase(resource.name, pattern) for pattern in patterns)


def unless_required(otherwise: str) -> Callable[..., Verdict | None]:
    """What a check answers first: not applicable, for the reason given, to whatever `required` does not name."""

    def first(resource: Resource, *, required: tuple[str, ...] = ()) -> Verdict | None:
        return None if named(resource, required) else not_applicable(otherwise)

    return first
