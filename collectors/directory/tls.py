"""TLS of our own connections to a directory: always validated."""

from __future__ import annotations

import ssl
from typing import Any

from collectors.directory.errors import DirectoryError
from collectors.tls import why_refused
from evidence.model import Reason


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
