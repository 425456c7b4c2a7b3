"""Who we are to a Windows host by Kerberos: one ticket from the credential cache, bound to the TLS connection."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from collectors.hosts.failure import shown_text
from collectors.hosts.files import no_key
from collectors.hosts.source import Host
from collectors.hosts.transport import Phase, Unreachable
from evidence.model import Reason

_SERVICE = "WSMAN"
"""The service WinRM registers itself in Active Directory; HTTP may belong to another."""


class Ticket:
    """The proof for one connection (RFC 4559): sent with its first request, for the connection stays logged in."""

    def __init__(self, host: Host, certificate: bytes) -> None:
        self._context = _context(host, certificate)
        self._waiting = _step(self._context, None)

    def shown(self) -> dict[str, str]:
        """The header of the next request: the proof once, then nothing."""
        token, self._waiting = self._waiting, b""
        return {"Authorization": f"Negotiate {base64.b64encode(token).decode()}"} if token else {}

    def answered(self, header: str) -> None:
        """Check the host's own proof, if it came; raises Unreachable when it is not that of the host we asked for."""
        scheme, _, token = header.partition(" ")
        if scheme.lower() not in {"negotiate", "kerberos"} or not token or self._context.complete:
            return
        try:
            _step(self._context, base64.b64decode(token, validate=True))
        except binascii.Error:
            raise Unreachable(Phase.AUTH, "protocol_error", "its proof is not Base64", Reason.ERROR) from None


def _context(host: Host, certificate: bytes) -> Any:
    import spnego  # noqa: PLC0415 - the SDK is loaded when a host is polled
    from spnego.channel_bindings import GssChannelBindings  # noqa: PLC0415 - as above
    from spnego.exceptions import SpnegoError  # noqa: PLC0415 - as above

    try:
        return spnego.client(
            host.user or None,
            hostname=host.address,
            service=_SERVICE,
            protocol="kerberos",
            channel_bindings=GssChannelBindings(application_data=_end_point(certificate)),
        )
    except SpnegoError as error:
        raise _no_ticket(error) from None
    except ImportError:
        raise Unreachable(
            Phase.AUTH,
            "kerberos_not_installed",
            "without certificate_file a Kerberos ticket is used, which needs pip install 'pypsrp[kerberos]'",
            Reason.NOT_AVAILABLE,
        ) from None


def _step(context: Any, token: bytes | None) -> bytes:
    from spnego.exceptions import SpnegoError  # noqa: PLC0415 - as above

    try:
        return context.step(token) or b""
    except SpnegoError as error:
        raise _no_ticket(error) from None


def _no_ticket(error: Exception) -> Unreachable:
    why = shown_text(str(error).partition(", Context:")[0])
    return no_key("ticket_refused", f"no ticket for this host: {why}")


def _end_point(certificate: bytes) -> bytes:
    """The binding of RFC 5929, section 4: the certificate by its own hash, SHA-256 in place of MD5 and SHA-1."""
    from cryptography import x509  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - as above

    found = x509.load_der_x509_certificate(certificate)
    used = found.signature_hash_algorithm
    weak = used is None or used.name in {"md5", "sha1"}
    return b"tls-server-end-point:" + found.fingerprint(hashes.SHA256() if weak or used is None else used)
