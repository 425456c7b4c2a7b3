"""Hosts of a test's own: a Debian root below an overlay, its own network, processes and sshd; gone with the block.

The roots are made by scripts/roots. A host's address is one end of a cable whose other end only this machine holds.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path

from collectors.hosts.source import Host, Mode

ROOTS = Path(os.environ.get("NIGHTLEDGER_ROOTS", "/var/cache/nightledger-tests/roots"))
_FIRST_PROCESS = Path(__file__).with_name("netns.sh")
_NEEDED = ("unshare", "nsenter", "ip", "ssh-keygen")
_PROCESSOR = "processor\t: 0\nmodel name\t: of no hypervisor\nflags\t\t: fpu\n"
_NO_SWAP = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
_CABLES = IPv4Address("198.18.0.0")
"""The first of 2^17 addresses that no network routes, see RFC 2544; each host's cable takes two."""


def why_not(*roots: str) -> str:
    """Why hosts of these roots cannot run here, or an empty string."""
    if os.geteuid() != 0:
        return "hosts in network namespaces need root"
    if missing := [name for name in _NEEDED if shutil.which(name) is None]:
        return f"not installed: {', '.join(missing)}"
    if absent := [name for name in roots if not (ROOTS / name).is_dir()]:
        return f"scripts/roots has not made {', '.join(absent)}"
    attempt = subprocess.run(["unshare", "-n", "-m", "-p", "-f", "true"], capture_output=True, check=False)
    return "" if attempt.returncode == 0 else "this system lets nobody make namespaces"


@dataclass(frozen=True, slots=True)
class Keys:
    """Two key pairs: `key` opens accounts of the hosts, `shown` is what the hosts show as their own."""

    directory: Path

    @property
    def key(self) -> Path:
        return self.directory / "key"

    @property
    def shown(self) -> Path:
        return self.directory / "shown"

    @classmethod
    def made(cls, directory: Path) -> Keys:
        """Make both, without passphrases."""
        for name in ("key", "shown"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", directory / name]
            subprocess.run(command, check=True)
        return cls(directory)


@dataclass(frozen=True, slots=True)
class NetnsHost:
    """A running host; `upper` holds what differs from what it was made of."""

    directory: Path
    keys: Keys
    process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def upper(self) -> Path:
        return self.directory / "upper"

    @property
    def address(self) -> str:
        return str(_ends(self.process)[1])

    @property
    def first(self) -> str:
        """The pid of its first process, in whose namespaces all of it lives."""
        process = self.process.pid
        return Path(f"/proc/{process}/task/{process}/children").read_text().split()[0]

    def login(self, user: str, mode: Mode = Mode.HELPER, *, sudo: bool = False) -> Host:
        """How the collector reaches it as this user."""
        known = self.directory / "known_hosts"
        shown = self.keys.shown.with_suffix(".pub").read_text().split()[:2]
        known.write_text(" ".join([self.address, *shown]) + "\n")
        return Host(
            self.address,
            user=user,
            key_file=str(self.keys.key),
            known_hosts=str(known),
            mode=mode,
            sudo=sudo,
        )

    def run(self, command: str) -> str:
        """What a shell command that root runs on the host prints; raises CalledProcessError."""
        enter = ["nsenter", "-t", self.first, "-m", "-n", "-u", "-p", "chroot", f"{self.directory}/root"]
        done = subprocess.run(
            [*enter, "/bin/sh", "-c", command], stdout=subprocess.PIPE, check=True, text=True
        )
        return done.stdout


@contextmanager
def running(directory: Path, keys: Keys, *below: Path, boot: str = ":") -> Iterator[NetnsHost]:
    """Start a host over these directories, the uppermost first, or on one image; it ends with the block.

    It runs `boot`, a shell script, before its sshd.
    """
    _lay_out(directory, keys)
    namespaces = ["unshare", "-n", "-m", "-p", "-u", "-i", "-f", "--kill-child"]
    command = [*namespaces, "sh", str(_FIRST_PROCESS), str(directory), ":".join(map(str, below)), boot]
    with (
        (directory / "log").open("wb") as log,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log) as process,
    ):
        host = NetnsHost(directory, keys, process)
        try:
            _connect(host)
            yield host
        finally:
            # The first process ends with its input, and all others with it.
            process.communicate()


def _lay_out(directory: Path, keys: Keys) -> None:
    for name in ("upper/etc/ssh", "work", "root"):
        (directory / name).mkdir(parents=True)
    (directory / "processor").write_text(_PROCESSOR)
    (directory / "swaps").write_text(_NO_SWAP)
    (directory / "upper/etc/machine-id").write_text(os.urandom(16).hex() + "\n")
    shutil.copy(keys.shown, directory / "upper/etc/ssh/ssh_host_ed25519_key")
    (directory / "known_hosts").touch()


def _connect(host: NetnsHost) -> None:
    process = host.process
    _await(host, lambda: _network(process.pid) != _network(os.getpid()))
    here, there = _ends(process)
    cable = f"nl{process.pid}"
    inside = ["nsenter", "-t", str(process.pid), "-n", "ip"]
    for words in (
        ["ip", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", str(process.pid)],
        ["ip", "address", "add", f"{here}/31", "dev", cable],
        ["ip", "link", "set", cable, "up"],
        [*inside, "link", "set", "lo", "up"],
        [*inside, "address", "add", f"{there}/31", "dev", "eth0"],
        [*inside, "link", "set", "eth0", "up"],
    ):
        if subprocess.run(words, check=False).returncode:
            raise RuntimeError(_log(host))
    assert process.stdin
    process.stdin.write(b"go\n")
    process.stdin.flush()
    _await(host, lambda: _answers(host.address))


def _ends(process: subprocess.Popen[bytes]) -> tuple[IPv4Address, IPv4Address]:
    # No two running processes share a number, so no two cables share addresses, whoever else runs tests here.
    here = _CABLES + process.pid % 2**16 * 2
    return here, here + 1


def _network(pid: int) -> str:
    return str(Path(f"/proc/{pid}/ns/net").readlink())


def _answers(address: str) -> bool:
    try:
        with socket.create_connection((address, 22), timeout=1):
            return True
    except OSError:
        return False


def _await(host: NetnsHost, ready: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while True:
        # Without its cable the address is somebody else's, so it is asked only of a host that lives.
        if host.process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(_log(host))
        if ready():
            return
        time.sleep(0.02)


def _log(host: NetnsHost) -> str:
    return (host.directory / "log").read_text()
