"""What an OpenSSH client configuration says of a host: ssh's own answer, or a small part of the language without ssh.

`ssh -G` understands everything, and runs what a `Match exec` names, as ssh would. Where there is no ssh, Host blocks
with HostName, Port, User, IdentityFile, CertificateFile, UserKnownHostsFile and ProxyJump are read; Include, Match
and ProxyCommand raise, because skipping them could reach the wrong host.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from collectors.hosts.inventory import address
from collectors.hosts.source import KNOWN_HOSTS, Host
from evidence.model import NightledgerError

_SECONDS = 20
_READ = frozenset(
    {"hostname", "port", "user", "identityfile", "certificatefile", "userknownhostsfile", "proxyjump"}
)
_REFUSED = frozenset({"include", "match", "proxycommand"})

Options = Mapping[str, tuple[str, ...]]
"""Keywords in lower case, each with its values in order."""


class ConfigError(NightledgerError):
    """An SSH configuration says something that cannot be followed."""


def applied(host: Host, path: str) -> Host:
    """The host with what the configuration says in place of what stands at its default; raises ConfigError."""
    return _applied(host, path, depth=0)


def options(name: str, path: str) -> Options:
    """What the configuration at `path` says of the host called `name`; raises ConfigError."""
    ssh = shutil.which("ssh")
    return _asked(ssh, name, path) if ssh else subset(_text(path), name)


def subset(text: str, name: str) -> Options:
    """The same from the text of a configuration, without ssh; raises ConfigError for what it does not read."""
    found: dict[str, list[str]] = {}
    applies = True
    for number, line in enumerate(text.splitlines(), start=1):
        keyword, values = _words(line, number)
        if keyword in _REFUSED:
            raise ConfigError(f"line {number}: {keyword} is understood only where ssh is installed")
        if keyword == "host":
            applies = _applies(values, name)
        elif applies and keyword in _READ and values:
            found.setdefault(keyword, []).append(values[0])
    return {keyword: tuple(values) for keyword, values in found.items()}


def _applied(host: Host, path: str, depth: int) -> Host:
    if depth > 8:
        raise ConfigError(f"the jump hosts of {host.address} go round in a circle")
    said = options(host.address, path)
    if _one(said, "proxycommand") not in {"", "none"}:
        raise ConfigError(f"{host.address} has a ProxyCommand; use ProxyJump, or `jump` in the settings")
    port = _one(said, "port") or "22"
    files = (_first_file(said, "identityfile"), _first_file(said, "certificatefile"))
    known = _one(said, "userknownhostsfile").split(" ")[0]
    return replace(
        host,
        address=_one(said, "hostname").replace("%h", host.address) or host.address,
        port=host.port if host.port != 22 or not port.isdigit() else int(port),
        user=host.user or _one(said, "user"),
        key_file=host.key_file or files[0],
        certificate_file=host.certificate_file or files[1],
        known_hosts=host.known_hosts if host.known_hosts != KNOWN_HOSTS else known or KNOWN_HOSTS,
        jump=host.jump or _jump(_one(said, "proxyjump"), path, depth),
    )


def _jump(text: str, path: str, depth: int) -> Host | None:
    last: Host | None = None
    for hop in text.split(",") if text not in {"", "none"} else ():
        user, _, where = hop.strip().removeprefix("ssh://").rpartition("@")
        named = address(where)
        if named is None:
            raise ConfigError(f"{hop[:60]!r} is no jump host")
        one = Host(named.address, named.port or 22, user, jump=last)
        last = _applied(one, path, depth + 1)
    return last


def _asked(ssh: str, name: str, path: str) -> Options:
    if name.startswith("-"):
        raise ConfigError(f"{name[:60]!r} is no host")
    command = [ssh, "-G", "-F", path, "--", name]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        raise ConfigError(f"ssh -G could not be run: {type(error).__name__}") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "backslashreplace").strip().splitlines()
        raise ConfigError(f"ssh does not accept {path}: {said[0][:200] if said else done.returncode}")
    found: dict[str, list[str]] = {}
    for line in done.stdout.decode("utf-8", "backslashreplace").splitlines():
        keyword, _, value = line.partition(" ")
        found.setdefault(keyword.lower(), []).append(value)
    return {keyword: tuple(values) for keyword, values in found.items()}


def _one(said: Options, keyword: str) -> str:
    values = said.get(keyword, ())
    return values[0] if values else ""


def _first_file(said: Options, keyword: str) -> str:
    # ssh names every default key; the first that exists is the one it would try first.
    files = [value for value in said.get(keyword, ()) if value != "none"]
    return next((file for file in files if Path(file).expanduser().is_file()), files[0] if files else "")


def _words(line: str, number: int) -> tuple[str, list[str]]:
    try:
        words = shlex.split(line.replace("=", " ", 1), comments=True)
    except ValueError:
        raise ConfigError(f"line {number}: a quotation mark is not closed") from None
    return (words[0].lower(), words[1:]) if words else ("", [])


def _applies(patterns: list[str], name: str) -> bool:
    plain: Iterator[str] = (pattern for pattern in patterns if not pattern.startswith("!"))
    negated = (pattern[1:] for pattern in patterns if pattern.startswith("!"))
    return any(fnmatchcase(name, one) for one in plain) and not any(fnmatchcase(name, one) for one in negated)


def _text(path: str) -> str:
    try:
        return Path(path).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise ConfigError(f"{path} cannot be read: {getattr(error, 'strerror', '') or 'not text'}") from None
