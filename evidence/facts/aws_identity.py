"""The shapes of AWS facts about the use of credentials and the rights behind keys."""

from __future__ import annotations

from typing import TypedDict


class CredentialUse(TypedDict):
    """One credential of a user, from the credential report: days as YYYY-MM-DD.

    `name` is "console password", "access key 1" or "access key 2"; `made` "" = not told; `used` None = never that
    AWS knows of.
    """

    name: str
    active: bool
    made: str
    used: str | None


class KeyDuties(TypedDict):
    """Who may administer a KMS key and who may decrypt with it, by the key's policy and the identities' own.

    Names of roles, users and groups, or ARNs of other accounts'. `denials` names the policies that also deny, which
    may take some of it back; `unread` the policies of AWS's own, which may allow more.
    """

    administrators: list[str]
    users: list[str]
    denials: list[str]
    unread: list[str]
