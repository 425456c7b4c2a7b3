"""Transmission on Linux hosts: services whose protocols know no protection at all."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed
from checks.transmission.host_links import NO_PLAIN_PROTOCOLS
from evidence.facts.host_security import Listener

_PLAIN = {("tcp", 23): "telnet", ("tcp", 512): "rexec", ("tcp", 513): "rlogin", ("udp", 69): "TFTP"}


@check("host-no-clear-text-services", on="host.linux", severity="high", links=[NO_PLAIN_PROTOCOLS])
def no_clear_text_services(listeners: list[Listener]) -> Verdict:
    """Does no service listen for a protocol that can only send in clear text?"""
    heard = [row for row in listeners if row["reach"] != "loopback"]
    plain = [_PLAIN[key] for row in heard if (key := (row["protocol"], row["port"])) in _PLAIN]
    if plain:
        return failed(f"something listens on the usual port of {', '.join(sorted(plain))}")
    return passed("nothing listens on the usual ports of telnet, rexec, rlogin and TFTP")
