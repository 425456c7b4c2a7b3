"""Accounts, the states of their passwords, and the defaults for the age of passwords."""

from __future__ import annotations

from typing import NamedTuple

from collectors.hosts.parsers.text import filed, lines, number, unreadable
from evidence.facts.hosts import Account, Accounts, PasswordAgeing, PasswordStates
from evidence.model import Missing

_NO_LOGIN = frozenset({"nologin", "false", "sync", "shutdown", "halt", "true"})
_OWN = frozenset({"", "empty", "set"})
_STATES = frozenset({"L", "LK", "NP", "P", "PS"})


class Row(NamedTuple):
    """One account of section `accounts`; `own` is the password that passwd(5) itself holds: "" (nothing), empty or set."""

    name: str
    uid: int
    shell: str
    own: str


def rows(data: bytes) -> list[Row] | Missing:
    """NAME:UID:SHELL:PASSWORD for each account; Missing where a line or the superuser is not among them."""
    found = []
    for line in lines(data):
        fields = line.split(":")
        uid = number(fields[1]) if len(fields) == 4 else None
        if uid is None or not fields[0] or fields[3] not in _OWN:
            return unreadable("the list of accounts")
        found.append(Row(fields[0], uid, fields[2].strip(), fields[3]))
    # Every system has a superuser, so without one this is not the whole list.
    return found if any(row.uid == 0 for row in found) else unreadable("the list of accounts")


def accounts(data: bytes) -> Accounts | Missing:
    """Who has UID 0 and who has a login shell; an empty shell is /bin/sh, see passwd(5)."""
    found = rows(data)
    if isinstance(found, Missing):
        return found
    superusers = [row.name for row in found if row.uid == 0]
    shells = [(row.name, row.shell or "/bin/sh") for row in found]
    logins = [
        Account(name=name, shell=shell) for name, shell in shells if shell.rpartition("/")[2] not in _NO_LOGIN
    ]
    return Accounts(superusers=sorted(superusers), logins=sorted(logins, key=lambda account: account["name"]))


def password_states(data: bytes, listed: bytes) -> PasswordStates | Missing:
    """What `passwd -S -a` prints: name, state (L locked, NP none, P set), dates; see passwd(1).

    It speaks of shadow(5); PAM takes what `listed`, section `accounts`, says of passwd(5) before that.
    """
    own = rows(listed)
    if isinstance(own, Missing):
        return own
    found = [line.split() for line in lines(data)]
    if not found or any(len(row) < 2 or row[1] not in _STATES for row in found):
        return unreadable("the answer of passwd -S -a")
    overruled = {row.name: row.own for row in own if row.own}
    empty = {row[0] for row in found if row[1] == "NP" and row[0] not in overruled}
    empty.update(name for name, held in overruled.items() if held == "empty")
    return PasswordStates(empty=sorted(empty), accounts=len(found))


def password_ageing(data: bytes) -> PasswordAgeing:
    """PASS_MAX_DAYS and PASS_MIN_DAYS of login.defs(5), for accounts made from now on."""
    values = {}
    for line in filed(data):
        name, *rest = line.text.split() or [""]
        values[name] = number(rest[0]) if rest else None
    return PasswordAgeing(max_days=values.get("PASS_MAX_DAYS"), min_days=values.get("PASS_MIN_DAYS"))
