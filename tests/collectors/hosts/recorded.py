"""Hosts made of recorded text: a transport that answers the facts script with frames, and what the engine makes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from collectors.hosts.linux import LinuxHost
from collectors.hosts.platform import HostsPlatform, HostTarget
from collectors.hosts.transport import Ending, Result
from collectors.plan import plan_kind, specs
from collectors.poll import Errand, poll
from evidence.model import UnitResult

MACHINE = "machine_id=0123456789abcdef0123456789abcdef\nhostname=db1\nkernel=6.1.0-18-amd64\nID=debian\nown_kernel=yes\n"


@dataclass(frozen=True, slots=True)
class Said:
    """What one section answers; plain text stands for state ok."""

    state: str
    need: str = ""
    stderr: str = ""
    status: int = 0
    stdout: bytes = b""


def frame(nonce: str, name: str, said: Said, truncated: str = "no") -> bytes:
    need, err = said.need.encode(), said.stderr.encode()
    head = f"@{nonce} O {name} {truncated} {len(said.stdout)}\n".encode() + said.stdout + b"\n"
    report = f"@{nonce} R {name} {said.state} {said.status} {len(need)} {len(err)}\n".encode()
    return head + report + need + b"\n" + err + b"\n"


def answer(nonce: str, sections: Mapping[str, Said], end: str = "complete") -> bytes:
    frames = b"".join(frame(nonce, name, said) for name, said in sections.items())
    return (
        f"nightledger-facts 1 {nonce} 1000 nightledger\n".encode() + frames + f"@{nonce} Z {end}\n".encode()
    )


@dataclass
class Recorded:
    """A transport over recorded sections; what is not recorded is absent."""

    sections: Mapping[str, str | bytes | Said]
    user: str = "nightledger"
    fingerprint: str = ""
    asked: list[list[str]] = field(default_factory=list)

    def run(self, script: bytes, deadline: float, max_bytes: int = 0) -> Result:
        header = re.match(rb"nonce=(\S+) sections='([^']*)'", script)
        assert header
        names = header[2].decode().split()
        self.asked.append(names)
        said = {name: self._said(name) for name in names}
        return Result(answer(header[1].decode(), said), b"", 0, Ending.FINISHED, self.fingerprint)

    def _said(self, name: str) -> Said:
        match self.sections.get(name):
            case None:
                return Said("ok", stdout=MACHINE.encode()) if name == "machine" else Said("absent")
            case Said() as said:
                return said
            case bytes() as data:
                return Said("ok", stdout=data)
            case str() as text:
                return Said("ok", stdout=text.encode())


class RecordedPlatform(HostsPlatform):
    def targets(self, source: Any) -> Any:
        yield HostTarget("host/db1", source)


def look(transport: Any, *facts: str) -> UnitResult:
    """Poll one host over `transport` for these facts (all of them by default)."""
    platform = RecordedPlatform()
    spec = specs([platform])[LinuxHost.kind]
    errand = Errand(platform, "hosts", transport, {spec.name: plan_kind(spec, facts or spec.fact_names)})
    (result,) = poll([errand])
    return result


def facts_of(sections: Mapping[str, str | bytes | Said], *facts: str) -> dict[str, Any]:
    (seen,) = look(Recorded(sections), *facts).observations
    found = {**seen.facts, **seen.volatile}
    return {name: found[name] for name in facts} if facts else found
