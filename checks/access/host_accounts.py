"""Access through the accounts of Linux hosts: shared numbers, accounts left unused, rights through sudo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from checks.access.host_links import (
    HOST_RIGHTS_ASKED_FOR,
    HOST_RIGHTS_NARROWED,
    HOST_UNUSED_ACCOUNTS_END,
    ONE_NAME_PER_NUMBER,
)
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from evidence.facts.host_accounts import AuthorizedKeys, LastLogin, PasswordAge, SharedNumber, SudoGrant
from evidence.facts.hosts import Accounts

_SUPERUSERS = frozenset({"root", "#0"})
_NO_SUDO = "neither sudo nor doas is installed"


@check("host-no-shared-uid", on="host.linux", severity="high", links=[ONE_NAME_PER_NUMBER])
def no_number_is_shared(shared_numbers: list[SharedNumber]) -> Verdict:
    """Does every account name have a user number of its own?"""
    if shared_numbers:
        shared = "; ".join(f"{', '.join(row['names'])} share {row['uid']}" for row in shared_numbers)
        return failed(f"user numbers are shared: {shared}")
    return passed("no two account names share a user number above 0")


@check("host-accounts-in-use", on="host.linux", severity="medium", links=[HOST_UNUSED_ACCOUNTS_END])
def accounts_are_in_use(
    accounts: Accounts,
    password_ages: list[PasswordAge],
    authorized_keys: AuthorizedKeys,
    last_logins: list[LastLogin],
    as_of: date,
    *,
    max_days: int = 90,
    exempt: tuple[str, ...] = ("root",),
) -> Verdict:
    """Has every account that somebody can log in to been used lately?

    `exempt` names accounts that the organisation keeps unused on purpose.
    """
    expiry = {age["name"]: age["expires_on"] for age in password_ages}
    expired = {
        name
        for name, day in expiry.items()
        if day not in {None, "never"} and (day or "") <= as_of.isoformat()
    }
    open_ = _open(accounts, password_ages, authorized_keys) - expired - set(exempt)
    if not open_:
        return not_applicable(
            "no account takes a password or a key, apart from those that have expired or are exempt"
        )
    since = (as_of - timedelta(days=max_days)).isoformat()
    used = {login["name"]: login["on"] for login in last_logins}
    stale = {name: used[name] for name in sorted(open_) if (used.get(name) or since) < since}
    if unexpired := {name: on for name, on in stale.items() if expiry.get(name, "never") is not None}:
        return failed(f"not used for more than {max_days} days: {_last_used(unexpired)}")
    if stale:
        return undecided(
            f"not used for more than {max_days} days: {_last_used(stale)}; whether they have expired was not read"
        )
    unseen = sorted(name for name in open_ if used.get(name) is None)
    if unseen:
        return undecided(
            f"the host's record holds no log-in of {', '.join(unseen)}, nor since when it is kept"
        )
    return passed(f"every account that takes a password or a key was used within {max_days} days")


@check("host-sudo-asks-password", on="host.linux", severity="medium", links=[HOST_RIGHTS_ASKED_FOR])
def sudo_asks_for_a_password(
    sudo_grants: list[SudoGrant] | None, sudo_sources: list[str], *, exempt: tuple[str, ...] = ()
) -> Verdict:
    """Does sudo ask for a password before it gives all rights?

    `exempt` names accounts and groups ("%admins") that the organisation accepts.
    """
    if sudo_grants is None:
        return not_applicable(_NO_SUDO)
    if "files" not in sudo_sources:
        return undecided(_unread(sudo_sources))
    judged = [
        grant for grant in sudo_grants if grant["everything"] and grant["who"] not in {*_SUPERUSERS, *exempt}
    ]
    free = {grant["who"] for grant in judged if grant["password"] is False}
    if free:
        return failed(f"sudo gives all rights without a password to {', '.join(sorted(free))}")
    unsure = {grant["who"] for grant in judged if grant["password"] is None}
    if unsure:
        return undecided(
            f"whether sudo asks {', '.join(sorted(unsure))} for a password is not settled by its rules"
        )
    if set(sudo_sources) != {"files"}:
        return undecided(_unread(sudo_sources))
    return passed("sudo asks for a password before it gives all rights")


@check("host-sudo-named", on="host.linux", severity="high", links=[HOST_RIGHTS_NARROWED])
def sudo_names_whom_it_serves(sudo_grants: list[SudoGrant] | None, sudo_sources: list[str]) -> Verdict:
    """Does sudo give all rights to named accounts or groups only?"""
    if sudo_grants is None:
        return not_applicable(_NO_SUDO)
    if "files" not in sudo_sources:
        return undecided(_unread(sudo_sources))
    holders = sorted({grant["who"] for grant in sudo_grants if grant["everything"]} - _SUPERUSERS)
    if "ALL" in holders:
        return failed("sudo gives all rights to every account")
    if set(sudo_sources) != {"files"}:
        return undecided(_unread(sudo_sources))
    if not holders:
        return passed("sudo gives all rights to nobody but root")
    return passed(f"sudo gives all rights to {', '.join(holders)} only")


def _unread(sources: list[str]) -> str:
    others = ", ".join(sorted(set(sources) - {"files"}))
    return f"sudo also takes rules from {others} (/etc/nsswitch.conf), which were not read"


def _last_used(days: Mapping[str, str | None]) -> str:
    return ", ".join(f"{name} (last on {on})" for name, on in days.items())


def _open(accounts: Accounts, ages: list[PasswordAge], keys: AuthorizedKeys) -> set[str]:
    logins = {account["name"] for account in accounts["logins"]}
    usable = {age["name"] for age in ages if age["usable"]}
    keyed = {name for key in keys["keys"] for name in key["accounts"]}
    return logins & (usable | keyed)
