"""Ports that somebody listens on, and whether the clock follows a source."""

from __future__ import annotations

import re

from collectors.hosts.parsers.text import lines, number, pairs, unreadable
from evidence.facts.host_security import Listener, TimeSync
from evidence.model import Missing

_SOCKET = re.compile(r"(tcp6?|udp6?) ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})")
_BIG_ENDIAN = frozenset({"s390x", "s390", "ppc64", "ppc", "mips", "mips64", "sparc64"})
_LOOPBACK6 = ("0" * 24 + "01000000", "0" * 31 + "1")
_CHRONY_FIELDS = 14
_FOLLOWING = frozenset({"Normal", "Insert second", "Delete second"})
_LATELY = 86_400


def listeners(data: bytes, architecture: str) -> list[Listener] | Missing:
    """PROTOCOL ADDRESS:PORT in the kernel's hexadecimal, see proc(5); addresses stand in the machine's byte order."""
    rows = lines(data)
    if not {"looked tcp", "looked udp"} <= set(rows):
        return unreadable("section listeners")
    found: set[tuple[str, int, str]] = set()
    for row in rows:
        match = _SOCKET.fullmatch(row)
        if match is not None:
            local = _is_loopback(match[2], big_endian=architecture in _BIG_ENDIAN)
            found.add((match[1].rstrip("6"), int(match[3], 16), "loopback" if local else "network"))
        elif not row.startswith("looked ") and row != "ipv6":
            return unreadable("section listeners")
    return [Listener(protocol=protocol, port=port, reach=reach) for protocol, port, reach in sorted(found)]


def time_sync(data: bytes, read_at: int) -> TimeSync | Missing:
    """What `chronyc -c tracking` prints (14 fields, the last the leap status), or `timedatectl show`.

    `read_at` is the collector's time in seconds since 1970: what was measured long before it is followed no more.
    """
    rows = lines(data)
    fields = rows[0].split(",") if len(rows) == 1 else []
    if len(fields) == _CHRONY_FIELDS and fields[2].isdecimal():
        # A source that was never reached shows as reference id 7F7F0101 (its own clock) or leap status 3.
        follows = fields[13] in _FOLLOWING and fields[0] not in {"", "00000000", "7F7F0101"}
        # One that is reached no more keeps its id and its status; only the time of its last measurement tells.
        measured, interval = (number(fields[at].partition(".")[0]) or 0 for at in (3, 12))
        follows = follows and read_at - measured <= max(_LATELY, 2 * interval)
        return TimeSync(tool="chrony", synchronised=follows)
    values = pairs(data)
    if values.get("NTPSynchronized") in {"yes", "no"}:
        return TimeSync(tool="timedated", synchronised=values["NTPSynchronized"] == "yes")
    return unreadable("the answer of the time service")


def _is_loopback(address: str, *, big_endian: bool) -> bool:
    if len(address) == 8:
        return address.startswith("7F") if big_endian else address.endswith("7F")
    mapped = address[16:24] in {"FFFF0000", "0000FFFF"} and address[:16] == "0" * 16
    return address in _LOOPBACK6 or (mapped and _is_loopback(address[24:], big_endian=big_endian))
