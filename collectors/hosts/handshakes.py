"""The client of host.tls_service: TLS handshakes with named ports of a host, from where the scan runs; nothing is sent over them."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from collectors.hosts.files import Files
from collectors.hosts.source import Host
from collectors.hosts.transport import Clock, Phase, Unreachable
from collectors.hosts.wire import Steps, connected
from collectors.kind import Recorder
from collectors.tls import looking_context, offered, why_refused
from evidence.facts.tls import TlsOffer
from evidence.model import Missing, Reason

T = TypeVar("T", TlsOffer, bool)
Connect = Callable[[], socket.socket]

_SECONDS = 25.0
"""For the two connections that one offer may take."""
_OURS = {"NO_CIPHERS_AVAILABLE", "NO_PROTOCOLS_AVAILABLE"}
"""How OpenSSL tells that it could not offer a version itself."""
_ALERT, _HANDSHAKE, _SERVER_HELLO = b"\x15", b"\x16", b"\x02"
_PROTOCOL_VERSION = b"\x46"
"""The alert in place of a hello that speaks of nothing but the version (RFC 5246, section 7.2.2)."""
_OLD = {b"\x03\x01", b"\x03\x02"}
_FIRST = 11
"""Bytes of the first record as far as the version of its hello (RFC 5246, sections 6.2.1 and 7.4.1.3)."""


class Handshakes:
    """Handshakes with one host; where nothing listens the answer is None."""

    def __init__(self, host: Host, steps: Steps, files: Files, recorder: Recorder) -> None:
        self._host, self._steps, self._files, self._recorder = host, steps, files, recorder

    def services(self) -> list[str]:
        """Every named port as ADDRESS:PORT, by which a service is known for as long as the host is asked there."""
        return [f"{self._host.address}:{port}" for port in sorted(set(self._host.tls_ports))]

    def offer(self, service: str) -> TlsOffer | Missing | None:
        """What a modern client agrees with it; the certificate's chain and time are tried, its names only told."""
        return self._told("handshake", service, self._offered)

    def accepts_old(self, service: str) -> bool | Missing | None:
        """Whether it agrees to TLS 1.1 or 1.0 with a client that knows nothing newer."""
        return self._told("handshake of TLS 1.1", service, self._agrees_to_old)

    def _offered(self, connect: Connect) -> TlsOffer:
        ca_file = self._host.ca_file
        context = self._files.once(("tls services", ca_file), lambda: _looking(ca_file))
        return offered(connect, self._host.address, context)

    def _agrees_to_old(self, connect: Connect) -> bool:
        # What follows the hello may fail for other reasons, such as a client certificate that is asked for.
        first = _first_record(connect(), _old_hello(self._host.address))
        kind, message, version = first[:1], first[5:6], first[9:]
        if kind == _HANDSHAKE and message == _SERVER_HELLO:
            return version in _OLD
        if kind == _ALERT and first[6:7] == _PROTOCOL_VERSION:
            return False
        if kind not in {_ALERT, b""}:
            why = "its answer to TLS 1.1 is none of TLS's"
            raise Unreachable(Phase.TLS, "no_answer_to_old_tls", why, Reason.ERROR)
        # Others hang up, or plead an error of their own. It is the version they mind, if a modern client is served next.
        with looking_context().wrap_socket(connect(), server_hostname=self._host.address):
            return False

    def _told(self, what: str, service: str, look: Callable[[Connect], T]) -> T | Missing | None:
        port = int(service.rpartition(":")[2])
        try:
            with ExitStack() as entered:
                clock = Clock(_SECONDS)
                seen: T | None = look(lambda: self._connected(port, clock, entered))
        except Unreachable as error:
            if error.code != "connect_refused":
                return self._missing(what, port, error.code, Missing(error.reason, detail=str(error)))
            seen = None
        except TimeoutError:
            return self._missing(
                what, port, "tls_timeout", Missing(Reason.TIMEOUT, detail=f"no {what} in its time")
            )
        except OSError as error:
            return self._missing(
                what, port, "tls_failed", Missing(Reason.ERROR, detail=f"{what}: {why_refused(error)}")
            )
        self._recorder.answered(what, {"port": port}, _kept(seen))
        return seen

    def _missing(self, what: str, port: int, code: str, missing: Missing) -> Missing:
        self._recorder.failed(what, {"port": port}, code)
        return missing

    def _connected(self, port: int, clock: Clock, entered: ExitStack) -> socket.socket:
        if self._host.jump is not None:
            why = "tried only where the scan reaches a host without a jump host"
            raise Unreachable(Phase.TCP, "behind_jump_host", why)
        sock = entered.enter_context(connected(replace(self._host, port=port), clock, self._steps))
        sock.settimeout(max(0.1, clock.part(self._steps.handshake).left()))
        return sock


def _looking(ca_file: str) -> ssl.SSLContext:
    """Tries chain and time against `ca_file`, else the system's authorities; by which names clients come nobody knows here."""
    try:
        context = ssl.create_default_context(cafile=Path(ca_file).expanduser() if ca_file else None)
    except OSError:
        raise Unreachable(
            Phase.TLS,
            "authorities_unreadable",
            f"{ca_file} cannot be read as authorities in PEM",
            Reason.ERROR,
        ) from None
    context.check_hostname = False
    return context


def _old_hello(address: str) -> bytes:
    """The first message of a client that knows TLS 1.0 and 1.1 alone, with whatever ciphers they have."""
    context = looking_context()
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    said = ssl.MemoryBIO()
    try:
        context.wrap_bio(ssl.MemoryBIO(), said, server_hostname=address).do_handshake()
    except ssl.SSLWantReadError:
        return said.read()
    except ssl.SSLError as error:
        if error.reason not in _OURS:
            raise
    why = "the OpenSSL of the machine that scans speaks no TLS 1.1"
    raise Unreachable(Phase.TLS, "old_tls_not_spoken", why)


def _first_record(sock: socket.socket, hello: bytes) -> bytes:
    """How the answer to a hello begins, b"" where the connection was ended instead."""
    first = b""
    with sock:
        try:
            sock.sendall(hello)
            while len(first) < _FIRST and (more := sock.recv(_FIRST - len(first))):
                first += more
        except ConnectionError:
            return first
    return first


def _kept(seen: TlsOffer | bool | None) -> dict[str, Any]:  # noqa: FBT001 - it is the answer
    match seen:
        case None:
            return {"listening": False}
        case bool():
            return {"accepted": seen}
        case _:
            return dict(seen)
