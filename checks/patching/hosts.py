"""Patching of Linux hosts. A list that is old or empty says nothing, so it never passes."""

from __future__ import annotations

from datetime import date, timedelta

from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.patching.links import (
    HOST_UPDATES_INSTALLED,
    HOST_UPDATES_KEPT_COMING,
    KNOWN_HOLES_CLOSED_TO_MALWARE,
)
from checks.patching.releases import last_days, named
from evidence.facts.host_packages import (
    Kernel,
    PackageLists,
    PendingUpdates,
    Release,
    UpdateAutomation,
    UpdateRuns,
)
from evidence.facts.hosts import Machine

_NAMED = 5
_LATEST_ONLY = "amzn 2023"


def _without_updates(
    release: Release,
    package_lists: PackageLists,
    as_of: date,
    *,
    ended: tuple[str, ...] = (),
    maintained: tuple[str, ...] = (),
) -> Verdict | None:
    """A release past its end offers no update that could be pending."""
    name = named(release)
    if name in ended:
        return failed(f"no security updates are published for {name} any more, as the organisation says")
    known = last_days(release, as_of, extended=package_lists["extended_on"] is not None)
    if name not in maintained and known and known[-1] < as_of:
        return failed(f"no security updates have been published for {name} since {known[-1]}")
    return None


@check(
    "host-security-updates",
    on="host.linux",
    severity="high",
    links=[HOST_UPDATES_INSTALLED, KNOWN_HOLES_CLOSED_TO_MALWARE],
    first=_without_updates,
)
def security_updates_are_installed(
    release: Release,
    pending_updates: PendingUpdates,
    package_lists: PackageLists,
    as_of: date,
    *,
    max_list_days: int = 7,
    ended: tuple[str, ...] = (),  # noqa: ARG001 - see `first`
    maintained: tuple[str, ...] = (),
) -> Verdict:
    """Is the host's release still given security updates, and are all installed that the package archives offer?

    `ended` and `maintained` name releases ("debian 10") of which the organisation knows better, having bought support.
    """
    pending = pending_updates["security"]
    if pending:
        more = f" and {len(pending) - _NAMED} more" if len(pending) > _NAMED else ""
        return failed(f"security updates are pending for {', '.join(pending[:_NAMED])}{more}")
    if not package_lists["count"] or not package_lists["security"]:
        return undecided("the host has no package list of a security archive, so none can be pending")
    listed_on = _listed_on(release, package_lists, as_of)
    if not _is_fresh(listed_on, as_of, max_list_days) or _is_expired(release, package_lists, as_of):
        return undecided(f"no update is pending in lists {_of(listed_on)}, which is too old to say")
    if pending_updates["held"]:
        return undecided(f"held packages may lack a security update: {', '.join(pending_updates['held'])}")
    doubt = None if named(release) in maintained else _doubt(release, package_lists, as_of)
    if doubt is not None:
        return undecided(doubt)
    return passed("no security update is pending in lists that are fresh enough")


@check("host-package-lists-fresh", on="host.linux", severity="medium", links=[HOST_UPDATES_KEPT_COMING])
def package_lists_are_fresh(
    machine: Machine, release: Release, package_lists: PackageLists, as_of: date, *, max_days: int = 7
) -> Verdict:
    """Does the host keep fetching the lists of published security updates?"""
    if machine["family"] != "debian":
        return _other_lists(machine, package_lists, as_of, max_days)
    if not package_lists["count"]:
        return failed("the host has no package lists, so it learns of no update")
    if not package_lists["security"]:
        return failed("none of the package lists is of a security archive")
    listed_on = _listed_on(release, package_lists, as_of)
    if listed_on is None:
        return undecided("nothing shows how old the lists of the security archives are")
    if _is_expired(release, package_lists, as_of):
        return failed(
            f"a security archive's list is {_of(listed_on)} and held until {package_lists['expires_on']}"
        )
    if _is_fresh(listed_on, as_of, max_days):
        return passed(f"the lists of the security archives are of the last {max_days} days")
    if _is_fresh(package_lists["fetched_on"], as_of, max_days):
        return undecided(
            f"some lists came lately, but a security archive's is {_of(listed_on)}: "
            "either nothing was published since, or it did not come"
        )
    return failed(f"a security archive's list is {_of(listed_on)}, older than {max_days} days")


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


def _doubt(release: Release, lists: PackageLists, as_of: date) -> str | None:
    name = named(release)
    known = last_days(release, as_of, extended=lists["extended_on"] is not None)
    if not known:
        return f"no update is pending, but until when {name or 'this system'} gets any is not known here"
    if known[0] < as_of:
        return f"{name} gets security updates until {known[0]} by one source, until {known[-1]} by another"
    if release["codename"] and lists["of"] and release["codename"] not in lists["of"]:
        return f"the security archive's list is of {', '.join(lists['of'])}, the host is of {release['codename']}"
    held = release["held_at"]
    if held == "?":
        return "no update is pending, but whether the subscription keeps the host at a minor release was not read"
    if name == _LATEST_ONLY and held != "latest":
        return f"{name} is offered the updates of the version it stands at only, unless dnf is told to follow"
    if held not in {"", "latest", release["version"].partition(".")[0]}:
        return f"no update is pending, but dnf was told to stay at release {held}, which need not get any"
    return None


def _other_lists(machine: Machine, lists: PackageLists, as_of: date, days: int) -> Verdict:
    # The age of a cached list may be that of the archive's last change, so an old one proves nothing.
    if not lists["count"]:
        return undecided(f"the package lists of {machine['os'] or 'this system'} were not looked at")
    if not lists["security"]:
        return undecided("the system's own package lists came without advisories")
    if not _is_fresh(lists["fresh_on"], as_of, days):
        return undecided(f"the oldest of the package lists is {_of(lists['fresh_on'])}")
    return passed(f"the package lists are of the last {days} days")


def _listed_on(release: Release, lists: PackageLists, as_of: date) -> str | None:
    """The day of the lists that count: those for subscribers where the release gets updates from there only."""
    return lists["extended_on"] if _needs_subscription(release, lists, as_of) else lists["fresh_on"]


def _needs_subscription(release: Release, lists: PackageLists, as_of: date) -> bool:
    known = last_days(release, as_of)
    return lists["extended_on"] is not None and bool(known) and known[-1] < as_of


def _is_expired(release: Release, lists: PackageLists, as_of: date) -> bool:
    until = lists["expires_on"]
    return (
        until is not None
        and date.fromisoformat(until) < as_of
        and not _needs_subscription(release, lists, as_of)
    )


def _is_fresh(day: str | None, as_of: date, days: int) -> bool:
    return day is not None and date.fromisoformat(day) >= as_of - timedelta(days=days)


def _of(day: str | None) -> str:
    return f"of {day}" if day else "of unknown age"
