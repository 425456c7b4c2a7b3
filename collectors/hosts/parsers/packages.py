"""What is installed, and what dnf and zypper know to be pending; a cache without advisories says nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from xml.etree import ElementTree as ET

from collectors.hosts.parsers.text import Line, filed, lines, number, pairs, unreadable
from evidence.facts.host_packages import PackageLists, PendingUpdates, UpdateRuns
from evidence.facts.host_security import Inventory
from evidence.model import Missing

_INSTALLED = re.compile(r"^installed (\S+ \S+ \S+)$", re.MULTILINE)
_ADVISORY = re.compile(r"(\S+-\S*\d\S*)\s+(?:\S+\s+)?(\S+)\s+(\S+-[^-\s]+-[^-\s]+)(?:\s|$)")
_FILE = re.compile(r"(index|advisories) (\d{1,11}) (/\S+)")
_OWN = re.compile(r"baseos|appstream|update|amazonlinux|/ol\d+_[^/]*latest", re.IGNORECASE)
_WHEN = re.compile(r"[A-Z][a-z]{2} (\d{4}-\d\d-\d\d) \d\d:\d\d:\d\d \S+$")


def inventory(data: bytes) -> Inventory | Missing:
    """STATUS NAME VERSION ARCHITECTURE for each package; those only left in the database do not count."""
    rows = lines(data)
    installed = _INSTALLED.findall("\n".join(rows))
    others = [row for row in rows if not row.startswith("installed ")]
    odd = len(installed) + len(others) != len(rows) or any(len(row.split(" ")) != 4 for row in others)
    if not installed or odd:
        return unreadable("the list of packages")
    packages = sorted(set(installed))
    digest = hashlib.sha256("\n".join(packages).encode()).hexdigest()
    return Inventory(count=len(packages), digest=f"sha256:{digest}", packages=packages)


def dnf_pending(data: bytes, held: Iterable[str] = ()) -> PendingUpdates | Missing:
    """What `dnf -C updateinfo list --updates --security` prints: ADVISORY SEVERITY PACKAGE a line, or nothing.

    `held` are packages that dnf is told to leave as they are, of which it does not speak.
    """
    names: set[str] = set()
    for row in lines(data):
        if row.startswith(("Name ", "Last metadata ", "Updating Subscription ")):
            continue
        match = _ADVISORY.match(row.strip())
        if match is None:
            return unreadable("the answer of dnf")
        names.add(match[3].rsplit("-", 2)[0])
    return PendingUpdates(security=sorted(names), other=[], held=sorted(set(held)))


def dnf_held(excludes: bytes, packages: bytes) -> list[str]:
    """Installed packages that dnf's settings or locks on versions leave as they are; all they name for b"" packages."""
    installed = {row.split(" ")[1] for row in lines(packages) if row.startswith("installed ")}
    named = {name for line in filed(excludes) for name in _left_alone(line)}
    return sorted(name for name in named if not installed or any(fnmatchcase(one, name) for one in installed))


def _left_alone(line: Line) -> list[str]:
    text = line.text.strip()
    key, equals, value = text.partition("=")
    if line.file.endswith("versionlock.toml"):
        return [value.strip().strip("\"'")] if key.strip() == "name" else []
    if line.file.endswith("versionlock.list"):
        # A line is a package with its version; behind "!" it is the version that is kept out.
        return [re.sub(r"-\d+:\S*$", "", text.removeprefix("!"))]
    return re.split(r"[\s,]+", value.strip()) if equals and key.strip().lower().startswith("exclude") else []


def repository_lists(data: bytes) -> PackageLists | Missing:
    """Indices in the cache by the time they were written; `security` only if the system's own have advisories.

    Fresh is the oldest of the indices: one stale repository makes the whole answer stale.
    """
    rows = lines(data)
    found = [_FILE.fullmatch(row) for row in rows[1:]]
    if not rows or rows[0] != "looked" or not all(found):
        return unreadable("the list of repositories")
    files = [match for match in found if match is not None]
    indices = {match[3].rpartition("/")[0]: number(match[2]) for match in files if match[1] == "index"}
    advised = {match[3].rpartition("/")[0] for match in files if match[1] == "advisories"}
    times = [value for value in indices.values() if value is not None and value < 2**33]
    fresh = datetime.fromtimestamp(min(times), UTC).date().isoformat() if times else None
    own = {place for place in indices if _OWN.search(place)}
    return PackageLists(
        count=len(indices),
        security=bool(own) and own <= advised,
        of=[],
        fresh_on=fresh,
        expires_on=None,
        extended_on=None,
        fetched_on=None,
    )


def zypper_patches(data: bytes) -> PendingUpdates | Missing:
    """The XML of `zypper list-patches --category security`: the needed patches by name."""
    if b"<!" in data:
        return unreadable("the answer of zypper")
    try:
        root = ET.fromstring(data)  # noqa: S314 - no document type, so no entity can be declared
    except (ET.ParseError, ValueError, LookupError):
        return unreadable("the answer of zypper")
    status = root.find("update-status")
    updates = None if status is None else status.find("update-list")
    if root.tag != "stream" or updates is None:
        return unreadable("the answer of zypper")
    needed = [one for one in updates.iter("update") if one.get("status", "needed") == "needed"]
    if any(not one.get("name") for one in needed):
        return unreadable("the answer of zypper")
    held = {one.get("name", "") for one in needed if one.get("pkgmanager") == "locked"}
    return PendingUpdates(
        security=sorted({one.get("name", "") for one in needed}), other=[], held=sorted(held)
    )


def dnf_runs(data: bytes) -> UpdateRuns:
    """When a service of dnf-automatic last ended well since the host started; see systemd.exec(5)."""
    days = []
    for block in data.split(b"\n\n"):
        values = pairs(block)
        when = _WHEN.match(values.get("ExecMainExitTimestamp", ""))
        if when and values.get("Result") == "success" and values.get("ExecMainStatus") == "0":
            days.append(when[1])
    return UpdateRuns(upgraded_on=max((day for day in days if _is_day(day)), default=None))


def outdated_services(data: bytes) -> list[str] | Missing:
    """What `needrestart -b` prints: the services that still run code which was since replaced."""
    rows = [row.partition(": ") for row in lines(data)]
    if (
        not rows
        or rows[0][0] != "NEEDRESTART-VER"
        or any(not row[0].startswith("NEEDRESTART-") for row in rows)
    ):
        return unreadable("the answer of needrestart")
    return sorted({value.strip() for name, _, value in rows if name == "NEEDRESTART-SVC"})


def _is_day(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return False
    return True
