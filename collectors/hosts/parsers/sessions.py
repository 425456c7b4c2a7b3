"""What ends idle sessions: the shell's TMOUT, logind, and the screen lock of graphical sessions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.hosts.parsers.text import Line, filed, lines, number, pairs, unreadable
from evidence.facts.hosts import GraphicalLogin, SessionManager, TimeoutLine
from evidence.model import Missing

_ASSIGNMENT = re.compile(r"(?:^|[\s;])TMOUT=[\"']?([^\s;\"'#]*)")
_READONLY = re.compile(
    r"(?:^|;)\s*(?:readonly|(?:declare|typeset)\s+-\w*r\w*)\s(?:[^;#]*\s)?TMOUT(?:=|[\s;]|$)"
)
_MAYBE_READONLY = re.compile(r"\breadonly\b|\b(?:declare|typeset)\s+-\w*r")
_UNSET = re.compile(r"(?:^|;)\s*unset\s+(?:-v\s+)?(?:\w+\s+)*?TMOUT\b")
_CONDITION = re.compile(r"^\s|\blocal\b|&&|\|\||\[|\{|\(")
_OPENS = re.compile(
    r"(?:^|[;&|({]|\b(?:then|do|else))\s*(?:if|case|for|while|until|select)\b|(?:^|[\s)])\{(?=\s|$)"
)
_CLOSES = re.compile(r"(?:^|[;&|]|\b(?:then|do|else))\s*(?:fi|esac|done)\b|(?:^|;)\s*\}(?=[\s;]|$)")
_LEAVES = re.compile(r"(?:^|[\s;&|])(?:return|exit)\b")
_PROFILE, _DIRECTORY, _ENVIRONMENT = "/etc/profile", "/etc/profile.d/", "/etc/environment"
_KEPT = -1
_NEVER = 2**64 - 1
_SECOND = 1_000_000


def shell_timeout(data: bytes) -> list[TimeoutLine]:
    """Every statement about TMOUT in the start-up files, those of login shells in the order in which they run.

    Conditional is what need not run in every shell. One that only makes TMOUT read-only leaves it the value it had.
    """
    files: dict[str, list[str]] = {}
    for line in filed(data):
        if not line.text.lstrip().startswith("#"):
            files.setdefault(line.file, []).append(line.text)
    profile = files.pop(_PROFILE, [])
    at = _speaks_of_directory(profile)
    parts = sorted(file for file in files if file.startswith(_DIRECTORY))
    others = [file for file in files if not file.startswith(_DIRECTORY)]
    main = list(_statements(_PROFILE, profile, read=True))
    found = [one for index, one in main if at is None or index <= at]
    for file in parts:
        found.extend(one for _, one in _statements(file, files[file], read=at is not None))
    found.extend(one for index, one in main if at is not None and index > at)
    elsewhere = [one for file in others for _, one in _statements(file, files[file], read=True)]
    return _valued(found, given=any(one["file"] == _ENVIRONMENT for one in elsewhere)) + _valued(elsewhere)


def _speaks_of_directory(texts: list[str]) -> int | None:
    """Where /etc/profile comes to speak of the directory beside it, whose files nothing else reads."""
    at = next((index for index, text in enumerate(texts) if "profile.d" in text), None)
    return None if at is None or any(_LEAVES.search(text) for text in texts[:at]) else at


def _statements(file: str, texts: list[str], *, read: bool) -> Iterator[tuple[int, TimeoutLine]]:
    """Each statement behind the number of its line; `seconds` -1 stands for the value that is there already."""
    always = set(_always(texts)) if read else set()
    for index, text in enumerate(texts):
        marks = [(match.start(), number(match[1])) for match in _ASSIGNMENT.finditer(text)]
        marks += [(match.start(), 0) for match in _UNSET.finditer(text)]
        # Behind a condition it is enough that it may become so.
        readonly = (_READONLY if index in always else _MAYBE_READONLY).search(text) is not None
        values = [seconds for _, seconds in sorted(marks, key=lambda mark: mark[0])] or [_KEPT] * readonly
        for last, seconds in zip(range(len(values) - 1, -1, -1), values, strict=True):
            yield (
                index,
                TimeoutLine(
                    file=file,
                    seconds=seconds,
                    readonly=readonly and not last,
                    conditional=index not in always,
                ),
            )


def _valued(found: list[TimeoutLine], *, given: bool = False) -> list[TimeoutLine]:
    value, unsure = 0, given
    told: list[TimeoutLine] = []
    for one in found:
        if one["seconds"] == _KEPT:
            told.append({**one, "seconds": value, "conditional": one["conditional"] or unsure})
            continue
        told.append(one)
        value, unsure = one["seconds"] or 0, one["conditional"] or one["seconds"] is None
    return told


def _always(texts: list[str]) -> list[int]:
    """The lines that stand in no block and behind no early end; none at all where the blocks do not add up."""
    depth, found, left = 0, [], False
    for index, text in enumerate(texts):
        opens, closes = len(_OPENS.findall(text)), len(_CLOSES.findall(text))
        if depth == opens == closes == 0 and not left and not _CONDITION.search(text):
            found.append(index)
        depth += opens - closes
        left = left or _LEAVES.search(text) is not None
        if depth < 0:
            return []
    return found if depth == 0 else []


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
    found = _used(filed(dconf))
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
