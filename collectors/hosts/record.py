"""The facts record: counted frames in, sections out. The bytes come from another machine and are not trusted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from evidence.model import Missing, NightledgerError, Reason


class State(StrEnum):
    """What became of one section, as the script on the host saw it; INCOMPLETE is our own word for silence."""

    OK = "ok"
    ABSENT = "absent"
    NO_PRIVILEGE = "no_privilege"
    TOOL_ABSENT = "tool_absent"
    TIMEOUT = "timeout"
    TRUNCATED = "truncated"
    ERROR = "error"
    INCOMPLETE = "incomplete"


class NotARecord(NightledgerError):
    """The host answered with something that does not begin like a facts record."""


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its state, the probe's exit status and output, and what it needs when it was refused."""

    name: str
    state: State
    status: int = 0
    need: str = ""
    stdout: bytes = b""
    stderr: bytes = b""


@dataclass(frozen=True, slots=True)
class Record:
    """All sections that closed; `complete` only if the script itself said that it ended.

    `uid` and `user` are who it ran as on the host; `asked_at` and `read_at` are the collector's time before and after,
    in seconds since 1970.
    """

    sections: Mapping[str, Section]
    uid: int
    user: str
    complete: bool
    fingerprint: str = ""
    asked_at: int = 0
    read_at: int = 0
    warnings: tuple[str, ...] = ()

    def section(self, name: str) -> Section:
        """The section, or one in the state INCOMPLETE where the record has none."""
        return self.sections.get(name) or Section(name, State.INCOMPLETE)

    def read(self, name: str) -> bytes | Missing:
        """What the section holds; b"" where the host has no such file; Missing where nobody could look."""
        section = self.section(name)
        match section.state:
            case State.OK | State.ABSENT:
                return section.stdout
            case State.NO_PRIVILEGE:
                return self._refused(section)
            case State.TOOL_ABSENT:
                return Missing(Reason.NOT_AVAILABLE, section.need, f"{section.need} is not on the host")
            case _:
                return _failed(section)

    def _refused(self, section: Section) -> Missing:
        # A path is a command line for sudo; anything else (read access) stays in its own words.
        if not section.need.startswith("/"):
            return Missing(Reason.DENIED, section.need, shown(section.stderr))
        rule = f"{self.user} ALL=(root) NOPASSWD: {section.need}"
        return Missing(Reason.DENIED, rule, shown(section.stderr) or _ALLOW)


_ALLOW = "with `sudo: true` in the settings of the host, or as root"
_START = re.compile(rb"^nightledger-facts 1 ([0-9a-f]{1,64}) ([0-9]{1,10}) (\S{1,64})\n", re.MULTILINE)
_OUTPUT = re.compile(rb"@([0-9a-f]{1,64}) O ([a-z0-9_]{1,40}) (yes|no) ([0-9]{1,9})\n")
_REPORT = re.compile(
    rb"@([0-9a-f]{1,64}) R ([a-z0-9_]{1,40}) ([a-z_]{1,20}) ([0-9]{1,5}) ([0-9]{1,9}) ([0-9]{1,9})\n"
)
_END = re.compile(rb"@([0-9a-f]{1,64}) Z (complete|timeout)\n")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_REPORTED = frozenset(State) - {State.INCOMPLETE}


def parse(data: bytes, nonce: str) -> Record:
    """The record inside `data`, which may begin with a login banner; raises NotARecord when there is none.

    Only frames that carry `nonce` count, so text on the host cannot pass for a frame.
    """
    for start in _START.finditer(data):
        if start[1] == nonce.encode():
            return _Reader(data, start.end(), nonce.encode()).record(int(start[2]), shown(start[3]))
    raise NotARecord("the host did not answer with a facts record", hint="can its user run /bin/sh?")


class _Reader:
    """A position in the bytes; every step either consumes a whole frame or ends the reading."""

    def __init__(self, data: bytes, at: int, nonce: bytes) -> None:
        self._data, self._at, self._nonce = data, at, nonce
        self._outputs: dict[str, tuple[bytes, bool]] = {}
        self._sections: dict[str, Section] = {}
        self._warnings: list[str] = []

    def record(self, uid: int, user: str) -> Record:
        while self._section():
            pass
        end = self._header(_END)
        if end is None:
            self._warnings.append("the record has no end")
        complete = end is not None and end[2] == b"complete"
        return Record(self._sections, uid, user, complete, warnings=tuple(self._warnings))

    def _header(self, form: re.Pattern[bytes]) -> re.Match[bytes] | None:
        match = form.match(self._data, self._at)
        if match is None or match[1] != self._nonce:
            return None
        self._at = match.end()
        return match

    def _body(self, size: int) -> bytes | None:
        end = self._at + size
        if self._data[end : end + 1] != b"\n":
            return None
        body, self._at = self._data[self._at : end], end + 1
        return body

    def _section(self) -> bool:
        """Read what a section said, if anything, and the report that closes it; False when there is no report."""
        self._output()
        return self._report()

    def _output(self) -> None:
        header = self._header(_OUTPUT)
        body = self._body(int(header[4])) if header else None
        if header is not None and body is not None:
            self._outputs[header[2].decode()] = (body, header[3] == b"yes")

    def _report(self) -> bool:
        header = self._header(_REPORT)
        if header is None:
            return False
        need, stderr = self._body(int(header[5])), self._body(int(header[6]))
        state = header[3].decode()
        if need is None or stderr is None or state not in _REPORTED:
            return False
        name = header[2].decode()
        stdout, truncated = self._outputs.get(name, (b"", False))
        section = Section(name, State(state), int(header[4]), shown(need), stdout, stderr)
        self._close(replace(section, state=State.TRUNCATED) if truncated and state == State.OK else section)
        return True

    def _close(self, section: Section) -> None:
        if section.name in self._sections:
            self._warnings.append(f"section {section.name} came twice")
            section = Section(section.name, State.ERROR)
        self._sections[section.name] = section


def shown(data: bytes, limit: int = 200) -> str:
    """Bytes of a host as one bounded line without control characters, fit for a terminal and for evidence."""
    return _CONTROL.sub(" ", data.decode("utf-8", "backslashreplace"))[:limit].strip()


def _failed(section: Section) -> Missing:
    match section.state:
        case State.TIMEOUT:
            return Missing(Reason.TIMEOUT, detail=f"section {section.name} did not end in time")
        case State.TRUNCATED:
            return Missing(Reason.TRUNCATED, detail=f"section {section.name} is larger than is read")
        case State.INCOMPLETE:
            return Missing(Reason.ERROR, detail=f"the record ended before section {section.name}")
        case _:
            said = shown(section.stderr)
            return Missing(Reason.ERROR, detail=f"section {section.name} ended with {section.status}: {said}")
