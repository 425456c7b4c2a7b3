"""Checks of whether a directory keeps strangers and forgotten accounts out."""

from __future__ import annotations

from datetime import date, timedelta

from checks.access.links import (
    DIRECTORY_KEEPS_STRANGERS_OUT,
    UNUSED_ACCOUNTS_ARE_NO_WAY_IN,
    UNUSED_ACCOUNTS_END,
)
from checks.check import Verdict, check, failed, passed, undecided
from evidence.facts.directory import AnonymousRead

SUCCESS = 0
KEEPS_SHUT = {1, 8, 32, 48, 50, 53}
LOCKED_FOR_GOOD = "for good"


@check(
    "directory-anonymous-read-refused",
    on="directory.server",
    severity="high",
    links=[DIRECTORY_KEEPS_STRANGERS_OUT],
)
def keeps_strangers_out(anonymous_read: AnonymousRead) -> Verdict:
    """Does the directory keep its people from whoever has not logged in?"""
    if anonymous_read["returned_entries"]:
        shown = ", ".join(anonymous_read["attributes"]) or "their names"
        return failed(f"people are listed without a login, with {shown}")
    if anonymous_read["code"] == SUCCESS:
        return passed("a search without a login returned nobody, though there are people")
    if anonymous_read["code"] in KEEPS_SHUT:
        return passed(f"a search without a login was refused with result code {anonymous_read['code']}")
    return undecided(
        f"a search without a login ended with result code {anonymous_read['code']}, which settles nothing"
    )


def _locked(locked: str | None) -> Verdict | None:
    return passed("locked by an administrator for good") if locked == LOCKED_FOR_GOOD else None


@check(
    "directory-unused-accounts-closed",
    on="directory.account",
    severity="high",
    links=[UNUSED_ACCOUNTS_END, UNUSED_ACCOUNTS_ARE_NO_WAY_IN],
    also={"replicated": "directory.server:replicated"},
    first=_locked,
)
def unused_is_closed(
    last_login: str | None,
    created: str | None,
    locked: str | None,  # noqa: ARG001 - judged by `first`, and named here because it decides
    replicated: bool,  # noqa: FBT001 - facts are positional
    as_of: date,
    *,
    max_days: int = 90,
    never_used_days: int = 30,
) -> Verdict:
    """Is an account that nobody uses closed to login?"""
    used, born = _day(last_login), _day(created)
    if used is not None and used >= as_of - timedelta(days=max_days):
        return passed(f"used within {max_days} days")
    if used is None and born is None:
        return undecided("no login is recorded, and neither is when the account was created")
    if used is None and born is not None and born >= as_of - timedelta(days=never_used_days):
        return passed(f"created on {born} and not used yet")
    seen = f"last used on {used}" if used else f"no login is recorded since it was created on {born}"
    if replicated:
        return undecided(f"{seen}, as far as this server knows; its replicas record their own logins")
    return failed(f"open to login, though {seen}")


def _day(moment: str | None) -> date | None:
    return None if moment is None else date.fromisoformat(moment[:10])
