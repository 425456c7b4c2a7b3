"""The shapes of facts about AWS's own directories: Directory Service, and the users of Identity Center."""

from __future__ import annotations

from typing import TypedDict


class DirectoryType(TypedDict):
    """What a directory is: SimpleAD, ADConnector or MicrosoftAD."""

    name: str


class SecondFactorServer(TypedDict):
    """The RADIUS server that is asked for a second factor: Creating, Completed or Failed; "" = none was set up."""

    status: str


class DirectoryTls(TypedDict):
    """Whether AWS's applications speak LDAP over TLS: Enabling, Enabled, EnableFailed or Disabled; "" = never set."""

    status: str


class DirectoryLogs(TypedDict):
    """The CloudWatch log groups that the domain controllers' security events are sent to."""

    groups: list[str]


class CentralUser(TypedDict):
    """A user of Identity Center; `enabled` None = AWS did not tell."""

    enabled: bool | None


class EmergencyWay(TypedDict):
    """An identity that could serve in an emergency: `kind` is role or user.

    `named` = its name says so (break glass, emergency); `full` = it is allowed everything; `usable` = somebody could
    act as it: a role that admits people, a user with a password or an active key.
    """

    kind: str
    name: str
    named: bool
    full: bool
    usable: bool
