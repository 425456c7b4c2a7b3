"""TLS to a directory: always validated for our own connections, described for the evidence."""

from __future__ import annotations

import socket
import ssl
from typing import Any

from collectors.directory.errors import DirectoryError
from evidence.canonical import digest
from evidence.facts.directory import TlsOffer
from evidence.model import Reason

NO_TLS_OR_TOO_OLD = {
    "HTTP_REQUEST",
    "NO_PROTOCOLS_AVAILABLE",
    "TLSV1_ALERT_PROTOCOL_VERSION",
    "UNSUPPORTED_PROTOCOL",
    "WRONG_VERSION_NUMBER",
}


def validating_context(ca_file: str) -> ssl.SSLContext:
    """A context that checks chain and host name against `ca_file` or the system's authorities, TLS 1.2 at least.

    Raises DirectoryError where the file cannot be used, which says nothing about the server.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        why = error.strerror if isinstance(error, FileNotFoundError | PermissionError) else why_refused(error)
        raise DirectoryError(
            "caFile", Reason.ERROR, f"ca_file cannot be used: {why}", operation="connect"
        ) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def looking_context() -> ssl.SSLContext:
    """A context that accepts any certificate: only ever to describe one, never to send anything over."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def ldap3_tls(context: ssl.SSLContext) -> Any:
    """An ldap3 `Tls` that wraps sockets in `context`, so the standard library checks the chain and the name.

    Its attribute `refusal` holds the reason of the last failed handshake, which ldap3 would lose.
    """
    from ldap3 import Tls  # noqa: PLC0415 - the SDK is loaded only where a directory is polled

    class ContextTls(Tls):  # type: ignore[misc]
        """Leaves every decision about the handshake to `context`."""

        refusal = ""

        def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - ldap3's signature
            """Wrap the socket and shake hands at once; ldap3 calls this for LDAPS and for StartTLS."""
            try:
                connection.socket = context.wrap_socket(
                    connection.socket, server_hostname=connection.server.host
                )
            except (ssl.SSLError, ssl.CertificateError) as error:
                self.refusal = why_refused(error)
                raise

    return ContextTls(validate=ssl.CERT_REQUIRED)


def why_refused(error: Exception) -> str:
    """A handshake's failure in OpenSSL's own stable words, without addresses or file names."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    reason = getattr(error, "reason", None)
    return str(reason).lower().replace("_", " ") if reason else type(error).__name__


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
