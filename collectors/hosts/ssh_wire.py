"""The bytes below SSH: a TCP connection, or a channel through a jump host, bounded by the deadline."""

from __future__ import annotations

import socket
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from collectors.hosts.source import Host
from collectors.hosts.ssh_failure import broken
from collectors.hosts.transport import Clock, Phase, Unreachable
from evidence.model import Reason

CONNECT_SECONDS = 10.0
AT_ONCE = 6
"""Below the ten unfinished logins at which an sshd with its own defaults begins to drop new ones (MaxStartups)."""
_CONNECT_FAILED = 2
"""RFC 4254, section 5.1."""


class Doors:
    """How many may log in to one jump host at the same time; one for all hosts of a scan."""

    def __init__(self) -> None:
        self._doors: defaultdict[tuple[str, int], threading.BoundedSemaphore] = defaultdict(
            lambda: threading.BoundedSemaphore(AT_ONCE)
        )
        self._lock = threading.Lock()

    @contextmanager
    def held(self, jump: Host, clock: Clock) -> Iterator[None]:
        """Wait for a turn, no longer than the deadline; raises Unreachable."""
        with self._lock:
            door = self._doors[jump.address, jump.port]
        if not door.acquire(timeout=clock.left()):
            raise Unreachable(Phase.TCP, "busy", "others are still logging in there", Reason.TIMEOUT)
        try:
            yield
        finally:
            door.release()


@contextmanager
def connected(host: Host, clock: Clock) -> Iterator[socket.socket]:
    """A TCP connection to the host, closed at the deadline whatever still waits on it; raises Unreachable."""
    try:
        found = socket.getaddrinfo(host.address, host.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(Phase.DNS, "name_not_found", f"{host.address} has no address") from None
    with _first_open(found, clock) as sock:
        # Closing the socket is the one way to end every wait of the library, also those without a timeout.
        guard = threading.Timer(clock.left() + 1, hang_up, [sock])
        guard.daemon = True
        guard.start()
        try:
            yield sock
        finally:
            guard.cancel()


@contextmanager
def tunnelled(session: Any, host: Host, clock: Clock) -> Iterator[Any]:
    """A channel to the host through a logged-in session of its jump host; raises Unreachable."""
    import paramiko  # noqa: PLC0415 - the SDK is loaded when a host is polled

    wait = max(0.1, min(CONNECT_SECONDS, clock.left()))
    target = (host.address, host.port)
    try:
        channel = session.open_channel("direct-tcpip", target, ("127.0.0.1", 0), timeout=wait)
    except paramiko.ChannelException as error:
        raise _not_forwarded(error.code) from None
    except (paramiko.SSHException, OSError, EOFError) as error:
        if session.is_active():
            detail = "the jump host got no answer from it"
            raise Unreachable(Phase.TCP, "connect_timeout", detail, Reason.TIMEOUT) from None
        raise broken(Phase.TCP, clock, error) from None
    try:
        yield channel
    finally:
        channel.close()


def hang_up(wire: Any) -> None:
    """End whatever waits on a socket or channel; one that has ended already is no error."""
    try:
        wire.shutdown(socket.SHUT_RDWR)
    except (OSError, EOFError):
        return


def _not_forwarded(code: int) -> Unreachable:
    if code == _CONNECT_FAILED:
        return Unreachable(Phase.TCP, "connect_refused", "the jump host cannot connect to it")
    detail = "the jump host does not forward there (AllowTcpForwarding, PermitOpen)"
    return Unreachable(Phase.TCP, "forwarding_denied", detail, Reason.DENIED)


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
