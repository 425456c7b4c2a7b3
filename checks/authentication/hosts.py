"""Authentication on Linux hosts: the ways into SSH, what each asks for, and accounts without a password."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checks.authentication.links import (
    HOST_ACCOUNTS_ASK,
    HOST_ASKS_SECOND_FACTOR,
    HOST_KNOWS_WHO,
    HOST_REFUSES_BARE_PASSWORDS,
)
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from evidence.facts.hosts import Authentication, PasswordStates, SshServer

Way = frozenset[str]
"""Methods that together are enough to log in."""

_SWITCHES = {
    "publickey": "pubkeyauthentication",
    "password": "passwordauthentication",
    "keyboard-interactive": "kbdinteractiveauthentication",
    "hostbased": "hostbasedauthentication",
    "gssapi-with-mic": "gssapiauthentication",
}
_PASSWORDS = frozenset({"password", "keyboard-interactive"})
_NO_SERVER = "there is no SSH server"
_UNSEEN = "sshd's Match blocks could not be read, and they may allow more"


@check("host-ssh-root-login", on="host.linux", severity="medium", links=[HOST_KNOWS_WHO])
def root_login_is_refused(
    ssh_server: SshServer | None, *, allowed: tuple[str, ...] = ("no", "forced-commands-only")
) -> Verdict:
    """Does sshd refuse to let anyone log in as root?"""
    if ssh_server is None:
        return not_applicable(_NO_SERVER)
    for whom, settings in _everyone(ssh_server):
        value = settings.get("permitrootlogin", "")
        if value not in allowed:
            return failed(f"sshd lets root log in{whom}: PermitRootLogin is {value}")
    if ssh_server["overrides"] is None:
        return undecided(_UNSEEN)
    return passed(f"sshd refuses root: PermitRootLogin is {ssh_server['settings']['permitrootlogin']}")


@check("host-ssh-password-login", on="host.linux", severity="medium", links=[HOST_REFUSES_BARE_PASSWORDS])
def password_alone_is_refused(ssh_server: SshServer | None, ssh_pam: Authentication | None) -> Verdict:
    """Does sshd refuse a password as the only proof?"""
    if ssh_server is None:
        return not_applicable(_NO_SERVER)
    for whom, settings in _everyone(ssh_server):
        for way in _ways(settings):
            if way <= _PASSWORDS and not _pam_asks_twice(settings, ssh_pam):
                return failed(f"a password alone is enough{whom} ({_named(way)})")
    if ssh_server["overrides"] is None:
        return undecided(_UNSEEN)
    return passed("no way into SSH takes a password alone")


@check("host-ssh-second-factor", on="host.linux", severity="high", links=[HOST_ASKS_SECOND_FACTOR])
def second_factor_is_asked(
    ssh_server: SshServer | None, ssh_pam: Authentication | None, *, exempt: tuple[str, ...] = ()
) -> Verdict:
    """Does every way into SSH ask for two different proofs of identity?

    `exempt` names the criteria of Match blocks that the organisation accepts, such as "user nightledger".
    """
    if ssh_server is None:
        return not_applicable(_NO_SERVER)
    accepted = {f" for those of Match {words}" for words in exempt}
    for whom, settings in _everyone(ssh_server):
        for way in _ways(settings):
            if whom not in accepted and not _is_strong(way, settings, ssh_pam):
                return failed(f"one proof is enough{whom}: {_named(way)}")
    if ssh_server["overrides"] is None:
        return undecided(_UNSEEN)
    return passed("every way into SSH asks for two proofs")


@check("host-no-empty-passwords", on="host.linux", severity="critical", links=[HOST_ACCOUNTS_ASK])
def no_password_is_empty(password_states: PasswordStates) -> Verdict:
    """Has every account that takes a password one that is not empty?"""
    if password_states["empty"]:
        return failed(f"the password is empty for {', '.join(password_states['empty'])}")
    return passed("no account has an empty password")


def _everyone(server: SshServer) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The settings for all, then those of each Match block, with the words that say for whom."""
    yield "", server["settings"]
    for override in server["overrides"] or ():
        yield (
            f" for those of Match {override['criteria']}",
            {**server["settings"], **override["settings"]},
        )


def _ways(settings: Mapping[str, str]) -> list[Way]:
    enabled = {method for method, switch in _SWITCHES.items() if settings.get(switch, "no") == "yes"}
    chosen = settings.get("authenticationmethods", "any")
    if chosen == "any":
        return [frozenset({method}) for method in sorted(enabled)]
    ways = [frozenset(method.partition(":")[0] for method in way.split(",")) for way in chosen.split()]
    return [way for way in ways if way <= enabled]


def _is_strong(way: Way, settings: Mapping[str, str], pam: Authentication | None) -> bool:
    if "publickey" in way and (way & _PASSWORDS or _keys_are_verified(settings)):
        return True
    return bool(way & _PASSWORDS) and _pam_asks_twice(settings, pam)


def _keys_are_verified(settings: Mapping[str, str]) -> bool:
    # The option says nothing of keys without a token, so these must not be accepted at all.
    accepted = settings.get("pubkeyacceptedalgorithms", "").split(",")
    return "verify-required" in settings.get("pubkeyauthoptions", "") and all(
        name.startswith(("sk-", "webauthn-sk-")) for name in accepted
    )


def _pam_asks_twice(settings: Mapping[str, str], pam: Authentication | None) -> bool:
    return settings.get("usepam") == "yes" and pam is not None and pam["enforced"] and pam["password"]


def _named(way: Way) -> str:
    return " and ".join(sorted(way))
