"""The accounts of a directory: when they last logged in, whether they are locked, what a login asks of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from collectors.directory.base import ACCOUNTS, DirectoryKind
from collectors.directory.client import DirectoryClient, Query, Row, Table, rights
from collectors.directory.decode import generalized_time, normal_dn, text
from collectors.directory.errors import DirectoryError, NotVisible
from collectors.directory.password_policy import WHAT
from collectors.kind import Found, fact, lists, lookup
from evidence.model import Missing, Reason

WHO = "accounts"
LOGINS = ("authTimestamp", "pwdLastSuccess")
TOKENS = {"oathTOTPToken": "totp", "oathHOTPToken": "hotp"}

_GROUPS = "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames))"
_MEMBERS = ("member", "uniqueMember")
_FOR_GOOD = {b"000001010000Z", b"00000101000000Z"}


@dataclass(frozen=True, slots=True)
class Logins:
    """Last logins, and which of the two attributes this directory records them in."""

    table: Table
    recorded: tuple[str, ...]


class Account(DirectoryKind):
    """One entry that someone may bind as, by its entryUUID."""

    kind = "directory.account"

    @lists(needs=rights(WHO, "entryUUID"))
    def every(self, ldap: DirectoryClient) -> Iterator[Found]:
        """Every account below the base; none at all is not believed."""
        seen = False
        for row in ldap.search(Query(ldap.base, ACCOUNTS, ("entryUUID",))):
            seen = True
            yield Found(uid=row.uid, name=row.dn)
        if not seen:
            raise NotVisible(f"any account below {ldap.base}")

    @lookup(needs=rights(WHO, *LOGINS))
    def logins(self, ldap: DirectoryClient) -> Logins:
        """When each account last bound: the lastbind overlay's authTimestamp, or pwdLastSuccess."""
        table = ldap.table(WHO, Query(ldap.base, ACCOUNTS, LOGINS))
        shown = {name for row in table.rows.values() for name in row.values}
        return Logins(table, tuple(name for name in LOGINS if name in shown))

    @lookup(needs=rights(WHO, "createTimestamp"))
    def creations(self, ldap: DirectoryClient) -> Table:
        """When each account was created (RFC 4512 section 3.4.1)."""
        return ldap.table(WHO, Query(ldap.base, ACCOUNTS, ("createTimestamp",)))

    @lookup(needs=rights(WHO, "pwdAccountLockedTime"))
    def locks(self, ldap: DirectoryClient) -> Table:
        """Which accounts the ppolicy overlay holds locked."""
        return ldap.table(WHO, Query(ldap.base, ACCOUNTS, ("pwdAccountLockedTime",)))

    @lookup(needs=rights(WHAT, "pwdLockout"))
    def locking(self, ldap: DirectoryClient) -> bool:
        """Whether every password policy that is seen locks: without pwdLockout, slapo-ppolicy(5), no lock has effect."""
        policies = list(ldap.search(Query(ldap.base, "(objectClass=pwdPolicy)", ("pwdLockout",))))
        return bool(policies) and all(row.first("pwdLockout", text) == "TRUE" for row in policies)

    @lookup(needs=rights(WHO, *TOKENS))
    def tokens(self, ldap: DirectoryClient) -> Table:
        """The one-time password tokens of accounts: their names only, never a secret."""
        if not any(ldap.knows(name) for name in TOKENS):
            raise DirectoryError(
                "noSuchAttribute", Reason.NOT_AVAILABLE, "the directory keeps no OATH tokens (otp)"
            )
        return ldap.table(WHO, Query(ldap.base, ACCOUNTS, tuple(TOKENS)))

    @lookup(needs=rights("the privileged groups", *_MEMBERS))
    def holders(self, ldap: DirectoryClient) -> Mapping[str, list[str]]:
        """The privileged groups by the name of each entry that is a member, directly or through groups."""
        if not ldap.privileged_groups:
            raise DirectoryError("notConfigured", Reason.NOT_AVAILABLE, "no privileged_groups are configured")
        groups = {normal_dn(row.dn): row for row in ldap.search(Query(ldap.base, _GROUPS, _MEMBERS))}
        holders: dict[str, set[str]] = {}
        for group in ldap.privileged_groups:
            for member in _reached(normal_dn(group), groups):
                holders.setdefault(member, set()).add(group)
        return {member: sorted(held) for member, held in holders.items()}

    @fact(volatile=True)
    def last_login(self, account: Found, logins: Logins) -> str | Missing | None:
        """The last successful bind, UTC ISO-8601; None only where logins are recorded and this has none."""
        values = [
            logins.table.value(account.uid, name, generalized_time) for name in logins.recorded or LOGINS
        ]
        denied = next((value for value in values if isinstance(value, Missing)), None)
        if not logins.recorded:
            return denied if denied and None not in values else _NOT_RECORDED
        return denied or max((value for value in values if isinstance(value, str)), default=None)

    @fact()
    def created(self, account: Found, creations: Table) -> str | Missing | None:
        """When the entry was created, UTC ISO-8601."""
        return creations.value(account.uid, "createTimestamp", generalized_time)

    @fact()
    def locked(self, account: Found, locks: Table, locking: bool) -> str | Missing | None:  # noqa: FBT001 - injected
        """When ppolicy locked the account, or `for good` where an administrator did; None where it is not."""
        value = locks.value(account.uid, "pwdAccountLockedTime", _lock)
        return _WITHOUT_EFFECT if value == "for good" and not locking else value

    @fact()
    def second_factor(self, account: Found, tokens: Table) -> list[str] | Missing:
        """Which one-time passwords the account has a token for: hotp, totp, both or none."""
        held = {name: tokens.value(account.uid, attribute, text) for attribute, name in TOKENS.items()}
        denied = next((value for value in held.values() if isinstance(value, Missing)), None)
        return denied or sorted(name for name, value in held.items() if value is not None)

    @fact()
    def privileged(self, account: Found, holders: Mapping[str, list[str]]) -> list[str]:
        """The configured privileged groups that this account belongs to, sorted."""
        return holders.get(normal_dn(account.name), [])


_NOT_RECORDED = Missing(
    Reason.NOT_AVAILABLE, need="the lastbind overlay", detail="no account shows a last login"
)

_WITHOUT_EFFECT = Missing(
    Reason.NOT_AVAILABLE,
    need="pwdLockout TRUE in every password policy",
    detail="locked, but not every policy that was seen gives locks an effect",
)


def _lock(value: bytes) -> str:
    return "for good" if value in _FOR_GOOD else generalized_time(value)


def _reached(group: str, groups: Mapping[str, Row]) -> set[str]:
    reached: set[str] = set()
    ahead = [group]
    while ahead:
        row = groups.get(name := ahead.pop())
        members = _members(row) if row else set()
        if not members and (name == group or row):
            raise NotVisible(f"the members of {name}")
        ahead.extend(members & groups.keys() - reached)
        reached |= members
    return reached


def _members(row: Row) -> set[str]:
    return {normal_dn(name) for attribute in _MEMBERS for name in row.all(attribute, text)}
