"""Accounts, the states of their passwords, and the defaults for the age of passwords."""

from __future__ import annotations

from collectors.hosts.parsers.text import filed, lines, number, unreadable
from evidence.facts.hosts import Account, Accounts, PasswordAgeing, PasswordStates
from evidence.model import Missing

_NO_LOGIN = frozenset({"nologin", "false", "sync", "shutdown", "halt", "true"})
_STATES = frozenset({"L", "LK", "NP", "P", "PS"})


def accounts(data: bytes) -> Accounts | Missing:
    """NAME:UID:SHELL for each account; an empty shell is /bin/sh, see passwd(5)."""
    superusers, logins = [], []
    for line in lines(data):
        fields = line.split(":")
        uid = number(fields[1]) if len(fields) == 3 else None
        if uid is None or not fields[0]:
            return unreadable("the list of accounts")
        if uid == 0:
            superusers.append(fields[0])
        shell = fields[2].strip() or "/bin/sh"
        if shell.rpartition("/")[2] not in _NO_LOGIN:
            logins.append(Account(name=fields[0], shell=shell))
    if not superusers:
        # Every system has a superuser, so this is not the whole list.
        return unreadable("the list of accounts")
    return Accounts(superusers=sorted(superusers), logins=sorted(logins, key=lambda account: account["name"]))


def password_states(data: bytes) -> PasswordStates | Missing:
    """What `passwd -S -a` prints: name, state (L locked, NP none, P set), dates; see passwd(1)."""
    found = [line.split() for line in lines(data)]
    if not found or any(len(row) < 2 or row[1] not in _STATES for row in found):
        return unreadable("the answer of passwd -S -a")
    empty = sorted(row[0] for row in found if row[1] == "NP")
    return PasswordStates(empty=empty, accounts=len(found))


def password_ageing(data: bytes) -> PasswordAgeing:
    """PASS_MAX_DAYS and PASS_MIN_DAYS of login.defs(5), for accounts made from now on."""
    values = {}
    for line in filed(data):
        name, *rest = line.text.split() or [""]
        values[name] = number(rest[0]) if rest else None
    return PasswordAgeing(max_days=values.get("PASS_MAX_DAYS"), min_days=values.get("PASS_MIN_DAYS"))
