"""The SSH transport: one connection, one attempt, one command; every step bounded by one deadline.

The library's traps this is built around: its timeouts are per read and not in all, some of its waits have none,
its host-key file reader gives up on one odd line, and its error texts do not say how far it got.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from collectors.hosts import known_hosts
from collectors.hosts.known_hosts import KnownHosts, Trust
from collectors.hosts.source import Host
from collectors.hosts.ssh_command import execute
from collectors.hosts.ssh_failure import broken, refused, shown_text
from collectors.hosts.transport import (
    MAX_BYTES,
    Clock,
    Intake,
    Phase,
    Result,
    Unreachable,
    login_name,
)
from evidence.model import Reason

CONNECT_SECONDS = 10.0
_WARNINGS_SHOWN = 3
_LOG = "collectors.hosts.ssh"

_WEAK = {
    "ciphers": ["aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc"],
    "macs": ["hmac-md5", "hmac-md5-96", "hmac-sha1", "hmac-sha1-96"],
    "kex": [
        "diffie-hellman-group1-sha1",
        "diffie-hellman-group14-sha1",
        "diffie-hellman-group-exchange-sha1",
    ],
    "keys": ["ssh-rsa", "ssh-dss"],
    "pubkeys": ["ssh-rsa", "ssh-dss"],
}

_ADVICE = {
    Trust.UNKNOWN: "its key {key} is not in {file}; compare it with the host's own and add it",
    Trust.CHANGED: "it showed {key}, but {file} pins another key: reinstalled, or somebody in between",
    Trust.REVOKED: "it showed {key}, which {file} marks as revoked",
}


class SshTransport:
    """One host over SSH; logs in with the named key file only: no agent, no default keys, no passwords."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.user = host.user or login_name()

    def run(self, script: bytes, deadline: float, max_bytes: int = MAX_BYTES) -> Result:
        """Run the script there; raises Unreachable with the phase it failed in, never retries."""
        clock = Clock(deadline)
        trusted = self._trusted()
        with self._connected(clock) as sock, _session(sock, clock) as session:
            fingerprint = self._handshake(session, trusted, clock)
            self._log_in(session, clock)
            return execute(session, script, clock, Intake(max_bytes), fingerprint)

    def _trusted(self) -> KnownHosts:
        path = Path(self.host.known_hosts).expanduser()
        try:
            return known_hosts.read(path.read_bytes())
        except FileNotFoundError:
            return KnownHosts()
        except OSError as error:
            raise Unreachable(Phase.HOST_KEY, "known_hosts_unreadable", f"{path}: {error.strerror}") from None

    @contextmanager
    def _connected(self, clock: Clock) -> Iterator[socket.socket]:
        address, port = self.host.address, self.host.port
        try:
            found = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise Unreachable(Phase.DNS, "name_not_found", f"{address} has no address") from None
        with _first_open(found, clock) as sock:
            # Closing the socket is the one way to end every wait of the library, also those without a timeout.
            guard = threading.Timer(clock.left() + 1, _hang_up, [sock])
            guard.daemon = True
            guard.start()
            try:
                yield sock
            finally:
                guard.cancel()

    def _handshake(self, session: Any, trusted: KnownHosts, clock: Clock) -> str:
        import paramiko  # noqa: PLC0415 - the SDK is loaded when a host is polled

        _prefer(session, trusted.key_types(self.host.address, self.host.port))
        try:
            session.start_client(timeout=clock.left())
            # At its timeout the library returns as if all were well; only then does this raise.
            key = session.get_remote_server_key().asbytes()
        except (paramiko.SSHException, OSError, EOFError) as error:
            raise _handshake_failure(session, clock, error) from None
        printed = known_hosts.fingerprint(key)
        trust = trusted.judge(self.host.address, self.host.port, key)
        if trust is not Trust.KNOWN:
            advice = _ADVICE[trust].format(key=printed, file=self.host.known_hosts)
            detail = "; ".join((advice, *trusted.warnings[:_WARNINGS_SHOWN]))
            raise Unreachable(Phase.HOST_KEY, trust.value, detail, Reason.ERROR)
        return printed

    def _log_in(self, session: Any, clock: Clock) -> None:
        import paramiko  # noqa: PLC0415 - the SDK is loaded when a host is polled

        key = self._key()
        session.auth_timeout = clock.left()
        try:
            further = session.auth_publickey(self.user, key)
        except paramiko.AuthenticationException as error:
            if not session.is_active():
                raise broken(Phase.AUTH, clock, error) from None
            raise refused(f"the key {self.host.key_file} is not accepted for {self.user}", clock) from None
        except (paramiko.SSHException, OSError, EOFError) as error:
            raise broken(Phase.AUTH, clock, error) from None
        if further:
            raise refused(f"{self.user} must also pass {', '.join(map(shown_text, further))}", clock)

    def _key(self) -> Any:
        import paramiko  # noqa: PLC0415 - the SDK is loaded when a host is polled

        path = Path(self.host.key_file).expanduser()
        try:
            return paramiko.PKey.from_path(path)
        except (paramiko.SSHException, OSError, ValueError, TypeError):
            detail = (
                f"{self.host.key_file or 'no key file'} cannot be read as a private key without a passphrase"
            )
            raise Unreachable(Phase.AUTH, "key_unreadable", detail, Reason.DENIED) from None


def _first_open(found: list[Any], clock: Clock) -> socket.socket:
    refused: OSError | None = None
    for family, kind, protocol, _, address in found:
        sock = socket.socket(family, kind, protocol)
        sock.settimeout(max(0.001, min(CONNECT_SECONDS, clock.left())))
        try:
            sock.connect(address)
        except OSError as error:
            sock.close()
            refused = error
        else:
            return sock
    if isinstance(refused, TimeoutError):
        raise Unreachable(Phase.TCP, "connect_timeout", "nothing answered", Reason.TIMEOUT)
    raise Unreachable(Phase.TCP, "connect_refused", (refused and refused.strerror) or "no connection")


def _hang_up(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


@contextmanager
def _session(sock: socket.socket, clock: Clock) -> Iterator[Any]:
    import paramiko  # noqa: PLC0415 - the SDK is loaded when a host is polled

    # What the library logs about a hostile host would reach the terminal through logging's last resort.
    logging.getLogger(_LOG).setLevel(logging.CRITICAL + 1)
    try:
        session = paramiko.Transport(sock, disabled_algorithms=_WEAK)
    except (paramiko.SSHException, OSError) as error:
        raise broken(Phase.BANNER, clock, error) from None
    session.set_log_channel(_LOG)
    session.banner_timeout = session.handshake_timeout = session.channel_timeout = max(0.1, clock.left())
    try:
        yield session
    finally:
        _hang_up(sock)
        session.close()


def _prefer(session: Any, pinned: tuple[str, ...]) -> None:
    # Ask for the key types that are pinned; an RSA key is signed with SHA-2 under names of its own.
    names = [
        name
        for kind in pinned
        for name in (("rsa-sha2-512", "rsa-sha2-256") if kind == "ssh-rsa" else (kind,))
    ]
    options = session.get_security_options()
    known = [name for name in names if name in options.key_types]
    options.key_types = tuple(known + [name for name in options.key_types if name not in known])


def _handshake_failure(session: Any, clock: Clock, error: Exception) -> Unreachable:
    return broken(Phase.KEX if session.remote_version else Phase.BANNER, clock, error)
