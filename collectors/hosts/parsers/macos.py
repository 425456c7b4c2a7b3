"""Sections of macos.sh. Written from Apple's documentation, not yet from a live host's answers."""

from __future__ import annotations

import json
import re

from collectors.hosts.parsers.text import lines, number, unreadable
from evidence.facts.host_foreign import ForeignSystem, MacUpdates, ManagedLock
from evidence.model import Missing

_UUID = re.compile(r'"IOPlatformUUID"\s*=\s*"([0-9A-Fa-f-]{36})"')
_SETTING = re.compile(r'^ {4}"?(\w+)"?\s*=\s*"?([^";]*)"?;\s*$')
_DAY = re.compile(r"(\d{4}-\d\d-\d\d) \d\d:\d\d:\d\d \+0000")
_SWITCH = {"1": True, "0": False}


def identity(data: bytes) -> list[str] | Missing:
    """The hardware's UUID, and the computer's name."""
    found = _UUID.search(data.decode("utf-8", "replace"))
    name = _named(data).get("Name", "")
    return [found[1].lower(), name] if found and name else unreadable("section mac_system")


def system(data: bytes) -> ForeignSystem | Missing:
    """What `sw_vers` prints."""
    named = _named(data)
    if not named.get("ProductVersion"):
        return unreadable("the answer of sw_vers")
    return ForeignSystem(
        product=f"{named.get('ProductName', 'macOS')} {named['ProductVersion']}",
        build=named.get("BuildVersion", ""),
    )


def filevault(data: bytes) -> bool | Missing:
    """What `fdesetup status` prints; while it is still encrypting or decrypting it does not count as on."""
    said = [line.strip() for line in lines(data)]
    if said == ["FileVault is On."]:
        return True
    if said and (said[0].startswith("FileVault is Off.") or any("in progress" in line for line in said)):
        return False
    return unreadable("the answer of fdesetup")


def integrity(data: bytes) -> bool | Missing:
    """What `csrutil status` prints; a custom configuration counts as off."""
    said = " ".join(line.strip() for line in lines(data))
    if said == "System Integrity Protection status: enabled.":
        return True
    if said.startswith("System Integrity Protection status: "):
        return False
    return unreadable("the answer of csrutil")


def firewall(data: bytes) -> bool | Missing:
    """What `socketfilterfw --getglobalstate` prints: state 1 on, 2 on and blocking all, 0 off."""
    match = re.fullmatch(r"Firewall is \w+[.!]? \(State = ([012])\)", " ".join(lines(data)).strip())
    return unreadable("the answer of socketfilterfw") if match is None else match[1] != "0"


def lock(data: bytes) -> ManagedLock | Missing | None:
    """The managed com.apple.screensaver as JSON; None where no profile speaks of it."""
    if not data:
        return None
    try:
        values = json.loads(data) if data.count(b"{") + data.count(b"[") < 100 else None
    except ValueError:
        values = None
    if not isinstance(values, dict):
        return unreadable("the managed settings of the screen saver")
    asks = values.get("askForPassword")
    return ManagedLock(
        idle_seconds=number(str(values.get("idleTime"))),
        asks=None if asks is None else asks is True or str(asks) == "1",
        delay_seconds=number(str(values.get("askForPasswordDelay"))),
    )


def updates(data: bytes) -> MacUpdates | Missing:
    """What `defaults read com.apple.SoftwareUpdate` prints, settings of the first level only."""
    rows = lines(data)
    if not rows or rows[0] != "{" or rows[-1] != "}":
        return unreadable("the settings of Software Update")
    values = {match[1]: match[2].strip() for row in rows if (match := _SETTING.match(row))}
    looked = _DAY.match(values.get("LastFullSuccessfulDate", values.get("LastSuccessfulDate", "")))
    return MacUpdates(
        installs=_SWITCH.get(values.get("AutomaticallyInstallMacOSUpdates", "")),
        critical=_SWITCH.get(values.get("CriticalUpdateInstall", "")),
        pending=number(values.get("LastUpdatesAvailable", "")),
        searched_on=looked[1] if looked else None,
    )


def _named(data: bytes) -> dict[str, str]:
    rows = [line.partition(":") for line in lines(data)]
    return {name.strip(): value.strip() for name, mark, value in rows if mark}
