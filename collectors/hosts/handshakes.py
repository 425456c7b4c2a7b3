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
from collectors.old_tls import OldTlsUnsettled, agrees_to_old
from collectors.tls import offered, why_refused
from evidence.facts.tls import TlsOffer
from evidence.model import Missing, Reason

T = TypeVar("T", TlsOffer, bool)
Connect = Callable[[], socket.socket]

_SECONDS = 25.0
"""For the two connections that one offer may take."""


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
        try:
            return agrees_to_old(connect, self._host.address)
        except OldTlsUnsettled as error:
            raise Unreachable(Phase.TLS, error.code, str(error), error.reason) from None

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


def _kept(seen: TlsOffer | bool | None) -> dict[str, Any]:  # noqa: FBT001 - it is the answer
    match seen:
        case None:
            return {"listening": False}
        case bool():
            return {"accepted": seen}
        case _:
            return dict(seen)
