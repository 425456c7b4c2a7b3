"""The shapes of AWS facts about an organisation: whose it is, and what its policies forbid its accounts."""

from __future__ import annotations

from typing import TypedDict

from evidence.facts.aws import PolicyDocument


class Membership(TypedDict):
    """The organisation an account belongs to, and the account that manages it."""

    organization: str
    manager: str
    manages: bool


class ServiceControlPolicy(TypedDict):
    """A service control policy of the organisation's own; `at_root` says that it binds every member account."""

    name: str
    at_root: bool
    document: PolicyDocument


class ServiceControls(TypedDict):
    """The organisation's service control policies; none take effect unless they are `enabled` at its root."""

    enabled: bool
    policies: list[ServiceControlPolicy]
