"""Enrolment: the key a host shows, and the one place that writes known_hosts. A scan never comes here."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from collectors.hosts.source import Host
from collectors.hosts.ssh import Shown, SshTransport
from evidence.model import NightledgerError

DEADLINE = 30.0


class CannotEnrol(NightledgerError):
    """A key cannot be written where it belongs."""

    exit_code = 2


def shown_key(host: Host) -> Shown:
    """The key the host shows now and what known_hosts says of it; nobody logs in. Raises Unreachable."""
    return SshTransport(host).host_key(DEADLINE)


def accept(host: Host, shown: Shown) -> Path:
    """Append the key a person has accepted to the host's known_hosts file and return its path; raises CannotEnrol."""
    path = Path(host.known_hosts).expanduser()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "rb+") as file:
            file.write(_unended(file.read()) + line(host, shown))
    except OSError as error:
        raise CannotEnrol(f"{path} cannot be written: {error.strerror}") from None
    return path


def line(host: Host, shown: Shown) -> bytes:
    """The line of sshd(8), SSH_KNOWN_HOSTS FILE FORMAT, that pins the key."""
    name = host.address.lower() if host.port == 22 else f"[{host.address.lower()}]:{host.port}"
    return f"{name} {shown.key_type} {base64.b64encode(shown.key).decode()}\n".encode()


def _unended(text: bytes) -> bytes:
    """What to write first so that the new line is one of its own."""
    return b"\n" if text and not text.endswith(b"\n") else b""
