"""Text that is safe to show: nothing from a source may move a terminal's cursor or become a formula in a sheet."""

from __future__ import annotations

import re

_SPACE = re.compile(r"[\t\r\n\x0b\x0c]+")
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def shown(value: object) -> str:
    """One line of text for a terminal: what cannot be printed or hides shows as U+FFFD."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(shown(item) for item in value)
        case _:
            return _UNPRINTABLE.sub("\ufffd", _SPACE.sub(" ", str(value))).strip()


def cell(value: object) -> str:
    """A CSV cell: a leading = + - @ or tab is prefixed with an apostrophe, so that no sheet runs it."""
    raw = value if isinstance(value, str) else shown(value)
    text = shown(raw)
    return f"'{text}" if raw.startswith(_FORMULA) or text.startswith(_FORMULA) else text


def count(number: int, word: str) -> str:
    """`1 resource`, `2 resources`, `1,234 resources`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"
