"""What accounts may do and what opens them: rules of sudo, public keys for SSH."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from collectors.hosts.parsers.text import lines, number, pairs, unreadable
from evidence.facts.host_accounts import AuthorizedKey, AuthorizedKeys, SudoGrant
from evidence.model import Missing, Reason

_KEY = re.compile(r"(\d{1,6}) (SHA256:[A-Za-z0-9+/]{20,60}) \(([A-Z0-9-]{2,20})\) (/.*)")
_OWNER = re.compile(r"for (\S+) (/.*)")
_WHO = (("username", ""), ("usergroup", "%"), ("userid", "#"), ("usergid", "%#"), ("netgroup", "+"))
_ROOT = frozenset({"ALL", "root", "#0"})
_EVERYTHING = re.compile(
    r"ALL|\S*/(?:(?:ba|da|k|mk|z|c|tc|fi|a)?sh|su|sudo|env|busybox)(?: (?:\"\"|\*|-|-[isl]|--login|(?:-l? )?root))?"
)
"""All commands, or one that gives a shell: with any argument, or with those that give no less."""
_DEEP = 64


def sudo_grants(data: bytes) -> list[SudoGrant] | Missing | None:
    """What `cvtsudoers -e -f json` prints, see cvtsudoers(1); None where neither sudo nor doas is installed."""
    if not data:
        return None
    if data.count(b"[") + data.count(b"{") > 100_000 or nested_too_deep(data):
        return unreadable("the answer of cvtsudoers")
    try:
        policy = json.loads(data)
        found = list(_grants(policy)) if "User_Specs" in policy else []
    except (ValueError, TypeError, KeyError, AttributeError):
        return unreadable("the answer of cvtsudoers")
    if not found:
        # A sudo that lets nobody do anything is not installed for a reason we know, so it is not believed.
        return unreadable("the answer of cvtsudoers")
    return sorted(
        found, key=lambda grant: (grant["who"], str(grant["password"]), grant["everything"], grant["run_as"])
    )


def sudo_sources(data: bytes) -> list[str]:
    """Where sudo looks for rules, in section `machine` by the words of nsswitch.conf(5); its own files by default."""
    told = pairs(data).get("sudoers", "").partition("#")[0]
    # What stands in brackets says when to stop looking.
    return re.sub(r"\[[^\]]*\]", " ", told).split() or ["files"]


def authorized_keys(data: bytes) -> AuthorizedKeys | Missing:
    """BITS FINGERPRINT (TYPE) FILE for each key, as the script cut it from `ssh-keygen -l`, and "for NAME FILE"."""
    first, *rows = lines(data) or [""]
    if first != "looked":
        return unreadable("section ssh_keys")
    owners = _owners(rows)
    keys, unread = [], []
    for row in rows:
        match = _KEY.fullmatch(row)
        if match is not None and match[4] in owners:
            keys.append(_key(match, owners[match[4]]))
        elif row.startswith("asks "):
            return Missing(Reason.NOT_AVAILABLE, "AuthorizedKeysCommand", f"sshd asks {row[5:205]} for keys")
        elif row == "differs":
            return Missing(
                Reason.NOT_AVAILABLE, detail="a Match block gives some accounts keys from elsewhere"
            )
        elif row.startswith("unread /"):
            unread.append(row.removeprefix("unread "))
        elif not _OWNER.fullmatch(row):
            return unreadable("section ssh_keys")
    return AuthorizedKeys(
        keys=sorted(keys, key=lambda key: (key["file"], key["fingerprint"])), unread=sorted(unread)
    )


def _owners(rows: Sequence[str]) -> dict[str, list[str]]:
    owners: dict[str, set[str]] = {}
    for row in rows:
        if match := _OWNER.fullmatch(row):
            owners.setdefault(match[2], set()).add(match[1])
    return {file: sorted(names) for file, names in owners.items()}


def _key(match: re.Match[str], accounts: list[str]) -> AuthorizedKey:
    bits, fingerprint, kind, file = match.groups()
    return AuthorizedKey(
        file=file, accounts=accounts, type=kind, bits=number(bits) or 0, fingerprint=fingerprint
    )


def _grants(policy: Mapping[str, Any]) -> Iterator[SudoGrant]:
    defaults = policy.get("Defaults", [])
    for spec in policy["User_Specs"]:
        for who in (name for user in spec["User_List"] for name in _named(user)):
            for command in spec["Cmnd_Specs"]:
                options = _options(command.get("Options", []))
                run_as = sorted({name for user in command.get("runasusers", []) for name in _named(user)})
                yield SudoGrant(
                    who=who,
                    run_as=run_as or ["root"],
                    everything=_as_root(command, run_as)
                    and any(_is_everything(one) for one in command["Commands"]),
                    password=options["authenticate"] is True
                    if "authenticate" in options
                    else _asks(defaults, who),
                )


def _as_root(command: Mapping[str, Any], run_as: Sequence[str]) -> bool:
    """Whether root may be among those it runs as; with a group alone it runs as whoever asks."""
    if not run_as:
        return "runasgroups" not in command
    return any(name in _ROOT or name[:1] in {"%", "+"} or " " in name for name in run_as)


def _is_everything(command: Mapping[str, Any]) -> bool:
    return not command.get("negated") and _EVERYTHING.fullmatch(str(command.get("command", ""))) is not None


def _asks(defaults: Sequence[Mapping[str, Any]], who: str) -> bool | None:
    """Whether Defaults leave the question for a password to `who`; None where one of them may speak of them."""
    unsure = False
    for entry in defaults:
        if _options(entry.get("Options", [])).get("authenticate", True) is not False:
            continue
        bound = [name for user in entry.get("Binding", []) for name in _named(user)]
        if not entry.get("Binding") or who in bound:
            return False
        # Bound to one account or number, it leaves the other accounts alone; anything else is not settled here.
        unsure = (
            unsure
            or who == "ALL"
            or who[:1] in "%+#"
            or any(name[:1] in "%+#" or " " in name for name in bound)
        )
    return None if unsure else True


def _options(options: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {name: value for option in options for name, value in option.items()}


def _named(user: Mapping[str, Any]) -> Iterator[str]:
    if user.get("negated"):
        return
    for word, mark in _WHO:
        if word in user:
            yield f"{mark}{user[word]}"
            return
    yield "another kind of user"


def nested_too_deep(data: bytes) -> bool:
    """Whether brackets nest deeper than any honest answer, which would exhaust the reader of JSON."""
    depth = 0
    for byte in data:
        depth += (byte in b"[{") - (byte in b"]}")
        if depth > _DEEP:
            return True
    return False
