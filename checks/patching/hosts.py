"""Patching of Linux hosts. A list that is old or empty says nothing, so it never passes."""

from __future__ import annotations

from datetime import date, timedelta

from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.patching.links import (
    HOST_UPDATES_INSTALLED,
    HOST_UPDATES_KEPT_COMING,
    KNOWN_HOLES_CLOSED_TO_MALWARE,
)
from evidence.facts.hosts import (
    Kernel,
    Machine,
    PackageLists,
    PendingUpdates,
    UpdateAutomation,
    UpdateRuns,
)

_NAMED = 5


@check(
    "host-security-updates",
    on="host.linux",
    severity="high",
    links=[HOST_UPDATES_INSTALLED, KNOWN_HOLES_CLOSED_TO_MALWARE],
)
def security_updates_are_installed(
    pending_updates: PendingUpdates, package_lists: PackageLists, as_of: date, *, max_list_days: int = 7
) -> Verdict:
    """Are all security updates installed that the package archives offer?"""
    pending = pending_updates["security"]
    if pending:
        more = f" and {len(pending) - _NAMED} more" if len(pending) > _NAMED else ""
        return failed(f"security updates are pending for {', '.join(pending[:_NAMED])}{more}")
    if not package_lists["count"] or not package_lists["security"]:
        return undecided("the host has no package list of a security archive, so none can be pending")
    if not _is_fresh(package_lists, as_of, max_list_days):
        return undecided(f"no update is pending in lists {_of(package_lists)}, which is too old to say")
    if pending_updates["held"]:
        return undecided(f"held packages may lack a security update: {', '.join(pending_updates['held'])}")
    return passed("no security update is pending in lists that are fresh enough")


@check("host-package-lists-fresh", on="host.linux", severity="medium", links=[HOST_UPDATES_KEPT_COMING])
def package_lists_are_fresh(
    machine: Machine, package_lists: PackageLists, as_of: date, *, max_days: int = 7
) -> Verdict:
    """Does the host keep fetching the lists of published security updates?"""
    if machine["family"] != "debian":
        return _other_lists(machine, package_lists, as_of, max_days)
    if not package_lists["count"]:
        return failed("the host has no package lists, so it learns of no update")
    if not package_lists["security"]:
        return failed("none of the package lists is of a security archive")
    if package_lists["fresh_on"] is None:
        return undecided("nothing shows how old the package lists are")
    if not _is_fresh(package_lists, as_of, max_days):
        return failed(f"the package lists are {_of(package_lists)}, older than {max_days} days")
    return passed(f"the package lists are of the last {max_days} days")


@check("host-automatic-updates", on="host.linux", severity="medium", links=[HOST_UPDATES_KEPT_COMING])
def updates_are_automatic(
    machine: Machine,
    update_automation: UpdateAutomation,
    update_runs: UpdateRuns,
    as_of: date,
    *,
    max_days: int = 7,
) -> Verdict:
    """Are updates installed by themselves, and did that really happen lately?"""
    tool, ran = update_automation["tool"], update_runs["upgraded_on"]
    if not tool and machine["family"] not in {"debian", "redhat"}:
        return undecided(f"what installs updates on {machine['os'] or 'this system'} was not looked for")
    if not tool:
        return failed("neither unattended-upgrades nor dnf-automatic is installed")
    if not update_automation["configured"]:
        return failed(f"{tool} is installed but not told to install updates")
    if update_automation["scheduled"] is False:
        return failed(f"{tool} is told to install updates, but no timer starts it")
    if ran is None:
        return undecided(f"{tool} is told to install updates; no trace shows that it ever did")
    if date.fromisoformat(ran) < as_of - timedelta(days=max_days):
        return failed(f"{tool} last ended well on {ran}")
    return passed(f"{tool} ended well within the last {max_days} days")


@check("host-kernel-current", on="host.linux", severity="medium", links=[HOST_UPDATES_INSTALLED])
def kernel_is_current(machine: Machine, kernel: Kernel) -> Verdict:
    """Does the host run the newest kernel that is installed on it?"""
    if machine["container"]:
        return not_applicable(f"a container ({machine['container']}) runs on its host's kernel")
    if kernel["newest"] and kernel["newest"] != kernel["running"]:
        return failed(f"kernel {kernel['running']} runs, {kernel['newest']} waits for a restart")
    if kernel["reboot_required"]:
        return failed("installed updates take effect only after a restart")
    if not kernel["newest"]:
        return undecided(f"no installed kernel was found to compare {kernel['running']} with")
    return passed(f"the newest installed kernel runs, {kernel['running']}")


def _other_lists(machine: Machine, lists: PackageLists, as_of: date, days: int) -> Verdict:
    # The age of a cached list may be that of the archive's last change, so an old one proves nothing.
    if not lists["count"]:
        return undecided(f"the package lists of {machine['os'] or 'this system'} were not looked at")
    if not lists["security"]:
        return undecided("the system's own package lists came without advisories")
    if not _is_fresh(lists, as_of, days):
        return undecided(f"the oldest of the package lists is {_of(lists)}")
    return passed(f"the package lists are of the last {days} days")


def _is_fresh(lists: PackageLists, as_of: date, days: int) -> bool:
    on = lists["fresh_on"]
    return on is not None and date.fromisoformat(on) >= as_of - timedelta(days=days)


def _of(lists: PackageLists) -> str:
    return f"of {lists['fresh_on']}" if lists["fresh_on"] else "of unknown age"
