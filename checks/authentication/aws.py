"""Authentication on AWS: MFA, the root user, passwords and access keys."""

from __future__ import annotations

from datetime import date, timedelta

from checks.authentication.links import OWN_IDENTITY, PASSWORD_RULES, SECOND_FACTOR, STRONGER_SECRET
from checks.check import Verdict, check, failed, not_applicable, passed
from evidence.facts.aws import AccessKeyState, ConsoleAccess, PasswordPolicy, RootSecurity, UserKeys


@check("aws-account-root-mfa", on="aws.account", severity="critical", links=[SECOND_FACTOR])
def root_has_mfa(root: RootSecurity) -> Verdict:
    """Does the root user need a second factor to sign in?"""
    if root["mfa"]:
        return passed("the root user has an MFA device")
    if root["password"] is False:
        return not_applicable("the root user has no password to sign in with")
    return failed("the root user can sign in without a second factor")


@check("aws-account-root-keys", on="aws.account", severity="critical", links=[OWN_IDENTITY, STRONGER_SECRET])
def root_has_no_keys(root: RootSecurity) -> Verdict:
    """Is the root user without access keys?"""
    if root["access_keys"]:
        return failed("the root user has an access key")
    return passed("the root user has no access key")


@check(
    "aws-account-password-policy",
    on="aws.account",
    severity="medium",
    links=[PASSWORD_RULES, STRONGER_SECRET],
)
def passwords_are_long(
    password_policy: PasswordPolicy | None,
    *,
    min_length: int = 14,
    min_remembered: int = 0,
    max_age_days: int = 0,
    characters: tuple[str, ...] = (),
) -> Verdict:
    """Must console passwords be long enough, and keep the other rules that the organisation sets?"""
    if password_policy is None:
        return failed("the account has no password policy of its own, so AWS's default of 8 characters holds")
    length = password_policy["minimum_length"]
    if length < min_length:
        return failed(f"passwords may be {length} characters long, fewer than {min_length}")
    if (password_policy["reuse_prevention"] or 0) < int(min_remembered):
        return failed(f"not all of a user's last {min_remembered} passwords are refused as a new one")
    if int(max_age_days) and not 0 < (password_policy["max_age_days"] or 0) <= int(max_age_days):
        return failed(f"passwords hold longer than {max_age_days} days")
    # A word that AWS has no rule for counts as a rule that is not kept, never as one that is.
    kept = {name for name, value in password_policy.items() if value is True}
    lacking = [name for name in characters if name not in kept]
    if lacking:
        return failed(f"passwords may be without {', '.join(lacking)}")
    return passed(f"passwords must have at least {length} characters")


@check("aws-iam-user-console-mfa", on="aws.iam.user", severity="high", links=[SECOND_FACTOR])
def console_user_has_mfa(console: ConsoleAccess) -> Verdict:
    """Does the user need a second factor to sign in to the console?"""
    if not console["password"]:
        return not_applicable("the user has no console password")
    if console["mfa"]:
        return passed("the user has a console password and an MFA device")
    return failed("the user can sign in to the console with a password alone")


@check("aws-iam-user-single-key", on="aws.iam.user", severity="low", links=[STRONGER_SECRET])
def user_has_one_key(keys: UserKeys) -> Verdict:
    """Does the user have at most one active access key?"""
    if keys["active"] == 0:
        return not_applicable("the user has no active access key")
    if keys["active"] == 1:
        return passed("the user has one active access key")
    return failed(f"the user has {keys['active']} active access keys")


@check("aws-iam-key-age", on="aws.iam.key", severity="medium", links=[STRONGER_SECRET])
def key_is_young(state: AccessKeyState, as_of: date, *, max_days: int = 90) -> Verdict:
    """Was the active access key made recently enough?"""
    if not state["active"]:
        return not_applicable("the key is not active")
    made = date.fromisoformat(state["created"][:10])
    if made < as_of - timedelta(days=max_days):
        return failed(
            f"the active key was made on {made}, and keys are to be replaced within {max_days} days"
        )
    return passed(f"the active key was made on {made}")
