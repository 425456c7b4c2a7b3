"""The shapes of facts about what guards a host: firewall, sockets, clock, integrity, endpoint protection, start, packages."""

from __future__ import annotations

from typing import TypedDict


class Firewall(TypedDict):
    """What the kernel does with packets no rule speaks of, by "refused" or "accepted"; `has_ipv6` beyond loopback."""

    ipv4: str
    ipv6: str
    has_ipv6: bool


class Listener(TypedDict):
    """A port somebody listens on; `reach` is loopback, or network for any other address."""

    protocol: str
    port: int
    reach: str


class TimeSync(TypedDict):
    """Whether the clock follows a source now, in the words of `tool` (chrony or timedated)."""

    tool: str
    synchronised: bool


class FileIntegrity(TypedDict):
    """What watches files: tools found, whether AIDE has rules and a database, and how its last report ended.

    `ran_on` None = no report shows a run that reached its end; `differences` None = the report does not say.
    """

    tools: list[str]
    configured: bool
    database_on: str | None
    ran_on: str | None
    differences: bool | None


class Endpoint(TypedDict):
    """Endpoint protection: its programs that run, those installed, and the day ClamAV's signatures were made.

    `contained` run in containers only, where they need not look at the host's files.
    """

    running: list[str]
    contained: list[str]
    installed: list[str]
    clamav_on: str | None


class Defender(TypedDict):
    """What mdatp says of itself; `definitions_on` None = it does not say."""

    healthy: bool
    real_time: bool
    definitions_on: str | None


class UsbStorage(TypedDict):
    """Whether the kernel would load its modules for USB disks: `refused` only if none of them would load."""

    bus: bool
    refused: bool | None
    loaded: bool
    usbguard: bool


class AutoLogin(TypedDict):
    """Files that let somebody in without asking, and files that could not be read."""

    files: list[str]
    unread: list[str]


class Boot(TypedDict):
    """How the machine starts: `secure_boot` None = its firmware does not say; `grub` is password, open, unread or ""."""

    efi: bool
    secure_boot: bool | None
    lockdown: str
    grub: str


class Inventory(TypedDict):
    """Everything installed, one "name version architecture" each, and a digest of the list."""

    count: int
    digest: str
    packages: list[str]
