"""Any value a source's SDK hands out, as plain JSON that can be evidence: no floats, no bytes, ASCII keys."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

_WIDEST = 2**53
_LONGEST_NAME = 64
_NO_LIST = (str, dict, int, float, type(None), bytes, bytearray, memoryview)


class _Nothing:
    """What a value that cannot be kept becomes, before it is dropped."""


NOTHING = _Nothing()
"""The value of what cannot be kept; compared with `is`."""


def scalar(value: Any) -> Any:
    """One value without structure: times as UTC text with seconds, floats and wide integers as text."""
    match value:
        case None | bool():
            return value
        case int() if abs(value) < _WIDEST:
            return int(value)
        case str():
            return _text(value)
        case date():
            return _instant(value) if isinstance(value, datetime) else value.isoformat()
        case int() | float():
            return repr(value)
        case _:
            return NOTHING


def _instant(value: datetime) -> str:
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    try:
        aware = aware.astimezone(UTC)
    except (OverflowError, ValueError):
        return value.isoformat()
    return aware.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _text(value: str) -> str:
    # A lone surrogate has no UTF-8 form, so it could never be hashed.
    return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode("utf-8")


def printable_name(name: Any) -> str:
    """A field name that is safe in a statistic, "?" for one that may be a payload."""
    # Names come from the answer: a payload used as a name must not travel on as a statistic.
    return name if isinstance(name, str) and len(name) <= _LONGEST_NAME and name.isascii() else "?"


def ascii_key(name: Any) -> str:
    """A field name in ASCII, escaped rather than dropped."""
    # Evidence keys are ASCII; dropping such a key could turn a narrow policy condition into none at all.
    return str(name).encode("ascii", "backslashreplace").decode("ascii")


def is_list(value: Any) -> bool:
    """Whether this is a list of values rather than a text or bytes."""
    # The abstract class is asked last: it is slow, and nearly every value is one of these.
    return isinstance(value, list) or (not isinstance(value, _NO_LIST) and isinstance(value, Sequence))


def decoded(how: str, value: Any) -> Any:
    """The content of a JSON or CSV text; NOTHING where it does not decode, never an empty content."""
    text = _decoded_text(value)
    if text is None:
        return NOTHING
    try:
        return json.loads(text) if how == "json" else list(csv.DictReader(io.StringIO(text), strict=True))
    except (ValueError, RecursionError, csv.Error):
        return NOTHING


def _decoded_text(value: Any) -> str | None:
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "replace")
    return value if isinstance(value, str) else None
