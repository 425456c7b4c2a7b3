"""Names that say of a setting that its value is a secret, whatever keeps it."""

from __future__ import annotations

import re
from collections.abc import Iterable

_TELLING = re.compile(
    r"passw(or)?d|secret|token|api[-_]?key|private[-_]?key|credential|connection[-_]?string", re.IGNORECASE
)
_POINTING = re.compile(r"(arn|name|id|path|file|url|uri|ttl|expiry|expiration|length|region)$", re.IGNORECASE)


def speaks_of_a_secret(name: str) -> bool:
    """Whether the name holds a word for a secret."""
    return _TELLING.search(name) is not None


def named_like_secrets(names: Iterable[str]) -> list[str]:
    """Those that speak of a secret and not of where one is kept (DB_PASSWORD, but not DB_PASSWORD_FILE)."""
    return sorted(name for name in names if speaks_of_a_secret(name) and not _POINTING.search(name))
