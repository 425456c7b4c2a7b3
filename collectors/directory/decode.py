"""From the bytes of LDAP values to plain values; nothing here needs the server's schema."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

from evidence.model import NightledgerError

_GENERALIZED = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)?)?(?:[.,]\d+)?(Z|[+-]\d\d(?:\d\d)?)")
_WORD = re.compile(r"\s+")


class Undecodable(NightledgerError):
    """A value does not have the syntax its attribute promises; the message never holds the value."""


def text(value: bytes) -> str:
    """UTF-8 text, else "hex:" and the bytes in hexadecimal."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return "hex:" + value.hex()


def integer(value: bytes) -> int:
    """An INTEGER (RFC 4517 section 3.3.16)."""
    if not re.fullmatch(rb"-?\d{1,15}", value):
        raise Undecodable("not an integer")
    return int(value)


def boolean(value: bytes) -> bool:
    """A Boolean (RFC 4517 section 3.3.3): TRUE or FALSE, nothing else."""
    match value:
        case b"TRUE":
            return True
        case b"FALSE":
            return False
        case _:
            raise Undecodable("not TRUE or FALSE")


def generalized_time(value: bytes) -> str:
    """A Generalized Time (RFC 4517 section 3.3.13) as UTC ISO-8601 with seconds; fractions are cut off."""
    match = _GENERALIZED.fullmatch(text(value))
    if match is None:
        raise Undecodable("not a generalized time")
    year, month, day, hour, minute, second, zone = match.groups()
    try:
        local = datetime(
            int(year), int(month), int(day), int(hour), int(minute or 0), int(second or 0), tzinfo=UTC
        )
        return (local - _offset(zone)).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
    except (ValueError, OverflowError):
        raise Undecodable("not a generalized time") from None


def entry_uuid(value: bytes) -> str:
    """An entryUUID (RFC 4530) in its one lower-case form."""
    try:
        return str(uuid.UUID(text(value)))
    except ValueError:
        raise Undecodable("not an entryUUID") from None


def guid(value: bytes) -> str:
    """An objectGUID: 16 bytes, of which the first three fields are little-endian."""
    if len(value) != 16:
        raise Undecodable("not an objectGUID")
    return str(uuid.UUID(bytes_le=value))


def normal_dn(name: str) -> str:
    """A distinguished name (RFC 4514) in one form for comparison: case, spaces and escapes made equal.

    Equality is that of caseIgnoreMatch, which every naming attribute in common use has.
    """
    rdns = [_rdn(part) for part in _split(name, ",")]
    return ",".join(rdns)


def _offset(zone: str) -> timedelta:
    if zone == "Z":
        return timedelta()
    size = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5] or 0))
    return size if zone[0] == "+" else -size


def _rdn(text_: str) -> str:
    return "+".join(sorted(_attribute_and_value(part) for part in _split(text_, "+")))


def _attribute_and_value(text_: str) -> str:
    attribute, _, value = text_.partition("=")
    plain = _WORD.sub(" ", _unescape(value)).strip().casefold()
    escaped = re.sub(r'([\\,+"<>;=#])', r"\\\1", plain)
    return f"{attribute.strip().lower()}={escaped}"


def _split(name: str, at: str) -> list[str]:
    parts, start, position = [], 0, 0
    while position < len(name):
        if name[position] == "\\":
            position += 1
        elif name[position] == at:
            parts.append(name[start:position])
            start = position + 1
        position += 1
    parts.append(name[start:])
    return parts


def _unescape(value: str) -> str:
    out, position, data = bytearray(), 0, value
    while position < len(data):
        pair = data[position + 1 : position + 3]
        if data[position] == "\\" and re.fullmatch(r"[0-9A-Fa-f]{2}", pair):
            out += bytes.fromhex(pair)
            position += 3
        elif data[position] == "\\" and pair:
            out += pair[0].encode("utf-8", "surrogatepass")
            position += 2
        else:
            out += data[position].encode("utf-8", "surrogatepass")
            position += 1
    return out.decode("utf-8", "replace")
