"""The shapes of facts about a host's accounts: shared numbers, passwords, log-ins, sudo, keys, rules for passwords."""

from __future__ import annotations

from typing import TypedDict


class SharedNumber(TypedDict):
    """One user number that several account names carry."""

    uid: int
    names: list[str]


class PasswordAge(TypedDict):
    """One account's password: `usable` unless it is locked or empty; `max_days` None = it never runs out.

    `expires_on` is the day from which nobody can log in to the account, by whatever proof, or "never"; None = not read.
    """

    name: str
    usable: bool
    changed_on: str | None
    max_days: int | None
    expires_on: str | None


class LastLogin(TypedDict):
    """When an account last logged in by the host's own record; `on` None = never since that record began."""

    name: str
    on: str | None


class SudoGrant(TypedDict):
    """What sudo lets `who` do: an account name, "%group" or "ALL"; `password` None = not settled.

    `everything` = all commands as root, or a shell of root, which is no less.
    """

    who: str
    run_as: list[str]
    everything: bool
    password: bool | None


class AuthorizedKey(TypedDict):
    """One public key that opens `accounts` over SSH, by the file it stands in; `fingerprint` as "SHA256:..."."""

    file: str
    accounts: list[str]
    type: str
    bits: int
    fingerprint: str


class AuthorizedKeys(TypedDict):
    """The keys in the files where sshd looks for those of accounts with a login shell.

    `unread` names files that hold no readable key.
    """

    keys: list[AuthorizedKey]
    unread: list[str]


class Lockout(TypedDict):
    """What stops guessing over SSH; `counts` = wrong passwords reach the module and it keeps out whoever gave too many.

    `counts` None = on some ways through the stack, or not settled. `deny` is the weakest number of tries anywhere,
    `within_seconds` the shortest time in which they must fall, `unlock_seconds` 0 = until somebody unlocks.
    """

    module: str
    counts: bool | None
    deny: int
    unlock_seconds: int
    within_seconds: int


class PasswordRules(TypedDict):
    """What judges new passwords: the module in the stack of passwd ("" = none), and the least length it accepts."""

    module: str
    min_length: int | None
