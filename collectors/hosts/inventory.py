"""Where the names of hosts come from when they are not in the settings: host files, Ansible inventories, other sources.

An inventory that cannot be read raises InventoryError: its hosts were not looked at, which is not the same as none.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from evidence.model import NightledgerError

_SECONDS = 60

OVER_SSH = frozenset({"ssh", "smart", "paramiko", "paramiko_ssh"})
"""The values of `ansible_connection` for hosts that SSH reaches; one that says nothing is reached by `ssh`."""
OVER_PSRP = frozenset({"psrp", "winrm"})
"""Those for hosts that PowerShell remoting reaches."""


class InventoryError(NightledgerError):
    """An inventory cannot be read, so nobody knows which hosts it names."""


@dataclass(frozen=True, slots=True)
class Named:
    """One host an inventory names; `port` 0 and `user` "" where it does not say."""

    address: str
    port: int = 0
    user: str = ""


@dataclass(frozen=True, slots=True)
class HostFile:
    """A file with one ADDRESS or ADDRESS:PORT on a line; # begins a comment."""

    path: str

    def hosts(self) -> Iterator[Named]:
        """Every host of the file; raises InventoryError."""
        for number, line in enumerate(_text(self.path).splitlines(), start=1):
            word = line.partition("#")[0].strip()
            if not word:
                continue
            named = address(word)
            if named is None:
                raise InventoryError(
                    f"{self.path} line {number}: {word[:60]!r} is no ADDRESS or ADDRESS:PORT"
                )
            yield named


@dataclass(frozen=True, slots=True)
class AnsibleInventory:
    """An Ansible inventory: the JSON of `ansible-inventory --list` (a .json file), or what that command makes of `path`.

    `groups` limits it to the hosts of these groups and of the groups below them, () is all; `connections` to those
    that Ansible reaches in one of these ways.
    """

    path: str
    groups: tuple[str, ...] = ()
    connections: frozenset[str] = OVER_SSH

    def hosts(self) -> Iterator[Named]:
        """Every host that is reached in our way; raises InventoryError, also for a group that is not there."""
        known = self._listed()
        variables = _mapping(_mapping(known, "_meta"), "hostvars")
        for name in sorted(self._members(known)):
            one = _mapping(variables, name)
            if one.get("ansible_connection", "ssh") in self.connections:
                yield _ansible_host(name, one)

    def _listed(self) -> Mapping[str, Any]:
        text = _text(self.path) if self.path.endswith(".json") else _command_output(self.path)
        try:
            known = json.loads(text)
        except ValueError:
            known = None
        if not isinstance(known, dict) or "_meta" not in known:
            raise InventoryError(
                f"{self.path} is not the output of ansible-inventory --list",
                hint="ansible-inventory -i INVENTORY --list > hosts.json",
            )
        return known

    def _members(self, known: Mapping[str, Any]) -> set[str]:
        waiting, seen = list(self.groups or ("all",)), set[str]()
        found: set[str] = set()
        while waiting:
            group = waiting.pop()
            if group in self.groups and group not in known:
                raise InventoryError(f"{self.path} has no group {group!r}")
            if group not in seen:
                seen.add(group)
                found.update(_words(known, group, "hosts"))
                waiting += _words(known, group, "children")
        return found


class Inventory(Protocol):
    """Anything that names hosts; `path` is what it is called where its hosts cannot be told."""

    @property
    def path(self) -> str:
        """The file, or the source."""

    def hosts(self) -> Iterator[Named]:
        """Every host it names; raises InventoryError, after those it could tell."""


def address(word: str) -> Named | None:
    """ADDRESS, ADDRESS:PORT, an IPv6 address or [ADDRESS]:PORT; None where it is none of them."""
    host, port = word, ""
    if word.startswith("["):
        host, bracket, port = word[1:].partition("]")
        if not bracket or (port and not port.startswith(":")):
            return None
        port = port.removeprefix(":")
    elif word.count(":") == 1:
        host, _, port = word.partition(":")
    # A leading dash would be an option to whatever takes the address as an argument.
    if not host or host.startswith("-") or any(not c.isprintable() or c in " /@," for c in host):
        return None
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        return None
    return Named(host, int(port or 0)) if port or not word.endswith(":") or word.count(":") > 1 else None


def _ansible_host(name: str, variables: Mapping[str, Any]) -> Named:
    where = str(variables.get("ansible_host") or variables.get("ansible_ssh_host") or name)
    port = str(variables.get("ansible_port") or variables.get("ansible_ssh_port") or "")
    user = str(variables.get("ansible_user") or variables.get("ansible_ssh_user") or "")
    named = address(f"[{where}]:{port}" if port else where)
    if named is None or "{{" in where + port + user:
        raise InventoryError(f"the inventory's address of {name!r} cannot be used: {where[:60]!r}")
    return Named(named.address, named.port, user)


def _command_output(path: str) -> str:
    command = ["ansible-inventory", "-i", path, "--list"]
    # An inventory may be a script, so the environment goes along as it would by hand.
    environment = {**os.environ, "ANSIBLE_NOCOLOR": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS, env=environment, check=True
        )
    except FileNotFoundError:
        raise InventoryError(
            "ansible-inventory is not installed",
            hint="name a .json file made with `ansible-inventory -i INVENTORY --list`",
        ) from None
    except (OSError, subprocess.SubprocessError, UnicodeError) as error:
        raise InventoryError(f"ansible-inventory could not list {path}: {type(error).__name__}") from None
    return done.stdout


def _text(path: str) -> str:
    try:
        return Path(path).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise InventoryError(
            f"{path} cannot be read: {getattr(error, 'strerror', '') or 'not text'}"
        ) from None


def _mapping(known: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = known.get(key)
    return value if isinstance(value, dict) else {}


def _words(known: Mapping[str, Any], group: str, key: str) -> list[str]:
    value = _mapping(known, group).get(key)
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []
