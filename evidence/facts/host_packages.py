"""The shapes of facts about a host's release and updates: what is offered, how fresh that is, what installs it."""

from __future__ import annotations

from typing import TypedDict


class Release(TypedDict):
    """Which release of which system this is, and the last days of its maker's care by its own files; None = they do not say.

    `support_end` is os-release's word; the others are Debian's table of releases, as it lies on the host. `held_at` is
    the release that dnf was told to stay at, "" where nobody told it, "?" where that could not be read.
    """

    os: str
    version: str
    codename: str
    support_end: str | None
    standard_end: str | None
    long_term_end: str | None
    extended_end: str | None
    held_at: str


class PendingUpdates(TypedDict):
    """Updates that the package lists offer: names; `held` ones would not be installed."""

    security: list[str]
    other: list[str]
    held: list[str]


class PackageLists(TypedDict):
    """How old the package lists are at most; `security` = one of them is a security archive's of the system's maker.

    `fresh_on` is when the oldest of these was published, `expires_on` until when it says that it holds. `extended_on`
    is the same of Ubuntu's archive for subscribers; None where nothing is taken from it. `fetched_on` is when any
    list last came, which need not have been one of these; `of` names the releases that they are of.
    """

    count: int
    security: bool
    of: list[str]
    fresh_on: str | None
    expires_on: str | None
    extended_on: str | None
    fetched_on: str | None


class UpdateAutomation(TypedDict):
    """Who installs updates unattended: the tool, whether it is told to, and whether a timer starts it (None = unseen)."""

    tool: str
    configured: bool
    scheduled: bool | None


class UpdateRuns(TypedDict):
    """When unattended updates last ended well; None = no such trace."""

    upgraded_on: str | None


class Kernel(TypedDict):
    """The running kernel and the newest installed one of its flavour; "" = none was found."""

    running: str
    newest: str
    reboot_required: bool
