"""The few bytes of LDAP that the probes speak themselves (RFC 4511, BER): two requests, one result code."""

from __future__ import annotations

import socket

from collectors.directory.errors import DirectoryError
from evidence.model import Reason

_STARTTLS = b"1.3.6.1.4.1.1466.20037"
_SEQUENCE, _INTEGER, _OCTETS, _ENUMERATED = 0x30, 0x02, 0x04, 0x0A
_BIND, _SIMPLE, _EXTENDED, _OID = 0x60, 0x80, 0x77, 0x80
_SEQUENCE_BEGINS, _INDEFINITE = b"\x30", b"\x80"
_UNSOLICITED = b"\x00"
LONGEST = 65_536


def starttls_request() -> bytes:
    """A StartTLS extended request (RFC 4511 section 4.14.1) as message 1."""
    return _message(_element(_EXTENDED, _element(_OID, _STARTTLS)))


def bind_request(name: str, password: str) -> bytes:
    """A version 3 simple bind (RFC 4511 section 4.2) as message 1."""
    version = _element(_INTEGER, b"\x03")
    return _message(
        _element(_BIND, version + _element(_OCTETS, name.encode()) + _element(_SIMPLE, password.encode()))
    )


def read_result(connected: socket.socket) -> int:
    """The result code of the next message; raises DirectoryError where what comes is not an LDAP result."""
    head = _exactly(connected, 2)
    length = head[1]
    if length & 0x80:
        more = _exactly(connected, length & 0x7F)
        length = int.from_bytes(more, "big")
    if head[0] != _SEQUENCE or length > LONGEST:
        raise _not_ldap()
    return result_code(_exactly(connected, length))


def claimed_length(data: bytes | bytearray) -> int | None:
    """The length that a message says it has, header included: 0 while too little came, None where it is no LDAP."""
    if not data.startswith(_SEQUENCE_BEGINS[: len(data)]) or data[1:2] == _INDEFINITE:
        return None
    if len(data) < 2:
        return 0
    width = data[1] & 0x7F if data[1] & 0x80 else 0
    if len(data) < 2 + width:
        return 0
    return 2 + width + (int.from_bytes(data[2 : 2 + width], "big") if width else data[1])


def result_code(message: bytes) -> int:
    """The result code inside an LDAPMessage's content: id, then a response that begins with an ENUMERATED.

    Raises DirectoryError for a notice of disconnection (RFC 4511 section 4.4.1): it answers nothing that was asked.
    """
    _, number, rest = _take(message)
    _, response, _ = _take(rest)
    tag, code, _ = _take(response)
    if tag != _ENUMERATED or not 1 <= len(code) <= 4:
        raise _not_ldap()
    if number == _UNSOLICITED:
        raise _hung_up(int.from_bytes(code, "big"))
    return int.from_bytes(code, "big")


def _message(operation: bytes) -> bytes:
    return _element(_SEQUENCE, _element(_INTEGER, b"\x01") + operation)


def _element(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    width = (size.bit_length() + 7) // 8
    return bytes((tag, 0x80 | width)) + size.to_bytes(width, "big") + content


def _take(data: bytes) -> tuple[int, bytes, bytes]:
    if len(data) < 2:
        raise _not_ldap()
    start, length = 2, data[1]
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[2:start], "big")
    end = start + length
    if start > len(data) or end > len(data):
        raise _not_ldap()
    return data[0], data[start:end], data[end:]


def _exactly(connected: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        chunk = connected.recv(count - len(data))
        if not chunk:
            raise ConnectionResetError("closed before a whole answer came")
        data += chunk
    return data


def _not_ldap() -> DirectoryError:
    return DirectoryError("notLdap", Reason.ERROR, "what answered does not speak LDAP", operation="probe")


def _hung_up(code: int) -> DirectoryError:
    detail = f"the server ended the connection with result code {code} instead of an answer"
    return DirectoryError("disconnected", Reason.NOT_AVAILABLE, detail, operation="probe")
