"""The shapes of facts about how people come in to AWS from outside, and what they may do on their desktops there."""

from __future__ import annotations

from typing import TypedDict


class DesktopRules(TypedDict):
    """What holds for desktops made in a directory: their users may do everything on them; AWS updates them at times.

    None = AWS did not tell.
    """

    local_admin: bool | None
    maintenance: bool | None


class DesktopNetworks(TypedDict):
    """The IP access control groups that say from which networks a directory's desktops open; their rules are not read.

    None = AWS did not tell.
    """

    groups: list[str] | None


class PoolRules(TypedDict):
    """A user pool's rules: the least length of a password, and what is done about risky logins.

    `risk` is OFF, AUDIT (only written down) or ENFORCED (stopped).
    """

    minimum_length: int
    risk: str
