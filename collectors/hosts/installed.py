"""The facts script as a file on the host: root's helper, or a key's forced command. One file serves as both."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from collectors.hosts.sections import PROBE_SECONDS, ROOT_COMMANDS, SECTION_BYTES, SECTIONS, script
from evidence.facts.hosts import InstalledScript
from evidence.model import Missing, Reason

INSTALLED_AT = "/usr/local/libexec/nightledger-facts"
"""Where the file stands on every host; it and the directories above it belong to root."""

_CLOSED = {"boot", "file_integrity", "shadow", "ssh_keys"}
"""Sections that read files which distributions close to all but root."""
HELPED = tuple(sorted({*ROOT_COMMANDS, *_CLOSED} & SECTIONS))
"""The sections that are read as root where the file is installed."""


@cache
def program() -> bytes:
    """The text to install, the same for every host of this version; its first line says how it is run."""
    head, _, rest = Path(__file__).with_name("installed.sh").read_bytes().partition(b"\n")
    _, _, functions = script((), nonce="", deadline=0, sudo=False).partition(b"\n")
    values = f"{_values()} limit={PROBE_SECONDS} cap={SECTION_BYTES}\n"
    return b"\n".join((head, values.encode() + rest + functions))


@cache
def digest() -> str:
    """The SHA-256 of the text to install, in hexadecimal."""
    return hashlib.sha256(program()).hexdigest()


def helped_script(sections: Iterable[str], *, nonce: str, deadline: int) -> bytes:
    """The text for `sh -s` that leaves root's sections to the installed file; raises UnknownSection."""
    head, _, functions = script(sections, nonce=nonce, deadline=deadline, sudo=False).partition(b"\n")
    return b"\n".join((head, _values().encode(), functions))


def request(sections: Iterable[str], *, nonce: str, deadline: int) -> bytes:
    """What the file is asked as a forced command, in one line."""
    return f"nightledger-facts 1 {nonce} {deadline} {' '.join(sorted(set(sections)))}".encode()


def installed_script(line: bytes) -> InstalledScript | Missing | None:
    """Which script is installed on the host, from what sha256sum says of it; None where there is none."""
    if not line:
        return None
    found = re.match(rb"([0-9a-f]{64})\s", line)
    if found is None:
        return Missing(Reason.ERROR, detail="sha256sum did not say a digest")
    sha256 = found[1].decode()
    return InstalledScript(sha256=sha256, current=sha256 == digest())


def _values() -> str:
    return f"helper={INSTALLED_AT} helped=' {' '.join(HELPED)} '"
