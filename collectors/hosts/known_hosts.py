"""Which host keys we trust: our own reader of the known_hosts format of sshd(8), SSH_KNOWN_HOSTS FILE FORMAT."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from enum import Enum

_MARKERS = (b"@revoked", b"@cert-authority")
_SSH_PORT = 22
_PATTERN = re.compile(r"[*?!|]")
"""What makes a name stand for more than itself: a wildcard, a negation, a hash."""


class Trust(Enum):
    """What known_hosts says about a key that a host showed."""

    KNOWN = "host_key_known"
    UNKNOWN = "host_key_unknown"
    CHANGED = "host_key_changed"
    REVOKED = "host_key_revoked"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: who it speaks of (patterns or one hashed name), the key, and "revoked" where it is marked so."""

    patterns: tuple[str, ...]
    key_type: str
    key: bytes
    revoked: bool
    line: int

    def speaks_of(self, name: str) -> bool:
        """Whether the line applies to `name`; one negated pattern that matches excludes it."""
        applies = False
        for pattern in self.patterns:
            if pattern.startswith("!") and _matches(pattern[1:], name):
                return False
            applies = applies or _matches(pattern, name)
        return applies


@dataclass(frozen=True, slots=True)
class KnownHosts:
    """The readable lines of one known_hosts file, and a warning with its number for each that is not."""

    entries: tuple[Entry, ...] = ()
    warnings: tuple[str, ...] = ()
    # A scan of many hosts asks about each; only lines with patterns or hashes have to be gone through.
    _named: dict[str, list[Entry]] = field(init=False, repr=False, compare=False)
    _others: list[Entry] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        named: dict[str, list[Entry]] = {}
        others = []
        for entry in self.entries:
            if any(_PATTERN.search(name) for name in entry.patterns):
                others.append(entry)
                continue
            for name in dict.fromkeys(entry.patterns):
                named.setdefault(name, []).append(entry)
        object.__setattr__(self, "_named", named)
        object.__setattr__(self, "_others", others)

    def judge(self, address: str, port: int, key: bytes) -> Trust:
        """What the file says about the raw public key that `address` showed."""
        lines = self._about(address, port)
        if any(entry.revoked and entry.key == key for entry in lines):
            return Trust.REVOKED
        trusted = [entry.key for entry in lines if not entry.revoked]
        if key in trusted:
            return Trust.KNOWN
        return Trust.CHANGED if trusted else Trust.UNKNOWN

    def key_types(self, address: str, port: int) -> tuple[str, ...]:
        """The key types pinned for a host: the ones to ask it for, so that it shows a key we can judge."""
        return tuple(
            dict.fromkeys(entry.key_type for entry in self._about(address, port) if not entry.revoked)
        )

    def _about(self, address: str, port: int) -> list[Entry]:
        name = address.lower() if port == _SSH_PORT else f"[{address.lower()}]:{port}"
        found = [*self._named.get(name, ()), *(entry for entry in self._others if entry.speaks_of(name))]
        return sorted(found, key=lambda entry: entry.line)


def read(data: bytes) -> KnownHosts:
    """Read a known_hosts file; a line that makes no sense becomes a warning and trusts nobody."""
    entries: list[Entry] = []
    warnings: list[str] = []
    for number, line in enumerate(data.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith(b"#"):
            continue
        entry = _entry(words, number)
        if isinstance(entry, Entry):
            entries.append(entry)
        else:
            warnings.append(f"known_hosts line {number}: {entry}")
    return KnownHosts(tuple(entries), tuple(warnings))


def fingerprint(key: bytes) -> str:
    """The SHA-256 fingerprint of a raw public key as OpenSSH prints it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


def _entry(words: list[bytes], number: int) -> Entry | str:
    marker = words[0] if words[0].startswith(b"@") else b""
    if marker and marker not in _MARKERS:
        return "its marker is not known"
    if marker == b"@cert-authority":
        return "host certificates are not supported"
    fields = words[1:] if marker else words
    if len(fields) < 3:
        return "it has fewer than three fields"
    try:
        names, key_type = fields[0].decode("ascii"), fields[1].decode("ascii")
        key = base64.b64decode(fields[2], validate=True)
    except (UnicodeDecodeError, binascii.Error, ValueError):
        return "its key is not base64"
    # The key carries its own type in front (RFC 4253, section 6.6).
    if key[4 : 4 + len(key_type)] != key_type.encode() or int.from_bytes(key[:4], "big") != len(key_type):
        return "its key is not of the type it names"
    return Entry(
        tuple(names.lower().split(",")) if not names.startswith("|") else (names,),
        key_type,
        key,
        bool(marker),
        number,
    )


def _matches(pattern: str, name: str) -> bool:
    if pattern.startswith("|1|"):
        return _hash_matches(pattern, name)
    parts = re.split(r"(\*+|\?)", pattern)
    form = "".join(
        ".*" if part.startswith("*") else "." if part == "?" else re.escape(part) for part in parts
    )
    return re.fullmatch(form, name) is not None


def _hash_matches(pattern: str, name: str) -> bool:
    try:
        salt, expected = (base64.b64decode(part, validate=True) for part in pattern.split("|")[2:4])
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(hmac.new(salt, name.encode(), "sha1").digest(), expected)
