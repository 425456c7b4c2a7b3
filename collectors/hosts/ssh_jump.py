"""What stands between a TCP connection and SSH where there is a jump host: its door, and a channel through it."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from collectors.hosts.failure import broken
from collectors.hosts.source import Host
from collectors.hosts.transport import Clock, Phase, Unreachable
from evidence.model import Reason

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
def tunnelled(session: Any, host: Host, clock: Clock) -> Iterator[Any]:
    """A channel to the host through a logged-in session of its jump host; raises Unreachable."""
    import paramiko  # noqa: PLC0415 - the SDK is loaded when a host is polled

    wait = max(0.1, clock.left())
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


def _not_forwarded(code: int) -> Unreachable:
    if code == _CONNECT_FAILED:
        return Unreachable(Phase.TCP, "connect_refused", "the jump host cannot connect to it")
    detail = "the jump host does not forward there (AllowTcpForwarding, PermitOpen)"
    return Unreachable(Phase.TCP, "forwarding_denied", detail, Reason.DENIED)
