"""Automatic logoff on Linux hosts, one check per way in: shell, SSH, graphical.

ClientAliveInterval is no part of it: it notices dead connections, not idle people.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from checks.automatic_logoff.links import (
    GRAPHICAL_SESSION_LOCKS,
    SHELL_SESSION_ENDS,
    SSH_SESSION_ENDS,
    UNATTENDED_SCREEN_LOCKS,
)
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from evidence.facts.hosts import Accounts, GraphicalLogin, SessionManager, SshServer, TimeoutLine
from evidence.model import Status

_KNOW_TMOUT = frozenset({"bash", "rbash", "ksh", "ksh93", "mksh"})
_LOGIN_FILES = ("/etc/profile",)
_BASH_FILES = ("/etc/bash.bashrc", "/etc/bashrc")
_TIME = re.compile(r"(\d{1,7})([smhdw]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_LOCKS = frozenset({"idle-delay", "lock-enabled", "lock-delay"})


@dataclass(frozen=True, slots=True)
class Bound:
    """When an idle session ends: at the latest after `seconds`, or never (None).

    `unsure` says that it may end earlier than that: what was read does not settle it.
    """

    seconds: int | None
    says: str
    unsure: bool = False

    def within(self, minutes: int) -> bool:
        """Whether the session surely ends within this time."""
        return self.seconds is not None and self.seconds <= minutes * 60


_UNREGISTERED = Bound(None, "logind knows of no session over SSH, as sshd does not use PAM")


@check(
    "host-idle-session-ends",
    on="host.linux",
    severity="medium",
    links=[SHELL_SESSION_ENDS],
)
def idle_session_ends(
    shell_timeout: list[TimeoutLine],
    session_manager: SessionManager | None,
    accounts: Accounts,
    *,
    max_minutes: int = 15,
) -> Verdict:
    """Does a shell session that is left idle end by itself?"""
    return _judge((_shell(shell_timeout, accounts), _manager(session_manager)), max_minutes)


@check(
    "host-ssh-idle-session-ends",
    on="host.linux",
    severity="medium",
    links=[SSH_SESSION_ENDS],
)
def ssh_idle_session_ends(
    ssh_server: SshServer | None,
    shell_timeout: list[TimeoutLine],
    session_manager: SessionManager | None,
    accounts: Accounts,
    *,
    max_minutes: int = 15,
) -> Verdict:
    """Does a session over SSH that is left idle end by itself?"""
    if ssh_server is None:
        return not_applicable("there is no SSH server")
    ends = _manager(session_manager) if _registers(ssh_server) else _UNREGISTERED
    bounds = (_channels(ssh_server), _shell(shell_timeout, accounts), ends)
    verdict = _judge(bounds, max_minutes)
    interval = ssh_server["settings"].get("clientaliveinterval", "0")
    if verdict.status is Status.FAIL and interval != "0":
        return failed(f"{verdict.sentence}; ClientAliveInterval {interval} only notices dead connections")
    return verdict


@check(
    "host-graphical-session-locks",
    on="host.linux",
    severity="medium",
    links=[GRAPHICAL_SESSION_LOCKS, UNATTENDED_SCREEN_LOCKS],
)
def graphical_session_locks(graphical_login: GraphicalLogin | None, *, max_minutes: int = 15) -> Verdict:
    """Does a graphical session that is left idle lock itself, whatever its user prefers?"""
    if graphical_login is None:
        return not_applicable("no display manager is installed")
    free = _LOCKS - set(graphical_login["locked"])
    idle, delay = graphical_login["idle_delay"], graphical_login["lock_delay"]
    if not set(graphical_login["managers"]) & {"gdm", "gdm3"}:
        managers = ", ".join(graphical_login["managers"])
        return undecided(f"what locks the desktops behind {managers} was not read; dconf need not reach them")
    if graphical_login["lock_enabled"] is not True or not idle or delay is None:
        return failed("dconf sets no idle-delay with lock-enabled and lock-delay for all users")
    if free:
        return failed(f"users may change {', '.join(sorted(free))}")
    if idle + delay > max_minutes * 60:
        return failed(f"the screen locks only after {_span(idle + delay)}, more than {max_minutes} minutes")
    return passed(f"the screen locks after {_span(idle + delay)}, and users cannot change that")


def _judge(bounds: tuple[Bound, ...], max_minutes: int) -> Verdict:
    enough = [bound for bound in bounds if bound.within(max_minutes)]
    if enough:
        return passed(min(enough, key=lambda bound: bound.seconds or 0).says)
    unsure = [bound for bound in bounds if bound.unsure]
    if unsure:
        return undecided("; ".join(bound.says for bound in unsure))
    return failed(
        f"nothing ends it within {max_minutes} minutes: {'; '.join(bound.says for bound in bounds)}"
    )


def _shell(lines: list[TimeoutLine], accounts: Accounts) -> Bound:
    at_login = [line for line in lines if line["file"].startswith(_LOGIN_FILES)]
    if not at_login:
        return Bound(None, "TMOUT is not set for login shells")
    seconds, readonly = _in_the_end(at_login)
    if seconds is None or _is_overruled(lines, seconds):
        return Bound(None, "TMOUT is set in a way that only the shell itself could settle", unsure=True)
    if not seconds:
        return Bound(None, "TMOUT is 0 for login shells")
    if not readonly:
        return Bound(None, f"TMOUT is {seconds} seconds, but users may change it")
    deaf = {login["shell"] for login in accounts["logins"]} - _listening(accounts)
    if deaf:
        return Bound(None, f"TMOUT does not reach {', '.join(sorted(deaf))}", unsure=True)
    return Bound(seconds, f"TMOUT ends an idle shell after {_span(seconds)} and is read-only")


def _in_the_end(lines: list[TimeoutLine]) -> tuple[int | None, bool]:
    """What TMOUT is (None where that is not settled) and whether it is read-only, once these have run in their order."""
    seconds: int | None = 0
    may_be_readonly = False
    for line in lines:
        if line["conditional"]:
            seconds, may_be_readonly = None, may_be_readonly or line["readonly"]
            continue
        seconds = None if may_be_readonly else line["seconds"]
        if line["readonly"]:
            return seconds, True
    return seconds, False


def _is_overruled(lines: list[TimeoutLine], seconds: int) -> bool:
    """Whether another value may become read-only first, by a file that another locale or bash itself reads before."""
    firm = [
        line
        for line in lines
        if line["readonly"] and line["file"].startswith(("/etc/profile.d/", *_BASH_FILES))
    ]
    files = {line["file"] for line in firm}
    return (len(files) > 1 or any(file in _BASH_FILES for file in files)) and any(
        line["seconds"] != seconds for line in firm
    )


def _listening(accounts: Accounts) -> set[str]:
    shells = {login["shell"] for login in accounts["logins"]}
    return {shell for shell in shells if shell.rpartition("/")[2] in _KNOW_TMOUT}


def _manager(session_manager: SessionManager | None) -> Bound:
    if session_manager is None:
        return Bound(None, "systemd-logind does not run")
    seconds = session_manager["stop_idle_session_seconds"]
    if seconds is None:
        return Bound(None, "logind ends no idle session")
    return Bound(seconds, f"logind ends idle sessions after {_span(seconds)}")


def _registers(server: SshServer) -> bool:
    # logind learns of a session from PAM, which sshd asks only where it is told to; no Match block changes that.
    return server["settings"].get("usepam") == "yes"


def _channels(server: SshServer) -> Bound:
    if server["overrides"] is None:
        return Bound(None, "the Match blocks of sshd could not be read", unsure=True)
    values = [
        server["settings"],
        *({**server["settings"], **over["settings"]} for over in server["overrides"]),
    ]
    bounds = [_channel(value.get("channeltimeout", "none")) for value in values]
    if None in bounds:
        return Bound(None, "sshd has no ChannelTimeout for shells")
    longest = max(bound for bound in bounds if bound is not None)
    return Bound(longest, f"sshd closes an idle shell after {_span(longest)} (ChannelTimeout)")


def _channel(value: str) -> int | None:
    """The longest time that any entry gives to the channel of a shell; None where one gives no end."""
    times = []
    for word in value.split():
        pattern, _, time = word.partition("=")
        if pattern == "global" or fnmatchcase("session:shell", pattern):
            times.append(_seconds(time))
    return None if not times or None in times or 0 in times else max(time for time in times if time)


def _seconds(text: str) -> int | None:
    parts = _TIME.findall(text.lower())
    if not parts or "".join(number + unit for number, unit in parts) != text.lower():
        return None
    return sum(int(number) * _SECONDS[unit] for number, unit in parts)


def _span(seconds: int) -> str:
    return f"{seconds // 60} minutes" if seconds % 60 == 0 and seconds > 60 else f"{seconds} seconds"
