"""Resources that the organisation names in its policy, by patterns as a shell has them."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from evidence.model import Resource


def named(resource: Resource, patterns: Iterable[str]) -> bool:
    """Whether a pattern matches the resource's whole name; case counts."""
    return any(fnmatchcase(resource.name, pattern) for pattern in patterns)
