"""Exposure of Windows and macOS hosts: their own firewalls."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed, supporting, undecided
from evidence.facts.host_foreign import FirewallProfile

OWN_FIREWALL_ON = supporting(
    "164.312(e)(1)",
    proves="the firewall that this Windows or macOS host brings with it is switched on",
    does_not_prove="that the exceptions its programs asked for are needed",
)


@check("windows-firewall", on="host.windows", severity="medium", links=[OWN_FIREWALL_ON])
def windows_firewall_blocks(firewall: list[FirewallProfile]) -> Verdict:
    """Does every profile of the firewall block what no rule lets in?"""
    open_ = [row["name"] for row in firewall if not row["enabled"] or row["blocks"] is False]
    if open_:
        return failed(f"the firewall is off or lets in by default in profile {', '.join(open_)}")
    if any(row["blocks"] is None for row in firewall):
        return undecided(
            "the firewall is on; what it does by default with what no rule lets in is not configured"
        )
    return passed(f"the firewall blocks by default in profiles {', '.join(row['name'] for row in firewall)}")


@check("macos-firewall", on="host.macos", severity="medium", links=[OWN_FIREWALL_ON])
def macos_firewall_is_on(firewall: bool) -> Verdict:  # noqa: FBT001 - facts are positional
    """Is the application firewall on?"""
    return passed("the application firewall is on") if firewall else failed("the application firewall is off")
