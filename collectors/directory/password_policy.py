"""Password policies kept in the directory and enforced by OpenLDAP's ppolicy overlay (slapo-ppolicy(5))."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from collectors.directory.base import DirectoryKind, read_settings
from collectors.directory.client import DirectoryClient, Query, Table, rights
from collectors.directory.decode import boolean, integer, normal_dn
from collectors.directory.errors import NotVisible
from collectors.kind import Found, fact, lists, lookup
from evidence.facts.directory import DatabaseSettings, Lockout, PasswordLength
from evidence.model import Missing

T = TypeVar("T")
WHAT = "pwdPolicy entries"
_ATTRIBUTES = (
    "pwdMinLength",
    "pwdCheckQuality",
    "pwdLockout",
    "pwdMaxFailure",
    "pwdLockoutDuration",
    "pwdMaxIdle",
)


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

    @fact()
    def role(self, password_policy: Found, database: DatabaseSettings) -> str:
        """`default` where the overlay applies this policy to whoever has none of their own, `other`, or `unused`."""
        if "ppolicy" not in database["overlays"]:
            return "unused"
        default = normal_dn(database["default_policy"])
        return "default" if normal_dn(password_policy.name) == default else "other"

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
        """When accounts lock: pwdLockout, pwdMaxFailure, pwdLockoutDuration; FALSE and 0 are the defaults."""
        enabled = _or(False, policies.value(password_policy.uid, "pwdLockout", boolean))
        failures = _or(0, policies.value(password_policy.uid, "pwdMaxFailure", integer))
        seconds = _or(0, policies.value(password_policy.uid, "pwdLockoutDuration", integer))
        if isinstance(enabled, Missing):
            return enabled
        if isinstance(failures, Missing):
            return failures
        if isinstance(seconds, Missing):
            return seconds
        return {"enabled": enabled, "max_failures": failures, "seconds": seconds}

    @fact()
    def max_idle(self, password_policy: Found, policies: Table) -> int | Missing | None:
        """The seconds without a login after which the server itself refuses the account (pwdMaxIdle)."""
        return policies.value(password_policy.uid, "pwdMaxIdle", integer)


def _or(default: T, value: T | Missing | None) -> T | Missing:
    return default if value is None else value
