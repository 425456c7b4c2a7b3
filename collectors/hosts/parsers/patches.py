"""Pending updates, who installs them, and which kernel runs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from collectors.hosts.parsers.apt_lists import dated
from collectors.hosts.parsers.text import filed, lines, pairs, unreadable
from evidence.facts.host_packages import Kernel, PendingUpdates, UpdateAutomation, UpdateRuns
from evidence.facts.hosts import Service
from evidence.model import Missing, Reason

_UPGRADE = re.compile(r"([a-z0-9][\w.+-]*)/(\S+) \S+ \S+ \[upgradable from: \S+\]")
_KERNEL = re.compile(r"(\d[\d.\-~+]*\d)(.*)")
_APT_SETTING = re.compile(r"(\S+) \"(.*)\";")
_ORIGINS = ("unattended-upgrade::allowed-origins::", "unattended-upgrade::origins-pattern::")
_TIMERS = ("apt-daily-upgrade.timer", "dnf-automatic.timer", "dnf-automatic-install.timer")


def pending_updates(
    data: bytes, withheld: Iterable[str] = (), unmarked: Collection[str] = ()
) -> PendingUpdates | Missing:
    """What `apt list --upgradable` offers, on hold or not; security by the archives' suites.

    `withheld` are packages that pins keep as they are, which apt does not speak of; `unmarked` are suites whose
    name does not tell security updates from others: where one of these offers anything, nothing is said.
    """
    first, *rows = [line for line in lines(data) if line] or [""]
    found = [_UPGRADE.fullmatch(row) for row in rows]
    if not first.startswith("Listing...") or not all(found):
        return unreadable("the answer of apt")
    offers = [(match[1], match[2].split(",")) for match in found if match is not None]
    if not all(set(unmarked).isdisjoint(suites) for _, suites in offers):
        detail = "this release's security archive shares its suite's name with other updates"
        return Missing(Reason.NOT_AVAILABLE, detail=detail)
    security = {name for name, suites in offers if any(suite.endswith("-security") for suite in suites)}
    other = {name for name, _ in offers} - security
    return PendingUpdates(security=sorted(security), other=sorted(other), held=sorted(set(withheld)))


def update_runs(stamps: bytes) -> UpdateRuns:
    """When unattended-upgrades last ended well, by the stamp that apt's daily job leaves."""
    days = [day for name, day in dated(stamps) if name == "upgrade-stamp"]
    return UpdateRuns(upgraded_on=max(days, default=None))


def update_automation(periodic: bytes, dnf: bytes, services: Sequence[Service] | None) -> UpdateAutomation:
    """Whether unattended-upgrades or dnf-automatic is told to install updates, and whether a timer starts it."""
    scheduled = None if services is None else _scheduled(services)
    if "installed=yes" in lines(periodic):
        told = _apt_settings(periodic)
        configured = (
            _on(told.get("apt::periodic::enable", "1"))
            and _on(told.get("apt::periodic::unattended-upgrade", "0"))
            # Of which archives it installs from: without one it ends well each day and installs nothing.
            and any(name in told for name in _ORIGINS)
        )
        return UpdateAutomation(tool="unattended-upgrades", configured=configured, scheduled=scheduled)
    settings = pairs("\n".join(line.text for line in filed(dnf)).encode())
    if settings:
        applies = settings.get("apply_updates", "no").lower() in {"yes", "true", "1"}
        return UpdateAutomation(tool="dnf-automatic", configured=applies, scheduled=scheduled)
    return UpdateAutomation(tool="", configured=False, scheduled=scheduled)


def kernel(data: bytes, running: str, packages: bytes = b"") -> Kernel:
    """The newest kernel in /boot of the running one's flavour; rescue images do not count.

    `packages` are the installed ones, where they are known: an update may have replaced an image under its own name.
    """
    found = [line.partition("=") for line in lines(data)]
    images = [value for name, _, value in found if name == "image" and "rescue" not in value]
    alike = [image for image in images if _flavour(image) == _flavour(running)]
    newest = max(alike, key=_order, default="")
    if newest and _order(newest) < _order(running):
        # The running kernel's own image is gone, so what is installed does not tell.
        newest = ""
    return Kernel(
        running=running,
        newest=newest,
        reboot_required=any(name == "reboot_required" for name, _, _ in found)
        or any(name == "built" and _is_replaced(value, running, packages) for name, _, value in found),
    )


def _is_replaced(built: str, running: str, packages: bytes) -> bool:
    rows = [row.split(" ") for row in lines(packages) if row.startswith(f"installed linux-image-{running} ")]
    # A package that was only built again carries "+b" and a number, of which the kernel does not speak.
    versions = {re.sub(r"\+b\d+$", "", row[2]) for row in rows if len(row) > 2}
    return bool(versions) and built not in versions


def _apt_settings(dumped: bytes) -> dict[str, str]:
    found = [match for line in lines(dumped) if (match := _APT_SETTING.fullmatch(line)) is not None]
    return {match[1].lower(): match[2] for match in found}


def _on(value: str) -> bool:
    # A period of 0 is off; "always" and any other period are on, see apt.conf(5).
    return value not in {"", "0", "false", "no"}


def _scheduled(services: Sequence[Service]) -> bool:
    return any(service["unit"] in _TIMERS and service["active"] == "active" for service in services)


def _flavour(release: str) -> str:
    match = _KERNEL.match(release)
    # The minor release of the distribution is part of the version, not of the flavour.
    return re.sub(r"\.(el|deb)(\d+)[_.]\d+", r".\1\2", match[2]) if match else release


def _order(release: str) -> list[tuple[int, str]]:
    return [
        (int(part[:9]), "") if part.isdecimal() else (-1, part)
        for part in re.findall(r"\d+|[a-z~]+", release)
    ]
