"""Password policies kept in the directory and enforced by OpenLDAP's ppolicy overlay (slapo-ppolicy(5))."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from collectors.directory.base import ACCOUNTS, DirectoryKind, read_settings
from collectors.directory.client import DirectoryClient, Query, Table, right, rights
from collectors.directory.decode import boolean, integer, normal_dn, text
from collectors.directory.errors import NotVisible
from collectors.kind import Found, fact, lists, lookup
from evidence.facts.directory import DatabaseSettings, Lockout, PasswordLength
from evidence.model import Missing, Reason

T = TypeVar("T")
WHAT = "pwdPolicy entries"
_ATTRIBUTES = (
    "pwdMinLength",
    "pwdCheckQuality",
    "pwdLockout",
    "pwdMaxFailure",
    "pwdFailureCountInterval",
    "pwdLockoutDuration",
    "pwdMaxIdle",
)

_NAMED = "pwdPolicySubentry"


@dataclass(frozen=True, slots=True)
class Subjects:
    """The policies that accounts name as their own; `complete` only if no account can name another unseen."""

    named: frozenset[str]
    complete: bool


class PasswordPolicy(DirectoryKind):
    """One pwdPolicy entry; what it leaves out has the overlay's default, once its absence is proven."""

    kind = "directory.password_policy"

    @lookup(needs=rights(WHAT, *_ATTRIBUTES))
    def policies(self, ldap: DirectoryClient) -> Table:
        """Every policy below the base with its settings."""
        return ldap.table(WHAT, Query(ldap.base, "(objectClass=pwdPolicy)", _ATTRIBUTES))

    @lists(needs=rights(WHAT, "entryUUID"))
    def every(self, ldap: DirectoryClient, policies: Table) -> Iterator[Found]:
        """Every policy; none at all is believed only where the configuration shows no ppolicy overlay."""
        if not policies.rows and "ppolicy" in read_settings(ldap)["overlays"]:
            raise NotVisible(f"any password policy below {ldap.base}")
        for uid, row in policies.rows.items():
            yield Found(uid=uid, name=row.dn)

    @lookup(needs=rights("accounts", _NAMED))
    def subjects(self, ldap: DirectoryClient, policies: Table, database: DatabaseSettings) -> Subjects:
        """Which policies accounts name; asked only where the overlay applies one that is not the default."""
        others = {normal_dn(row.dn) for row in policies.rows.values()} - {
            normal_dn(database["default_policy"])
        }
        if "ppolicy" not in database["overlays"] or not others:
            return Subjects(frozenset(), complete=True)
        naming = list(ldap.search(Query(ldap.base, f"({_NAMED}=*)", (_NAMED,))))
        named = frozenset(normal_dn(name) for row in naming for name in row.all(_NAMED, text))
        if others <= named:
            return Subjects(named, complete=True)
        lacking = f"(&{ACCOUNTS}(!({_NAMED}=*)))"
        proven = {row.dn for row in (*naming, *ldap.search(Query(ldap.base, lacking, ("objectClass",))))}
        everyone = {row.dn for row in ldap.search(Query(ldap.base, ACCOUNTS, ("objectClass",)))}
        return Subjects(named, complete=bool(everyone) and everyone <= proven)

    @fact()
    def role(self, password_policy: Found, database: DatabaseSettings, subjects: Subjects) -> str | Missing:
        """To whom it applies: `default` to whoever names none, `other` to some, `unnamed` or `unused` to nobody."""
        if "ppolicy" not in database["overlays"]:
            return "unused"
        name = normal_dn(password_policy.name)
        if name == normal_dn(database["default_policy"]):
            return "default"
        if name in subjects.named:
            return "other"
        return "unnamed" if subjects.complete else Missing(Reason.DENIED, need=right(_NAMED, "accounts"))

    @fact()
    def length(self, password_policy: Found, policies: Table) -> PasswordLength | Missing:
        """How long (pwdMinLength) and how surely (pwdCheckQuality); both default to 0, which demands nothing."""
        shortest = _or(0, policies.value(password_policy.uid, "pwdMinLength", integer))
        quality = _or(0, policies.value(password_policy.uid, "pwdCheckQuality", integer))
        if isinstance(shortest, Missing):
            return shortest
        if isinstance(quality, Missing):
            return quality
        return {"min_length": shortest, "check_quality": quality}

    @fact()
    def lockout(self, password_policy: Found, policies: Table) -> Lockout | Missing:
        """When accounts lock: pwdLockout, pwdMaxFailure, pwdFailureCountInterval, pwdLockoutDuration; FALSE and 0 by default."""
        enabled = _or(False, policies.value(password_policy.uid, "pwdLockout", boolean))
        failures = _or(0, policies.value(password_policy.uid, "pwdMaxFailure", integer))
        within = _or(0, policies.value(password_policy.uid, "pwdFailureCountInterval", integer))
        seconds = _or(0, policies.value(password_policy.uid, "pwdLockoutDuration", integer))
        if isinstance(enabled, Missing):
            return enabled
        if isinstance(failures, Missing):
            return failures
        if isinstance(within, Missing):
            return within
        if isinstance(seconds, Missing):
            return seconds
        return {"enabled": enabled, "max_failures": failures, "within_seconds": within, "seconds": seconds}

    @fact()
    def max_idle(self, password_policy: Found, policies: Table) -> int | Missing | None:
        """The seconds without a login after which the server itself refuses the account (pwdMaxIdle)."""
        return policies.value(password_policy.uid, "pwdMaxIdle", integer)


def _or(default: T, value: T | Missing | None) -> T | Missing:
    return default if value is None else value
