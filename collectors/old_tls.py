"""Whether a server still agrees to TLS 1.1 or 1.0, asked as a client that knows nothing newer."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable

from collectors.tls import looking_context
from evidence.model import NightledgerError, Reason

_OURS = {"NO_CIPHERS_AVAILABLE", "NO_PROTOCOLS_AVAILABLE"}
"""How OpenSSL tells that it could not offer a version itself."""
_ALERT, _HANDSHAKE, _SERVER_HELLO = b"\x15", b"\x16", b"\x02"
_PROTOCOL_VERSION = b"\x46"
"""The alert in place of a hello that speaks of nothing but the version (RFC 5246, section 7.2.2)."""
_OLD = {b"\x03\x01", b"\x03\x02"}
_FIRST = 11
"""Bytes of the first record as far as the version of its hello (RFC 5246, sections 6.2.1 and 7.4.1.3)."""


class OldTlsUnsettled(NightledgerError):
    """The question could not be put, or what answered it was no TLS; `code` is ours."""

    def __init__(self, code: str, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.code, self.reason = code, reason


def agrees_to_old(connect: Callable[[], socket.socket], host: str) -> bool:
    """Whether a server agrees to TLS 1.1 or 1.0 on a connection that `connect` opens; raises OldTlsUnsettled.

    Raises what `connect` raises, and ssl.SSLError where a modern client was not served either.
    """
    # What follows the hello may fail for other reasons, such as a client certificate that is asked for.
    hello = _old_hello(host)
    first = _first_record(connect(), hello)
    kind, message, version = first[:1], first[5:6], first[9:]
    if kind == _HANDSHAKE and message == _SERVER_HELLO:
        return version in _OLD
    if kind == _ALERT and first[6:7] == _PROTOCOL_VERSION:
        return False
    if kind not in {_ALERT, b""}:
        raise OldTlsUnsettled("no_answer_to_old_tls", Reason.ERROR, "its answer to TLS 1.1 is none of TLS's")
    # Others hang up, or plead an error of their own. It is the version they mind, if a modern client is served next.
    with looking_context().wrap_socket(connect(), server_hostname=host):
        return False


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
    raise OldTlsUnsettled("old_tls_not_spoken", Reason.NOT_AVAILABLE, why)


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
