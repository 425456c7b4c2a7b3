"""Packages and services of Linux hosts: old code that still runs, servers that should not be there."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed
from checks.patching.host_links import HOST_RUNS_WHAT_IS_INSTALLED, HOST_WITHOUT_OLD_SERVERS
from evidence.facts.host_security import Inventory

_NAMED = 5
_OLD = (
    "inetutils-telnetd",
    "krb5-appl-servers",
    "nis",
    "rsh-redone-server",
    "rsh-server",
    "telnet-server",
    "telnetd",
    "ypserv",
)


@check("host-services-restarted", on="host.linux", severity="medium", links=[HOST_RUNS_WHAT_IS_INSTALLED])
def services_run_what_is_installed(outdated_services: list[str]) -> Verdict:
    """Do all services run the code that is installed?"""
    if outdated_services:
        more = f" and {len(outdated_services) - _NAMED} more" if len(outdated_services) > _NAMED else ""
        return failed(f"old code still runs in {', '.join(outdated_services[:_NAMED])}{more}")
    return passed("no service runs code that an update has replaced")


@check("host-no-legacy-servers", on="host.linux", severity="medium", links=[HOST_WITHOUT_OLD_SERVERS])
def no_legacy_server_is_installed(
    package_inventory: Inventory, *, unwanted: tuple[str, ...] = _OLD
) -> Verdict:
    """Is no server installed that cannot be made safe?"""
    names = {row.partition(" ")[0] for row in package_inventory["packages"]}
    found = sorted(names & set(unwanted))
    if found:
        return failed(f"{', '.join(found)} is installed")
    return passed("none of the unwanted servers is installed as a package")
