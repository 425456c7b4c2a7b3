"""Exposure of Linux hosts: what the kernel's own firewall does with what no rule speaks of."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed
from checks.exposure.host_links import HOST_REFUSES_STRANGERS
from evidence.facts.host_security import Firewall


@check("host-firewall-refuses", on="host.linux", severity="medium", links=[HOST_REFUSES_STRANGERS])
def firewall_refuses_by_default(firewall: Firewall) -> Verdict:
    """Does the host's firewall refuse what no rule of it lets in?"""
    judged = {"IPv4": firewall["ipv4"], **({"IPv6": firewall["ipv6"]} if firewall["has_ipv6"] else {})}
    open_ = [family for family, does in judged.items() if does != "refused"]
    if open_:
        return failed(f"the host's own firewall lets in over {' and '.join(open_)} what no rule speaks of")
    return passed(f"the host's own firewall refuses what no rule speaks of over {' and '.join(judged)}")
