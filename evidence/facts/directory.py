"""The shapes of facts about LDAP directories: the server, its password policies, its accounts."""

from __future__ import annotations

from typing import TypedDict


class CleartextBind(TypedDict):
    """How a bind without encryption, under a name that does not exist, was answered.

    `code` is the LDAP result code, -1 where nothing listens: 13 and 8 refuse for want of encryption, 49 means
    that the name and password were judged.
    """

    port: int
    listening: bool
    code: int


class AnonymousRead(TypedDict):
    """What a search for people came to without any bind: result code, and which attributes were handed out."""

    code: int
    returned_entries: bool
    attributes: list[str]


class DatabaseSettings(TypedDict):
    """What the server's own configuration says about the database that holds the people.

    `default_policy` is a distinguished name, "" where none is set; `overlays` is sorted. `rootdn` = one is shown, in
    whose name slapd writes what its overlays note.
    """

    overlays: list[str]
    default_policy: str
    rootdn: bool


class PasswordLength(TypedDict):
    """The shortest password a policy accepts, and how strictly (pwdCheckQuality: 0 never, 1 if it can, 2 always)."""

    min_length: int
    check_quality: int


class Lockout(TypedDict):
    """When a policy locks an account: after `max_failures` (0 is never), for `seconds` (0 is until reset).

    A failure is forgotten after `within_seconds`; 0 is not before a login succeeds.
    """

    enabled: bool
    max_failures: int
    within_seconds: int
    seconds: int


class ComputerReach(TypedDict):
    """What a computer is called in DNS; `windows` by its operatingSystem, `enabled` unless its account is disabled."""

    dns_name: str
    windows: bool
    enabled: bool
