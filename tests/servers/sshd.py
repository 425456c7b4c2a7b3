"""A real sshd on loopback: its own host key, configuration and port, one key for the user who runs the tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from collectors.hosts.source import Host

_PRIVILEGE_SEPARATION = Path("/run/sshd")


def why_not() -> str:
    """Why no sshd can run here, or an empty string."""
    if _sshd() is None or shutil.which("ssh-keygen") is None:
        return "sshd and ssh-keygen are not installed"
    if os.geteuid() != 0:
        return "sshd needs root to start a session with a login shell"
    return ""


def _sshd() -> str | None:
    return shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/sbin")


@dataclass(slots=True)
class Sshd:
    """A running sshd; `host` is how to reach it."""

    directory: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def host(self) -> Host:
        return Host(
            "127.0.0.1",
            self.port,
            user="root",
            key_file=str(self.directory / "user_key"),
            known_hosts=str(self.directory / "known_hosts"),
        )

    def pin(self, name: str = "host_key", *hosts: str) -> None:
        """Write a known_hosts line for each host with one of the server's keys, or with another (a changed one)."""
        public = " ".join((self.directory / f"{name}.pub").read_text().split()[:2])
        named = hosts or (f"[127.0.0.1]:{self.port}",)
        (self.directory / "known_hosts").write_text("".join(f"{host} {public}\n" for host in named))


def keygen(path: Path, kind: str = "ed25519") -> None:
    """Make a key pair without a passphrase."""
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "test", "-f", path], check=True)


@contextmanager
def running(directory: Path, *settings: str) -> Iterator[Sshd]:
    """Start sshd with these further lines of configuration; it stops with the block."""
    for name in ("host_key", "user_key", "other_key"):
        keygen(directory / name)
    (directory / "authorized_keys").write_text((directory / "user_key.pub").read_text())
    server = Sshd(directory, _free_port())
    configuration = directory / "sshd_config"
    configuration.write_text("\n".join(_configuration(server, settings)) + "\n")
    server.pin()
    # Left in place: another sshd of another test run may be using it.
    _PRIVILEGE_SEPARATION.mkdir(mode=0o755, exist_ok=True)
    command = [_sshd() or "sshd", "-D", "-e", "-f", str(configuration)]
    with (directory / "sshd.log").open("wb") as log, subprocess.Popen(command, stderr=log) as process:
        server.process = process
        try:
            _await_port(server)
            yield server
        finally:
            process.terminate()
            process.wait(10)


def _configuration(server: Sshd, settings: tuple[str, ...]) -> Iterator[str]:
    yield f"Port {server.port}"
    yield "ListenAddress 127.0.0.1"
    yield f"HostKey {server.directory / 'host_key'}"
    yield f"AuthorizedKeysFile {server.directory / 'authorized_keys'}"
    yield "PermitRootLogin prohibit-password"
    yield "StrictModes no"
    yield "UsePAM no"
    yield "PidFile none"
    yield "PasswordAuthentication no"
    yield from settings


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_port(server: Sshd) -> None:
    end = time.monotonic() + 15
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", server.port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError((server.directory / "sshd.log").read_text())
