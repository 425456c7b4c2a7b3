"""What every parser needs: lines of untrusted bytes as text, behind their file's name where they have one."""

from __future__ import annotations

import re
from typing import NamedTuple

from evidence.model import Missing, Reason

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LONGEST = 65_536


class Line(NamedTuple):
    """One line of a file, as the script's `lines` gives it; a tuple, because every host has hundreds."""

    file: str
    text: str


def lines(data: bytes) -> list[str]:
    """The lines of `data` as text without control characters; over-long ones are cut."""
    whole = data.decode("utf-8", "backslashreplace")
    if len(data) <= _LONGEST and not _CONTROL.search(whole):
        # Nearly every section: nothing to cut, nothing to replace.
        return [line for line in whole.split("\n") if line.strip()]
    texts = (line[:_LONGEST].decode("utf-8", "backslashreplace") for line in data.split(b"\n"))
    return [_CONTROL.sub("?", text) for text in texts if text.strip()]


def filed(data: bytes) -> list[Line]:
    """Lines of the form FILE:TEXT; others are passed over."""
    split = (line.partition(":") for line in lines(data))
    return [Line(file, text) for file, colon, text in split if colon and file.startswith("/")]


def pairs(data: bytes) -> dict[str, str]:
    """Lines of the form NAME=VALUE, quotes removed; the first of a name counts."""
    found: dict[str, str] = {}
    for line in lines(data):
        name, equals, value = line.partition("=")
        if equals:
            found.setdefault(name.strip(), value.strip().strip("\"'"))
    return found


def number(text: str) -> int | None:
    """A decimal number below 2**53, or None."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 16):
        return None
    value = int(text)
    return value if value < 2**53 else None


def unreadable(what: str) -> Missing:
    """The answer for text that is not what its command prints: never an empty fact."""
    return Missing(Reason.ERROR, detail=f"{what} is not in the form expected")
