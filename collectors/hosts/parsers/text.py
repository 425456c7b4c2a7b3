"""What every parser needs: lines of untrusted bytes as text, behind their file's name where they have one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from evidence.model import Missing, Reason

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LONGEST = 65_536


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file, as the script's `lines` gives it."""

    file: str
    text: str


def lines(data: bytes) -> Iterator[str]:
    """The lines of `data` as text without control characters; over-long ones are cut."""
    whole = data.decode("utf-8", "backslashreplace")
    if len(data) <= _LONGEST and not _CONTROL.search(whole):
        # Nearly every section: nothing to cut, nothing to replace.
        yield from (line for line in whole.split("\n") if line.strip())
        return
    for line in data.split(b"\n"):
        text = line[:_LONGEST].decode("utf-8", "backslashreplace")
        if text.strip():
            yield _CONTROL.sub("?", text)


def filed(data: bytes) -> Iterator[Line]:
    """Lines of the form FILE:TEXT; others are passed over."""
    for line in lines(data):
        file, colon, text = line.partition(":")
        if colon and file.startswith("/"):
            yield Line(file, text)


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
