"""The client a directory kind asks for as `probe`: what the server would let a stranger do.

Clear text is tried with a name and a password made up for the attempt; nothing of ours is ever at risk.
"""

from __future__ import annotations

import secrets
import socket
from typing import Any

from collectors.directory.base import ACCOUNTS
from collectors.directory.errors import DirectoryError, refused
from collectors.directory.session import Session
from collectors.directory.source import DirectorySource
from collectors.directory.tls import validating_context
from collectors.directory.wire import bind_request, read_result, starttls_request
from collectors.kind import Recorder
from collectors.old_tls import OldTlsUnsettled, agrees_to_old
from collectors.tls import not_offered, offered
from evidence.facts.directory import AnonymousRead, CleartextBind
from evidence.facts.tls import TlsOffer
from evidence.model import Json, Reason

SAMPLE = 5
# Someone may be let to search personal attributes without objectClass, or the other way round: ask by both.
ANYONE = f"(|{ACCOUNTS}(uid=*)(sn=*)(mail=*)(telephoneNumber=*))"
PERSONAL = ("cn", "mail", "objectClass", "sn", "telephoneNumber", "uid")
NO_SUCH_OPERATION = 2
"""protocolError, the one answer to StartTLS that says there is no TLS (RFC 4511 section 4.14.2)."""


class Probe:
    """Attempts from outside on one directory's own address, each recorded with how the server answered."""

    def __init__(self, source: DirectorySource, recorder: Recorder) -> None:
        self.endpoint = source.endpoint
        self._source = source
        self._recorder = recorder

    def tls(self) -> TlsOffer:
        """Shake hands as our own connections do; where the certificate does not hold, look at it all the same.

        Raises DirectoryError where StartTLS was answered with anything but yes or "no such operation": a server
        that is busy, or whose TLS is out of order tonight, has not said what it offers.
        """
        operation = "ldaps handshake" if self._source.ldaps else "StartTLS handshake"
        offer = self._offer()
        self._recorder.answered(operation, {"endpoint": self._source.endpoint}, dict[str, Any](offer))
        return offer

    def accepts_old_tls(self) -> bool | None:
        """Whether TLS 1.1 or 1.0 is agreed to with a client that knows nothing newer; None where there is no TLS.

        Asked of the server, for its configuration does not tell: with GnuTLS, OpenLDAP passes over olcTLSProtocolMin.
        Raises DirectoryError where the answer settles nothing.
        """
        try:
            accepted = agrees_to_old(self._negotiated, self._source.host)
        except _NoTls:
            return None
        except OldTlsUnsettled as error:
            raise DirectoryError(
                error.code, error.reason, str(error), operation="handshake of TLS 1.1"
            ) from None
        self._recorder.answered(
            "handshake of TLS 1.1", {"endpoint": self._source.endpoint}, {"accepted": accepted}
        )
        return accepted

    def clear_text_bind(self) -> CleartextBind:
        """Offer a made-up name and password without encryption, and report whether they were judged.

        Raises DirectoryError where no port for clear text is known or the attempt got no LDAP answer, and OSError
        where the server does not answer at its own address either.
        """
        port = self._source.clear_text_port
        if port is None:
            raise DirectoryError(
                "noPlainPort",
                Reason.NOT_AVAILABLE,
                "plain_port is not configured",
                operation="clear-text bind",
            )
        code = self._stranger_binds(port)
        kept: CleartextBind = {
            "port": port,
            "listening": code is not None,
            "code": -1 if code is None else code,
        }
        self._recorder.answered(
            "clear-text bind", {"port": port, "as": "a name that does not exist"}, dict[str, Any](kept)
        )
        return kept

    def anonymous_read(self) -> AnonymousRead:
        """Search for people without having bound, over TLS, for attribute names alone: no value is ever sent."""
        session = Session(self._source, anonymous=True)
        try:
            page = session.page(self._source.base, ANYONE, "subtree", PERSONAL, limit=SAMPLE, names_only=True)
        finally:
            session.close()
        wanted = {name.lower(): name for name in PERSONAL}
        seen = {wanted[name.lower()] for _, raw in page.entries for name in raw if name.lower() in wanted}
        kept: AnonymousRead = {
            "code": page.code,
            "returned_entries": bool(page.entries),
            "attributes": sorted(seen),
        }
        asked: dict[str, Json] = {"base": self._source.base, "filter": ANYONE, "attributes": list(PERSONAL)}
        self._recorder.answered("anonymous search", asked, dict[str, Any](kept))
        return kept

    def _offer(self) -> TlsOffer:
        context = validating_context(self._source.ca_file)
        try:
            return offered(self._negotiated, self._source.host, context)
        except _NoTls as none:
            return not_offered(str(none))

    def _negotiated(self) -> socket.socket:
        connected = self._connect(self._source.port)
        if self._source.ldaps:
            return connected
        try:
            connected.sendall(starttls_request())
            code = read_result(connected)
        except BaseException:
            connected.close()
            raise
        if code:
            connected.close()
            raise _unencrypted(code)
        return connected

    def _stranger_binds(self, port: int) -> int | None:
        stranger = f"cn={secrets.token_hex(16)},{self._source.base}"
        try:
            connected = self._connect(port)
        except ConnectionRefusedError:
            # Only of a server that answers elsewhere does a closed port say anything.
            if port == self._source.port:
                raise
            self._connect(self._source.port).close()
            return None
        with connected:
            connected.sendall(bind_request(stranger, secrets.token_hex(16)))
            return read_result(connected)

    def _connect(self, port: int) -> socket.socket:
        return socket.create_connection((self._source.host, port), timeout=self._source.connect_seconds)


class _NoTls(Exception):
    """The server answered StartTLS as an operation that it does not have."""


def _unencrypted(code: int) -> Exception:
    from ldap3.core.results import RESULT_CODES  # noqa: PLC0415 - the SDK is loaded only here

    name = RESULT_CODES.get(code, "unknown")
    if code == NO_SUCH_OPERATION:
        return _NoTls(f"StartTLS answered {code} {name}")
    return refused(code, name, operation="StartTLS")
