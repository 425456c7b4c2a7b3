"""What ends idle sessions: the shell's TMOUT, logind, and the screen lock of graphical sessions."""

from __future__ import annotations

import re

from collectors.hosts.parsers.text import Line, filed, lines, number, pairs, unreadable
from evidence.facts.hosts import GraphicalLogin, SessionManager, TimeoutLine
from evidence.model import Missing

_ASSIGNMENT = re.compile(r"(?:^|[\s;])TMOUT=[\"']?([^\s;\"'#]*)")
_READONLY = re.compile(
    r"(?:^|;)\s*(?:readonly|(?:declare|typeset)\s+-\w*r\w*)\s(?:[^;#]*\s)?TMOUT(?:=|[\s;]|$)"
)
_CONDITION = re.compile(r"^\s|\b(?:if|then|else|case|for|while|function|unset)\b|&&|\|\||\[|\{|\(")
_NEVER = 2**64 - 1
_SECOND = 1_000_000


def shell_timeout(data: bytes) -> list[TimeoutLine]:
    """Every assignment of TMOUT in the start-up files; what is indented or behind a test counts as conditional."""
    found = [line for line in filed(data) if not line.text.lstrip().startswith("#")]
    closed = {line.file for line in found if _READONLY.search(line.text) and not _CONDITION.search(line.text)}
    return [_timeout(line, match[1], closed) for line in found for match in _ASSIGNMENT.finditer(line.text)]


def _timeout(line: Line, value: str, closed: set[str]) -> TimeoutLine:
    return TimeoutLine(
        file=line.file,
        seconds=number(value),
        readonly=line.file in closed,
        conditional=_CONDITION.search(line.text) is not None,
    )


def session_manager(data: bytes) -> SessionManager | Missing:
    """What `busctl get-property` printed: a time in microseconds, a word, a time."""
    found = [line.split(" ", 1) for line in lines(data)]
    if [row[0] for row in found] != ["t", "s", "t"] or any(len(row) != 2 for row in found):
        return unreadable("the answer of logind")
    if not (found[0][1].isascii() and found[0][1].isdecimal() and len(found[0][1]) <= 20):
        return unreadable("the answer of logind")
    stop = int(found[0][1])
    # A part of a second is rounded up: the bound may only look longer than it is.
    seconds = None if stop >= _NEVER or not stop else -(-stop // _SECOND)
    return SessionManager(stop_idle_session_seconds=seconds, idle_action=found[1][1].strip('"'))


def graphical_login(display: bytes, dconf: bytes) -> GraphicalLogin | None:
    """The mandatory screen lock of dconf, or None where no display manager is installed."""
    managers = sorted({line.partition("=")[2] for line in lines(display)} - {""})
    if not managers:
        return None
    found = _used(list(filed(dconf)))
    values = pairs("\n".join(line.text for line in found if "/locks/" not in line.file).encode())
    locks = {line.text.strip().rpartition("/")[2] for line in found if "/locks/" in line.file}
    return GraphicalLogin(
        managers=managers,
        idle_delay=_dconf_number(values.get("idle-delay")),
        lock_enabled={"true": True, "false": False}.get(values.get("lock-enabled", "")),
        lock_delay=_dconf_number(values.get("lock-delay")),
        locked=sorted(locks),
    )


def _used(found: list[Line]) -> list[Line]:
    # A database that the user's profile does not name is not read, nor are its locks.
    texts = [line.text.strip() for line in found if line.file.startswith("/etc/dconf/profile/")]
    names = [f"/etc/dconf/db/{text.partition(':')[2]}.d/" for text in texts if text.startswith("system-db:")]
    return [line for line in found if line.file.startswith(tuple(names))]


def _dconf_number(text: str | None) -> int | None:
    return number(text.removeprefix("uint32").strip()) if text else None
