"""The kind host.tls_service: a port of a host on which the settings expect TLS, seen from the network."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.hosts.handshakes import Handshakes
from collectors.kind import Found, Kind, fact, lists
from evidence.facts.tls import TlsOffer
from evidence.model import Missing


class TlsService(Kind):
    """A service that speaks TLS from the first byte, on one of the `tls_ports` of a host of any system."""

    kind, platform, part = "host.tls_service", "hosts", "global"

    @lists()
    def every(self, handshakes: Handshakes) -> Iterator[Found]:
        """Every port the settings name, without a call: it is there to be asked even when nothing answers."""
        for service in handshakes.services():
            yield Found(uid=service, name=service)

    @fact()
    def offer(self, handshakes: Handshakes, tls_service: Found) -> TlsOffer | Missing | None:
        """What a modern client is offered (RFC 8446); None where nothing accepts connections."""
        return handshakes.offer(tls_service.uid)

    @fact()
    def accepts_old(self, handshakes: Handshakes, tls_service: Found) -> bool | Missing | None:
        """Whether TLS 1.0 or 1.1, which RFC 8996 forbids, is agreed to; None where nothing accepts connections."""
        return handshakes.accepts_old(tls_service.uid)
