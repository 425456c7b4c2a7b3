"""The client of host kinds: runs the facts script once, records each section, answers with the record."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import ClassVar

from collectors.hosts.installed import helped_script, request
from collectors.hosts.record import Record, Section, State, parse
from collectors.hosts.sections import KEEP, script
from collectors.hosts.source import Mode
from collectors.hosts.transport import Transport, Unreachable
from collectors.keep import parse as parse_keep
from collectors.kind import Recorder

SCRIPT_SECONDS = 60
GRACE_SECONDS = 15
"""What the connection may take beyond the script's own deadline."""


class Shell:
    """One host's shell as a collector sees it: sections in, a record out; nothing is ever written there."""

    keep: ClassVar[Mapping[str, str]] = KEEP

    def __init__(
        self, transport: Transport, recorder: Recorder, *, sudo: bool = False, mode: Mode = Mode.STDIN
    ) -> None:
        self._transport, self._recorder = transport, recorder
        self._sudo, self._mode = sudo, mode

    def facts(self, sections: Iterable[str]) -> Record:
        """Run the script for these sections in one round trip; raises Unreachable or NotARecord."""
        nonce = secrets.token_hex(16)
        text = self._text(sections, nonce)
        asked_at = int(time.time())
        try:
            result = self._transport.run(text, SCRIPT_SECONDS + GRACE_SECONDS)
        except Unreachable as error:
            self._recorder.failed("connect", {}, error.code)
            raise
        record = parse(result.stdout, nonce)
        for section in record.sections.values():
            self._record(section)
        read_at = int(time.time())
        return replace(record, fingerprint=result.fingerprint, asked_at=asked_at, read_at=read_at)

    def _text(self, sections: Iterable[str], nonce: str) -> bytes:
        match self._mode:
            case Mode.STDIN:
                return script(sections, nonce=nonce, deadline=SCRIPT_SECONDS, sudo=self._sudo)
            case Mode.HELPER:
                return helped_script(sections, nonce=nonce, deadline=SCRIPT_SECONDS)
            case Mode.FORCED:
                return request(sections, nonce=nonce, deadline=SCRIPT_SECONDS)

    def _record(self, section: Section) -> None:
        asked = {"section": section.name}
        if section.state not in {State.OK, State.ABSENT}:
            self._recorder.failed("facts", asked, section.state)
            return
        kept = parse_keep(self.keep[section.name]).project(_answer(section), self._recorder.dropped)
        self._recorder.answered("facts", asked, kept)


def _answer(section: Section) -> Mapping[str, object]:
    text = section.stdout.decode("utf-8", "backslashreplace")
    return {"state": str(section.state), "status": section.status, "text": text}
