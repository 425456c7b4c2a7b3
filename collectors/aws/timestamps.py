"""A timestamp parser some twenty times faster than the SDK's for the shape nearly every answer uses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

_LEAST = len("2026-01-02T03:04:05Z")


def fast(slow: Callable[[Any], datetime]) -> Callable[[Any], datetime]:
    """A parser for zoned ISO-8601 text that hands every other shape to `slow`."""

    def parse(value: Any) -> datetime:
        if isinstance(value, str) and len(value) >= _LEAST and value[10] == "T" and value[-1] == "Z":
            try:
                return datetime.fromisoformat(value)
            except ValueError:
                return slow(value)
        return slow(value)

    return parse
