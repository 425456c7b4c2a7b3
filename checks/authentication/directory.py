"""Checks of what a directory asks of those who log in."""

from __future__ import annotations

from checks.authentication.links import (
    DIRECTORY_ASKS_SECOND_FACTOR,
    DIRECTORY_FAILED_LOGINS_ACTED_ON,
    DIRECTORY_GUESSING_STOPS,
    DIRECTORY_PASSWORD_RULES,
    DIRECTORY_PASSWORDS_HARD_TO_GUESS,
)
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from evidence.facts.directory import DatabaseSettings, Lockout, PasswordLength

_WITHOUT_EFFECT = {
    "unused": "the ppolicy overlay is not loaded, so this policy has no effect",
    "unnamed": "this policy is not the default and no account names it, so it has no effect",
}


@check(
    "directory-password-policy-applies",
    on="directory.server",
    severity="high",
    links=[DIRECTORY_PASSWORD_RULES],
)
def policy_applies(default_policy: str | None) -> Verdict:
    """Does a password policy apply to every account that has none of its own?"""
    if default_policy is None:
        return failed("no default password policy applies: the ppolicy overlay is not loaded or names none")
    return passed(f"{default_policy} applies")


def _unused(role: str) -> Verdict | None:
    return not_applicable(_WITHOUT_EFFECT[role]) if role in _WITHOUT_EFFECT else None


@check(
    "directory-password-length",
    on="directory.password_policy",
    severity="medium",
    links=[DIRECTORY_PASSWORD_RULES, DIRECTORY_PASSWORDS_HARD_TO_GUESS],
    first=_unused,
)
def long_enough(role: str, length: PasswordLength, *, min_length: int = 12, min_quality: int = 1) -> Verdict:
    """Does the policy demand passwords long enough to resist guessing?"""
    whose = _whose(role)
    if length["check_quality"] < min_quality:
        quality = length["check_quality"]
        return failed(
            f"{whose} does not enforce a length: pwdCheckQuality is {quality}, not {min_quality} or more"
        )
    if length["min_length"] < min_length:
        return failed(
            f"{whose} accepts passwords of {length['min_length']} characters, fewer than {min_length}"
        )
    return passed(f"{whose} demands {length['min_length']} characters")


@check(
    "directory-password-lockout",
    on="directory.password_policy",
    severity="high",
    links=[DIRECTORY_GUESSING_STOPS, DIRECTORY_FAILED_LOGINS_ACTED_ON],
    also={"settings": "directory.server:settings"},
    first=_unused,
)
def guessing_locks(
    role: str,
    lockout: Lockout,
    settings: DatabaseSettings,
    *,
    max_failures: int = 10,
    min_within_seconds: int = 60,
    min_lock_seconds: int = 300,
) -> Verdict:
    """Does the policy lock an account after repeated wrong passwords?"""
    whose = _whose(role)
    if not lockout["enabled"] or not lockout["max_failures"]:
        return failed(f"{whose} never locks an account, however many wrong passwords are tried")
    if lockout["max_failures"] > max_failures:
        return failed(
            f"{whose} locks only after {lockout['max_failures']} wrong passwords, more than {max_failures}"
        )
    within, seconds = lockout["within_seconds"], lockout["seconds"]
    if 0 < within < min_within_seconds:
        return failed(
            f"{whose} forgets wrong passwords after {within} seconds, sooner than {min_within_seconds}"
        )
    if 0 < seconds < min_lock_seconds:
        return failed(
            f"{whose} opens a locked account again after {seconds} seconds, sooner than {min_lock_seconds}"
        )
    if not settings["rootdn"]:
        return undecided(
            f"{whose} locks accounts, but the database shows no rootdn, without which slapd notes no wrong password"
        )
    until = f"for {lockout['seconds']} seconds" if lockout["seconds"] else "until it is reset"
    return passed(f"{whose} locks after {lockout['max_failures']} wrong passwords, {until}")


def _unprivileged(privileged: list[str]) -> Verdict | None:
    return None if privileged else not_applicable("belongs to none of the configured privileged groups")


@check(
    "directory-privileged-second-factor",
    on="directory.account",
    severity="high",
    links=[DIRECTORY_ASKS_SECOND_FACTOR],
    also={"settings": "directory.server:settings"},
    first=_unprivileged,
)
def asks_second_factor(
    privileged: list[str], second_factor: list[str], settings: DatabaseSettings
) -> Verdict:
    """Does a login to a privileged account ask for a second factor?"""
    groups = ", ".join(privileged)
    if not second_factor:
        return failed(f"member of {groups} with no one-time password token")
    if "otp" not in settings["overlays"]:
        return failed(
            f"member of {groups} with a token that is never asked for: the otp overlay is not loaded"
        )
    return passed(f"member of {groups}, asked for a one-time password ({', '.join(second_factor)})")


def _whose(role: str) -> str:
    return "the default policy" if role == "default" else "this policy, which is not the default,"
