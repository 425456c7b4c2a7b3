"""The shapes of facts about Windows and macOS hosts. Dates are YYYY-MM-DD."""

from __future__ import annotations

from typing import TypedDict


class ForeignSystem(TypedDict):
    """Which system and which build of it."""

    product: str
    build: str


class BitLockerVolume(TypedDict):
    """One volume, by Win32_EncryptableVolume: ProtectionStatus 0 off, 1 on, 2 unknown; ConversionStatus 1 = fully encrypted."""

    drive: str
    fixed: bool
    protection: int
    conversion: int


class WindowsLock(TypedDict):
    """The machine's inactivity limit in seconds (None or 0 = none), and the screen saver policy of loaded accounts."""

    seconds: int | None
    users: list[WindowsSaver]


class WindowsSaver(TypedDict):
    """One loaded account's screen saver by policy: `locks` only if it is on and asks for the password."""

    locks: bool
    seconds: int | None


class RemoteDesktop(TypedDict):
    """Whether Remote Desktop is refused, and after how many seconds without input policy ends a session (None = never)."""

    refused: bool
    idle_seconds: int | None


class WindowsUpdates(TypedDict):
    """Titles of pending security updates by the last search, the day of that search, and whether a restart waits."""

    security: list[str]
    other: int
    searched_on: str | None
    restart: bool


class WindowsDefender(TypedDict):
    """Defender's own word: its mode ("Normal", "Passive Mode", ...), and when its signatures were updated."""

    mode: str
    real_time: bool
    tamper: bool
    updated_on: str | None


class FirewallProfile(TypedDict):
    """One profile of the firewall: `blocks` None = its default for inbound connections is not configured."""

    name: str
    enabled: bool
    blocks: bool | None


class ManagedLock(TypedDict):
    """The screen lock that a profile of the organisation holds in place; None = the profile does not say."""

    idle_seconds: int | None
    asks: bool | None
    delay_seconds: int | None


class MacUpdates(TypedDict):
    """What Software Update remembers: whether it installs by itself, how many wait, when it last looked well."""

    installs: bool | None
    critical: bool | None
    pending: int | None
    searched_on: str | None
