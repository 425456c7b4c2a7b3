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

    `risk` is OFF, AUDIT (only written down) or ENFORCED (acted on as the pool's risk configuration says).
    """

    minimum_length: int
    risk: str


class RiskActions(TypedDict):
    """What a user pool does with logins of each risk: BLOCK, MFA_REQUIRED, MFA_IF_CONFIGURED, NO_ACTION; "" = not told."""

    high: str
    medium: str
    low: str
