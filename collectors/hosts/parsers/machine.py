"""What kind of system this is, and what time it thinks it is."""

from __future__ import annotations

from datetime import date, timedelta

from collectors.hosts.parsers.text import lines, number, pairs, unreadable
from evidence.facts.host_packages import Release
from evidence.facts.hosts import HostClock, Machine
from evidence.model import Missing

_FAMILIES = {
    "debian": "debian",
    "ubuntu": "debian",
    "rhel": "redhat",
    "fedora": "redhat",
    "centos": "redhat",
    "suse": "suse",
    "alpine": "alpine",
}
_HYPERVISORS = (
    "amazon ec2",
    "google",
    "microsoft corporation",
    "qemu",
    "vmware",
    "xen",
    "innotek",
    "openstack",
)


def machine(data: bytes) -> Machine | Missing:
    """The system's kind from section `machine` (uname, os-release, DMI, markers of containers)."""
    found = pairs(data)
    if not found.get("kernel"):
        return unreadable("section machine")
    vendor = found.get("vendor", "").lower()
    return Machine(
        os=found.get("ID", ""),
        version=found.get("VERSION_ID", ""),
        family=_family(found.get("ID", ""), found.get("ID_LIKE", "")),
        kernel=found["kernel"],
        architecture=found.get("architecture", ""),
        container="" if found.get("own_kernel") == "yes" else found.get("container", ""),
        virtual="hypervisor" in found or any(name in vendor for name in _HYPERVISORS),
        systemd=found.get("init") == "systemd",
    )


def release(data: bytes) -> Release | Missing:
    """The release from section `machine`: os-release(5), the row of distro-info-data, what dnf was told."""
    found = pairs(data)
    if not found.get("kernel"):
        return unreadable("section machine")
    return Release(
        os=found.get("ID", ""),
        version=found.get("VERSION_ID", ""),
        codename=found.get("VERSION_CODENAME", ""),
        # os-release names the first day without support, the table the last one with it.
        support_end=_day(found.get("SUPPORT_END", ""), timedelta(days=1)),
        standard_end=_day(found.get("distro-info:eol", "")),
        long_term_end=_day(found.get("distro-info:eol-lts", "")),
        extended_end=_day(found.get("distro-info:eol-esm", "")),
        held_at=found.get("releasever", ""),
    )


def clock(data: bytes, asked_at: int, read_at: int) -> HostClock | Missing:
    """The host's clock against the collector's, from section `clock`; all in seconds since 1970.

    The host said its time somewhere between being asked and having answered, so within these it may be right.
    """
    found = [line.split()[0] for line in lines(data)]
    if len(found) != 2:
        return unreadable("section clock")
    now, uptime = number(found[0]), number(found[1].partition(".")[0])
    if now is None or uptime is None:
        return unreadable("section clock")
    return HostClock(uptime_seconds=uptime, offset_seconds=now - min(max(now, asked_at), read_at))


def _family(id_: str, like: str) -> str:
    return next((_FAMILIES[word] for word in (id_, *like.split()) if word in _FAMILIES), "other")


def _day(text: str, before: timedelta = timedelta()) -> str | None:
    try:
        return (date.fromisoformat(text) - before).isoformat()
    except (ValueError, OverflowError):
        return None
