"""What guards a machine that somebody can touch: USB disks, log-in without asking, the way it starts."""

from __future__ import annotations

import re

from collectors.hosts.parsers.text import filed, lines, pairs, unreadable
from evidence.facts.host_security import AutoLogin, Boot, UsbStorage
from evidence.model import Missing

_REFUSED = re.compile(r"would (usb-storage|uas) install (/usr)?/bin/(false|true)\b")
_ON = re.compile(r"(automaticloginenable|timedloginenable)\s*=\s*(true|1|yes)\b", re.IGNORECASE)
_NAMED = re.compile(r"autologin-user\s*=\s*\S", re.IGNORECASE)
_USER = re.compile(r"user\s*=\s*\S", re.IGNORECASE)
_GETTY = re.compile(r"execstart=.*\s(--autologin[\s=]|-a)", re.IGNORECASE)
_SUSE = re.compile(r"displaymanager_autologin=[\"']?[^\s\"']", re.IGNORECASE)
_GRUB = ("unread", "open", "password")
_LOCKDOWN = frozenset({"none", "integrity", "confidentiality"})


def usb_storage(data: bytes) -> UsbStorage | Missing:
    """Section `usb`: what a dry run of modprobe would do for USB disks, see modprobe.d(5)."""
    rows = lines(data)
    if not rows or rows[0] != "looked":
        return unreadable("section usb")
    would = {
        row.split()[1]: _REFUSED.match(row) is not None
        for row in rows
        if row.startswith("would ") and len(row.split()) > 2
    }
    # uas alone cannot serve a disk that usb-storage was refused for, but the other way round it can.
    refused = all(would.values()) if {"usb-storage", "uas"} <= would.keys() else None
    return UsbStorage(
        bus="bus" in rows,
        refused=refused,
        loaded=any(row.startswith("loaded ") for row in rows),
        usbguard="usbguard" in rows,
    )


def auto_login(data: bytes) -> AutoLogin | Missing:
    """Section `autologin`: settings of display managers and consoles that let somebody in without asking."""
    rows = lines(data)
    if not rows or rows[0] != "looked":
        return unreadable("section autologin")
    files: set[str] = set()
    part: dict[str, str] = {}
    for line in filed(data):
        text = line.text.strip()
        if text.startswith("["):
            part[line.file] = text.lower()
        elif any(form.match(text) for form in (_ON, _NAMED, _GETTY, _SUSE)) or (
            _USER.match(text) and "sddm" in line.file and part.get(line.file) == "[autologin]"
        ):
            files.add(line.file)
    unread = sorted(row.removeprefix("unread ") for row in rows if row.startswith("unread "))
    return AutoLogin(files=sorted(files), unread=unread)


def boot(data: bytes) -> Boot | Missing:
    """Section `boot`: firmware, the fifth byte of the variable SecureBoot, lockdown, GRUB's password."""
    rows = lines(data)
    values = pairs(data)
    if not rows or rows[0] != "looked" or values.get("firmware") not in {"efi", "other"}:
        return unreadable("section boot")
    states = {row.removeprefix("grub=") for row in rows if row.startswith("grub=")}
    lockdown = values.get("lockdown", "")
    return Boot(
        efi=values["firmware"] == "efi",
        secure_boot={"1": True, "0": False}.get(values.get("secure_boot", "")),
        lockdown=lockdown if lockdown in _LOCKDOWN else "",
        grub="password" if "password" in states else next((state for state in _GRUB if state in states), ""),
    )
