"""TLS handshakes for the evidence: what a server offers, and in which words one that failed is told."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from typing import Any

from evidence.canonical import digest
from evidence.facts.tls import TlsOffer

NO_TLS_OR_TOO_OLD = {
    "HTTP_REQUEST",
    "NO_PROTOCOLS_AVAILABLE",
    "TLSV1_ALERT_PROTOCOL_VERSION",
    "UNSUPPORTED_PROTOCOL",
    "WRONG_VERSION_NUMBER",
}
"""What OpenSSL calls a server that speaks no TLS, or only versions we refuse."""


def looking_context() -> ssl.SSLContext:
    """A context that accepts any certificate: only ever to describe one, never to send anything over."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def why_refused(error: Exception) -> str:
    """A handshake's failure in OpenSSL's own stable words, without addresses or file names."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    reason = getattr(error, "reason", None)
    return str(reason).lower().replace("_", " ") if reason else type(error).__name__


def offered(connect: Callable[[], socket.socket], host: str, context: ssl.SSLContext) -> TlsOffer:
    """What a server offers on connections that `connect` opens, looked at in a validating context.

    A certificate that does not hold is described over a second connection. Raises what `connect` raises, and
    ssl.SSLError where the handshake was cut short: that may be the network's doing or ours, and is no answer.
    """
    try:
        return handshake(connect(), host, context)
    except ssl.SSLCertVerificationError as error:
        refusal = why_refused(error)
    except ssl.SSLError as error:
        if error.reason not in NO_TLS_OR_TOO_OLD:
            raise
        return not_offered(why_refused(error))
    with looking_context().wrap_socket(connect(), server_hostname=host) as agreed:
        return describe(agreed, refusal)


def handshake(plain: socket.socket, host: str, context: ssl.SSLContext) -> TlsOffer:
    """Shake hands on a connected socket in a validating context, and describe what was agreed; closes the socket.

    Raises ssl.SSLCertVerificationError where the certificate does not hold.
    """
    with context.wrap_socket(plain, server_hostname=host) as agreed:
        return describe(agreed, "")


def describe(agreed: ssl.SSLSocket, refusal: str) -> TlsOffer:
    """The agreed version and cipher, and the certificate's names, issuer and end; `refusal` "" means validated."""
    from cryptography import x509  # noqa: PLC0415 - loaded only where a certificate was seen

    der = agreed.getpeercert(binary_form=True) or b""
    certificate = x509.load_der_x509_certificate(der)
    cipher = agreed.cipher()
    return {
        "offered": True,
        "refusal": refusal,
        "version": agreed.version() or "",
        "cipher": cipher[0] if cipher else "",
        "validated": not refusal,
        "subject": certificate.subject.rfc4514_string(),
        "issuer": certificate.issuer.rfc4514_string(),
        "names": _names(certificate),
        "not_after": certificate.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "certificate": digest(der),
    }


def not_offered(refusal: str) -> TlsOffer:
    """What to say of a server that does not speak TLS."""
    return {
        "offered": False,
        "refusal": refusal,
        "version": "",
        "cipher": "",
        "validated": False,
        "subject": "",
        "issuer": "",
        "names": [],
        "not_after": "",
        "certificate": "",
    }


def _names(certificate: Any) -> list[str]:
    from cryptography import x509  # noqa: PLC0415 - loaded only where a certificate was seen

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return sorted(str(name.value) for name in names)
