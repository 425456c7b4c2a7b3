"""The TCP connection below every way to a host, bounded by the deadline.

A host that takes no connection hands the worker's place to the next one, so that dead hosts hold up no live ones.
"""

from __future__ import annotations

import errno
import os
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from collectors.hosts.source import Host
from collectors.hosts.transport import Clock, Phase, Unreachable
from collectors.pool import place
from evidence.model import Reason


@dataclass(frozen=True, slots=True)
class Steps:
    """Seconds each step may take of the whole: TCP, banner and key exchange, login, start of the command.

    `patience` is how long a host may keep its worker's place before it takes the connection.
    """

    connect: float = 10.0
    handshake: float = 15.0
    login: float = 20.0
    start: float = 15.0
    patience: float = 2.0


@contextmanager
def connected(host: Host, clock: Clock, steps: Steps) -> Iterator[socket.socket]:
    """A TCP connection, with its time for each address, closed at the deadline whatever waits; raises Unreachable."""
    try:
        found = socket.getaddrinfo(host.address, host.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(Phase.DNS, "name_not_found", f"{host.address} has no address") from None
    # The guard holds the connection by another handle: one that TLS wraps leaves the first behind.
    with _first_open(found, clock, steps) as sock, sock.dup() as same, ended(same, clock):
        yield sock


@contextmanager
def ended(wire: Any, clock: Clock) -> Iterator[None]:
    """Hang up shortly after the deadline: the one way to end every wait of the library, also those without one."""
    guard = threading.Timer(clock.left() + 1, hang_up, [wire])
    guard.daemon = True
    guard.start()
    try:
        yield
    finally:
        guard.cancel()


def hang_up(wire: Any) -> None:
    """End whatever waits on a socket or channel; one that has ended already is no error."""
    try:
        wire.shutdown(socket.SHUT_RDWR)
    except (OSError, EOFError):
        return


def _first_open(found: list[Any], clock: Clock, steps: Steps) -> socket.socket:
    refused: OSError | None = None
    for family, kind, protocol, _, address in found:
        sock = socket.socket(family, kind, protocol)
        try:
            _connect(sock, address, clock.part(steps.connect), steps.patience)
        except OSError as error:
            sock.close()
            refused = error
        else:
            # What is written in two parts would wait for the host to acknowledge the first.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
    if isinstance(refused, TimeoutError):
        raise Unreachable(Phase.TCP, "connect_timeout", "nothing answered", Reason.TIMEOUT)
    code = "connect_refused" if isinstance(refused, ConnectionRefusedError) else "connect_failed"
    raise Unreachable(Phase.TCP, code, (refused and refused.strerror) or "no connection")


def _connect(sock: socket.socket, address: Any, clock: Clock, patience: float) -> None:
    """Connect within the time, handing on the worker's place when it takes longer than most; raises OSError."""
    sock.setblocking(False)
    begun = sock.connect_ex(address)
    if begun == errno.EINPROGRESS:
        if not _ready(sock, select.POLLOUT, clock.part(patience)):
            place()()
            if not _ready(sock, select.POLLOUT, clock):
                raise TimeoutError(errno.ETIMEDOUT, "nothing answered")
        begun = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if begun:
        raise OSError(begun, os.strerror(begun))
    sock.setblocking(True)


def _ready(sock: socket.socket, event: int, clock: Clock) -> bool:
    waiting = select.poll()
    waiting.register(sock, event)
    return bool(waiting.poll(clock.left() * 1000))
