"""Moments as rows keep them: seconds since 1970, remembered because the units of a run share most of theirs."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from evidence.store.errors import StoreError


@lru_cache(maxsize=4096)
def seconds(moment: str) -> int:
    """A UTC ISO-8601 moment as seconds since 1970; raises StoreError for text without a zone."""
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        raise StoreError(f"{moment!r} is not an ISO-8601 moment") from None
    if parsed.tzinfo is None:
        raise StoreError(f"{moment!r} names no time zone: want UTC with a Z")
    return int(parsed.timestamp())


@lru_cache(maxsize=4096)
def moment(seconds_: int) -> str:
    """Seconds since 1970 as UTC ISO-8601; "" for 0, which stands for never."""
    return datetime.fromtimestamp(seconds_, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds_ else ""
