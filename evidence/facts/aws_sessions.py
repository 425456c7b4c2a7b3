"""The shapes of AWS facts about people's sessions: Session Manager, Identity Center, Cognito, virtual desktops."""

from __future__ import annotations

from typing import TypedDict


class SessionPreferences(TypedDict):
    """Session Manager's preferences in a region; minutes None = not set, `bucket` and `log_group` "" = no such log.

    `encrypted_...` = a log that is not encrypted is refused.
    """

    idle_minutes: int | None
    max_minutes: int | None
    bucket: str
    log_group: str
    kms_key: str
    encrypted_bucket: bool
    encrypted_log_group: bool


class ManagedNodes(TypedDict):
    """Whether Systems Manager manages any machine in the region, so that a session could be started there."""

    some: bool


class PermissionSetSession(TypedDict):
    """A permission set's name and how long a session under it lasts."""

    name: str
    minutes: int


class TokenValidity(TypedDict):
    """How long a client's tokens are good: the access token in minutes, the refresh token, which renews it, too."""

    access_minutes: int
    refresh_minutes: int


class PoolMfa(TypedDict):
    """A user pool's second factor: ON (asked of everyone), OPTIONAL (of who set one up) or OFF."""

    mode: str


class DesktopVolumes(TypedDict):
    """Whether a virtual desktop's two volumes are encrypted."""

    root: bool
    user: bool


class DesktopRunning(TypedDict):
    """When a virtual desktop stops: `mode` AUTO_STOP (that long after its user left), ALWAYS_ON or MANUAL."""

    mode: str
    stop_minutes: int | None


class DesktopDevices(TypedDict):
    """Kinds of devices by what a directory lets them do: `any` may open desktops, `trusted` need a certificate.

    `untold` are the kinds of which AWS said nothing.
    """

    any: list[str]
    trusted: list[str]
    untold: list[str]


class FleetTimeouts(TypedDict):
    """A streaming fleet's limits in minutes, rounded up; `idle` 0 = an idle user is never disconnected."""

    idle: int
    disconnected: int
    longest: int
