"""Passwords and keys of Linux hosts: their strength, their age, and what stops guessing."""

from __future__ import annotations

from checks.authentication.host_links import (
    HOST_GUESSING_STOPS,
    HOST_KEYS_STRONG,
    HOST_PASSWORD_RULES,
    HOST_PASSWORDS_AGE,
)
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from evidence.facts.host_accounts import AuthorizedKey, AuthorizedKeys, Lockout, PasswordAge, PasswordRules
from evidence.facts.hosts import SshServer

_STRONG = frozenset({"ED25519", "ED25519-SK", "ECDSA", "ECDSA-SK", "ED25519-CERT", "ECDSA-CERT"})
_NAMED = 5


@check("host-authorized-keys-strong", on="host.linux", severity="medium", links=[HOST_KEYS_STRONG])
def authorized_keys_are_strong(authorized_keys: AuthorizedKeys, *, min_rsa_bits: int = 2048) -> Verdict:
    """Are all public keys that open accounts of kinds that cannot be forged?"""
    keys = authorized_keys["keys"]
    weak = [key for key in keys if not _is_strong(key, min_rsa_bits)]
    if weak:
        told = ", ".join(f"{key['type']} {key['bits']} in {key['file']}" for key in weak[:_NAMED])
        more = f" and {len(weak) - _NAMED} more" if len(weak) > _NAMED else ""
        return failed(f"weak keys open accounts: {told}{more}")
    if authorized_keys["unread"]:
        return undecided(f"not every key could be read in {', '.join(authorized_keys['unread'])}")
    if not keys:
        return not_applicable("no account has a public key in the usual files")
    return passed(f"all {len(keys)} public keys that open accounts are strong")


@check("host-lockout", on="host.linux", severity="medium", links=[HOST_GUESSING_STOPS])
def wrong_passwords_lock(
    ssh_server: SshServer | None,
    lockout: Lockout,
    password_ages: list[PasswordAge],
    *,
    max_tries: int = 10,
    min_lock_seconds: int = 300,
    min_within_seconds: int = 60,
) -> Verdict:
    """Is an account locked for a while after repeated wrong passwords over SSH?"""
    if ssh_server is None:
        return not_applicable("there is no SSH server")
    if not any(age["usable"] for age in password_ages):
        return not_applicable("no account of this host takes a password")
    if ssh_server["settings"].get("usepam") != "yes":
        return _without_pam(ssh_server)
    return _locked(lockout, max_tries, min_lock_seconds, min_within_seconds)


def _locked(lockout: Lockout, max_tries: int, min_lock_seconds: int, min_within_seconds: int) -> Verdict:
    if not lockout["module"]:
        return failed("nothing in SSH's stack of PAM locks an account after wrong passwords")
    if lockout["counts"] is False:
        return failed(
            f"{lockout['module']} is in SSH's stack of PAM, but the lines around it let wrong passwords pass it by"
        )
    if lockout["counts"] is None:
        return undecided(
            f"{lockout['module']} is in the stack; whether wrong passwords reach it is not settled"
        )
    deny, seconds = lockout["deny"], lockout["unlock_seconds"]
    if not 0 < deny <= max_tries:
        return failed(
            f"an account locks after {deny or 'no number of'} wrong passwords, more than {max_tries}"
        )
    if 0 < seconds < min_lock_seconds:
        return failed(f"a locked account opens again after {seconds} seconds, sooner than {min_lock_seconds}")
    if lockout["within_seconds"] < min_within_seconds:
        return failed(
            f"wrong passwords are forgotten after {lockout['within_seconds']} seconds, "
            f"sooner than {min_within_seconds}"
        )
    until = f"for {seconds} seconds" if seconds else "until somebody unlocks it"
    return passed(f"an account locks after {deny} wrong passwords {until}")


def _without_pam(server: SshServer) -> Verdict:
    settings = [server["settings"], *(over["settings"] for over in server["overrides"] or ())]
    if any(one.get("passwordauthentication") == "yes" for one in settings):
        return failed("sshd takes passwords without PAM, so nothing locks an account after wrong ones")
    if server["overrides"] is None:
        return undecided("sshd does not use PAM, and its Match blocks could not be read")
    return not_applicable("sshd takes no passwords")


@check("host-password-length", on="host.linux", severity="low", links=[HOST_PASSWORD_RULES])
def passwords_are_long(
    password_rules: PasswordRules, password_ages: list[PasswordAge], *, min_length: int = 12
) -> Verdict:
    """Is a new password refused when it is too short?"""
    if not any(age["usable"] for age in password_ages):
        return not_applicable("no account of this host takes a password")
    module, length = password_rules["module"], password_rules["min_length"]
    if not module:
        return failed("no module judges the length of new passwords beyond pam_unix's own minimum")
    if length is None:
        return undecided(f"{module} judges new passwords; what length it accepts was not read")
    if length < min_length:
        return failed(f"a new password may be {length} characters short, fewer than {min_length}")
    return passed(f"a new password has at least {length} characters")


@check("host-password-ageing", on="host.linux", severity="low", links=[HOST_PASSWORDS_AGE])
def passwords_run_out(password_ages: list[PasswordAge], *, max_days: int = 0) -> Verdict:
    """Must passwords be changed as often as the organisation asks?

    `max_days` 0 = it asks for no routine change, as NIST SP 800-63B advises.
    """
    if not max_days:
        return not_applicable("the organisation asks for no routine change of passwords (max_days is 0)")
    usable = [age for age in password_ages if age["usable"]]
    if not usable:
        return not_applicable("no account of this host takes a password")
    lasting = sorted(age["name"] for age in usable if age["max_days"] is None or age["max_days"] > max_days)
    if lasting:
        return failed(f"passwords may be older than {max_days} days for {', '.join(lasting)}")
    return passed(f"every password has to be changed within {max_days} days")


def _is_strong(key: AuthorizedKey, min_rsa_bits: int) -> bool:
    return key["type"] in _STRONG or (key["type"] in {"RSA", "RSA-CERT"} and key["bits"] >= min_rsa_bits)
