"""Sections of windows.ps1, JSON inside. Written from Microsoft's documentation, not yet from a live host's answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from collectors.hosts.parsers.account_rights import nested_too_deep
from collectors.hosts.parsers.text import number, unreadable
from evidence.facts import host_foreign as facts
from evidence.model import Missing

T = TypeVar("T")
_GUID = re.compile(r"\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}")
_UUID = re.compile(r"[0-9A-Fa-f-]{36}")
_FOUND = frozenset({2, 3})
"""OperationResultCode: 2 succeeded, 3 succeeded with errors."""


def identity(data: bytes) -> list[str] | Missing:
    """The MachineGuid and the computer's name."""
    return _read(data, lambda answer: [_text(answer, "guid", _UUID).lower(), _text(answer, "name")])


def system(data: bytes) -> facts.ForeignSystem | Missing:
    """Product name, and build with its update revision."""
    return _read(
        data,
        lambda answer: facts.ForeignSystem(
            product=_text(answer, "product"), build=f"{_text(answer, 'build')}.{_whole(answer['revision'])}"
        ),
    )


def bitlocker(data: bytes) -> list[facts.BitLockerVolume] | Missing:
    """Every volume that BitLocker could encrypt; VolumeType 2 is removable."""

    def volumes(answer: Any) -> list[facts.BitLockerVolume]:
        rows = answer if isinstance(answer, list) else [answer]
        found = [
            facts.BitLockerVolume(
                drive=str(row["drive"] or "without a letter")[:40],
                fixed=_whole(row["type"]) != 2,
                protection=_whole(row["protection"]),
                conversion=_whole(row["conversion"]),
            )
            for row in rows
        ]
        return sorted(found, key=lambda volume: (volume["drive"], volume["protection"], volume["conversion"]))

    return _read(data, volumes)


def lock(data: bytes) -> facts.WindowsLock | Missing:
    """InactivityTimeoutSecs, and the screen saver's policy of each account whose registry is loaded."""

    def read(answer: Mapping[str, Any]) -> facts.WindowsLock:
        users = [
            facts.WindowsSaver(
                locks=str(row["active"]) == "1" and str(row["secure"]) == "1",
                seconds=_perhaps(row["seconds"]),
            )
            for row in _rows(answer, "users")
        ]
        return facts.WindowsLock(
            seconds=_perhaps(answer["seconds"]),
            users=sorted(users, key=lambda user: (user["locks"], user["seconds"] or 0)),
        )

    return _read(data, read)


def remote_desktop(data: bytes) -> facts.RemoteDesktop | Missing:
    """FDenyTSConnections, and MaxIdleTime in milliseconds by policy (0 = never)."""

    def read(answer: Mapping[str, Any]) -> facts.RemoteDesktop:
        idle = _perhaps(answer["idle"])
        return facts.RemoteDesktop(
            refused=_perhaps(answer["denied"]) == 1, idle_seconds=-(-idle // 1000) if idle else None
        )

    return _read(data, read)


def updates(data: bytes) -> facts.WindowsUpdates | Missing:
    """The Windows Update Agent's search of what it knows; a search that did not succeed is no answer."""

    def read(answer: Mapping[str, Any]) -> facts.WindowsUpdates:
        if _whole(answer["result"]) not in _FOUND:
            raise ValueError(answer["result"])
        rows = _rows(answer, "pending")
        security = {str(row["title"])[:120] for row in rows if row["security"] is True or row["severity"]}
        return facts.WindowsUpdates(
            security=sorted(security),
            other=len(rows) - len(security),
            searched_on=_day(answer["asked"]),
            restart=_bool(answer["restart"]),
        )

    return _read(data, read)


def defender(data: bytes) -> facts.WindowsDefender | Missing:
    """Get-MpComputerStatus."""
    return _read(
        data,
        lambda answer: facts.WindowsDefender(
            mode=str(answer["mode"])[:40],
            real_time=_bool(answer["real_time"]),
            tamper=_bool(answer["tamper"]),
            updated_on=_day(answer["updated"]),
        ),
    )


def audit_policy(data: bytes) -> dict[str, int] | Missing:
    """`auditpol /get /category:* /r` by the subcategory's GUID: 0 none, 1 success, 2 failure, 3 both."""

    def read(answer: Mapping[str, Any]) -> dict[str, int]:
        policy = {_text(row, "guid", _GUID).upper(): _whole(row["value"]) for row in _rows(answer, "rows")}
        if not policy:
            raise ValueError("no subcategory")
        return dict(sorted(policy.items()))

    return _read(data, read)


def forwarding(data: bytes) -> int | Missing:
    """How many subscription managers policy names for event forwarding."""
    return _read(data, lambda answer: _whole(answer["managers"]))


def firewall(data: bytes) -> list[facts.FirewallProfile] | Missing:
    """Get-NetFirewallProfile of the active store: Enabled 1; DefaultInboundAction 2 = allow, 4 = block."""

    def read(answer: Mapping[str, Any]) -> list[facts.FirewallProfile]:
        found = [
            facts.FirewallProfile(
                name=_text(row, "name"),
                enabled=_whole(row["enabled"]) == 1,
                blocks={2: False, 4: True}.get(_whole(row["inbound"])),
            )
            for row in _rows(answer, "profiles")
        ]
        if not found:
            raise ValueError("no profile")
        return sorted(found, key=lambda profile: profile["name"])

    return _read(data, read)


def _read(data: bytes, shape: Callable[[Any], T]) -> T | Missing:
    try:
        if nested_too_deep(data):
            return unreadable("the answer of PowerShell")
        return shape(json.loads(data))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        return unreadable("the answer of PowerShell")


def _rows(answer: Mapping[str, Any], name: str) -> list[Any]:
    rows = answer[name]
    # PowerShell may write a list of one as the one itself.
    return rows if isinstance(rows, list) else [] if rows is None else [rows]


def _text(answer: Mapping[str, Any], name: str, form: re.Pattern[str] | None = None) -> str:
    value = answer[name]
    if not isinstance(value, str) or not value.isprintable() or (form and not form.fullmatch(value)):
        raise ValueError(name)
    return value[:120]


def _whole(value: object) -> int:
    found = number(str(value))
    if found is None or isinstance(value, bool):
        raise ValueError(value)
    return found


def _perhaps(value: object) -> int | None:
    return None if value is None else _whole(value)


def _bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _day(value: object) -> str | None:
    return None if value is None else date.fromisoformat(str(value)).isoformat()
