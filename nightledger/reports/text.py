"""Text from a source made harmless and readable: no control character moves, reorders or calculates anything."""

from __future__ import annotations

import re

_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
REPLACEMENT = "\ufffd"
"""What stands where an unprintable character stood, so that two names which differ do not look the same."""


def clean(text: str) -> str:
    """Text with each control, bidirectional or invisible character replaced by U+FFFD."""
    return _UNPRINTABLE.sub(REPLACEMENT, text)


def cell(text: str) -> str:
    """A CSV cell that no spreadsheet runs: one that would start a formula begins with an apostrophe instead."""
    safe = clean(text)
    risky = text[:1] in ("\t", "\r", "\n") or safe.lstrip(f" {REPLACEMENT}").startswith(_FORMULA)
    return f"'{safe}" if risky else safe


def moment(instant: str) -> str:
    """A UTC ISO-8601 instant as people read it: 2026-11-21 02:00 UTC."""
    return f"{instant[:10]} {instant[11:16]} UTC" if len(instant) >= len("2026-11-21T02:00") else instant


def count(number: int, word: str, plural: str = "") -> str:
    """`1 place`, `2 places`, `1,234 places`."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"
