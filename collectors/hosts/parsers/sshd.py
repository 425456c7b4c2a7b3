"""The SSH server: the settings sshd itself reports, and what Match blocks change for some users."""

from __future__ import annotations

import re

from collectors.hosts.parsers.text import Line, filed, lines, unreadable
from evidence.facts.hosts import SshOverride, SshServer
from evidence.model import Missing

KEPT = frozenset(
    {
        "authenticationmethods",
        "channeltimeout",
        "clientalivecountmax",
        "clientaliveinterval",
        "gssapiauthentication",
        "hostbasedauthentication",
        "kbdinteractiveauthentication",
        "passwordauthentication",
        "permitemptypasswords",
        "permitrootlogin",
        "pubkeyacceptedalgorithms",
        "pubkeyauthentication",
        "pubkeyauthoptions",
        "unusedconnectiontimeout",
        "usepam",
    }
)
"""The keywords that checks read; the rest of sshd's settings is not kept."""

_ALWAYS = frozenset({"passwordauthentication", "permitrootlogin", "pubkeyauthentication", "usepam"})
_ALIASES = {
    "challengeresponseauthentication": "kbdinteractiveauthentication",
    "dsaauthentication": "pubkeyauthentication",
    "pubkeyacceptedkeytypes": "pubkeyacceptedalgorithms",
    "skeyauthentication": "kbdinteractiveauthentication",
}
_SETTING = re.compile(r"\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*)")
_COMMENT = re.compile(r"\s#.*")
_DROP_INS = frozenset({"/etc/ssh/sshd_config.d/*.conf", "sshd_config.d/*.conf"})


def ssh_server(effective: bytes, config: bytes | Missing) -> SshServer | Missing:
    """What `sshd -T` printed, with the Match blocks of its files; see sshd_config(5)."""
    settings: dict[str, str] = {}
    for line in lines(effective):
        keyword, _, value = line.strip().partition(" ")
        keyword = _keyword(keyword)
        if keyword in KEPT:
            settings[keyword] = _either(settings.get(keyword), value)
    if not settings.keys() >= _ALWAYS:
        return unreadable("the answer of sshd -T")
    return SshServer(settings=settings, overrides=None if isinstance(config, Missing) else _overrides(config))


def _either(before: str | None, value: str) -> str:
    # Older versions print two switches for keyboard-interactive, of which one that is on is enough.
    return "yes" if "yes" in {before, value} and before is not None else value


def is_installed(data: bytes) -> bool:
    """Whether section `ssh_server` shows any server: installed, running, or listening on port 22."""
    return bool(data.strip())


def _overrides(config: bytes) -> list[SshOverride] | None:
    found: dict[str, dict[str, str]] = {}
    file, criteria = "", ""
    for line in filed(config):
        if line.file != file:
            # A Match block of an included file ends with it.
            file, criteria = line.file, ""
        keyword, value = _words(line)
        if keyword == "include" and (criteria or not set(value.split()) <= _DROP_INS):
            # What is included inside a block is for those of the block alone.
            return None
        if keyword == "match":
            criteria = " ".join(value.split())
        elif criteria and keyword in KEPT:
            # sshd takes these words in any case; what it prints itself is in lower case.
            found.setdefault(criteria, {}).setdefault(keyword, value.lower())
    return [SshOverride(criteria=name, settings=settings) for name, settings in sorted(found.items())]


def _words(line: Line) -> tuple[str, str]:
    setting = _SETTING.match(line.text)
    if setting is None:
        return "", ""
    return _keyword(setting[1]), _COMMENT.sub("", setting[2]).strip().strip('"')


def _keyword(word: str) -> str:
    return _ALIASES.get(word.lower(), word.lower())
