"""How accounts are used: numbers that several share, the ages of their passwords, their last log-ins."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from collectors.hosts.parsers.accounts import rows
from collectors.hosts.parsers.text import lines, number, unreadable
from evidence.facts.host_accounts import LastLogin, PasswordAge, SharedNumber
from evidence.model import Missing, Reason

_STATES = frozenset({"L", "LK", "NP", "P", "PS"})
_FIRST = date(1970, 1, 1)
_WHEN = re.compile(r"[A-Z][a-z]{2} +([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) ([+-]\d{4}) (\d{4})\s*$")
_FOREVER = 99_999


def shared_numbers(data: bytes) -> list[SharedNumber] | Missing:
    """The numbers above 0 that more than one account carries, from section `accounts`."""
    found = rows(data)
    if isinstance(found, Missing):
        return found
    names: dict[int, set[str]] = {}
    for row in found:
        names.setdefault(row.uid, set()).add(row.name)
    return [
        SharedNumber(uid=uid, names=sorted(held))
        for uid, held in sorted(names.items())
        if uid and len(held) > 1
    ]


def ages_of_shadow(data: bytes, listed: bytes) -> list[PasswordAge] | Missing:
    """NAME:STATE:CHANGED:MIN:MAX:INACTIVE:EXPIRES with days since 1970, see shadow(5); `listed` is section `accounts`."""
    own = _own_passwords(listed)
    first, *told = lines(data) or [""]
    split = [row.split(":") for row in told]
    if first != "looked" or not told or any(len(row) != 7 or row[1] not in _STATES for row in split):
        return unreadable("section shadow")
    if isinstance(own, Missing):
        return own
    ages = [
        PasswordAge(
            name=row[0],
            usable=row[1] == "P" or row[0] in own,
            changed_on=_day(number(row[2])),
            max_days=_limit(row[4]),
            expires_on=_day(number(row[6])) or "never",
        )
        for row in split
    ]
    return sorted(ages, key=lambda age: age["name"])


def ages_of_passwd(data: bytes, listed: bytes) -> list[PasswordAge] | Missing:
    """What `passwd -S -a` prints: name, state, day of change, then four limits; see passwd(1)."""
    own = _own_passwords(listed)
    split = [line.split() for line in lines(data)]
    if not split or any(len(row) != 7 or row[1] not in _STATES for row in split):
        return unreadable("the answer of passwd -S -a")
    if isinstance(own, Missing):
        return own
    ages = [
        PasswordAge(
            name=row[0],
            usable=row[1] in {"P", "PS"} or row[0] in own,
            changed_on=_written(row[2]),
            max_days=_limit(row[4]),
            expires_on=None,
        )
        for row in split
    ]
    return sorted(ages, key=lambda age: age["name"])


def _own_passwords(listed: bytes) -> set[str] | Missing:
    found = rows(listed)
    return found if isinstance(found, Missing) else {row.name for row in found if row.own == "set"}


def last_logins(data: bytes) -> list[LastLogin] | Missing:
    """What `lastlog` prints; Missing where it knows of no log-in at all, since then nobody may keep the record."""
    rows = lines(data)
    if not rows or not rows[0].startswith("Username"):
        return unreadable("the answer of lastlog")
    found = []
    for row in rows[1:]:
        name, *_ = row.split(maxsplit=1)
        never = row.rstrip().endswith("**Never logged in**")
        when = None if never else _moment(row)
        if when is None and not never:
            return unreadable("the answer of lastlog")
        found.append(LastLogin(name=name, on=when))
    if all(login["on"] is None for login in found):
        return Missing(Reason.NOT_AVAILABLE, "lastlog", "it knows of no log-in at all, so it may not be kept")
    return sorted(found, key=lambda login: login["name"])


def _day(days: int | None) -> str | None:
    return (_FIRST + timedelta(days=days)).isoformat() if days is not None and 0 < days < 2**20 else None


def _written(text: str) -> str | None:
    for form in ("%Y-%m-%d", "%m/%d/%Y"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).date().isoformat()
        except ValueError:
            continue
    return None


def _limit(text: str) -> int | None:
    days = number(text)
    return None if days is None or days >= _FOREVER else days


def _moment(row: str) -> str | None:
    match = _WHEN.search(row)
    if match is None:
        return None
    try:
        moment = datetime.strptime(" ".join(match.groups()), "%b %d %H:%M:%S %z %Y")
        return moment.astimezone(UTC).date().isoformat()
    except (ValueError, OverflowError):
        return None
