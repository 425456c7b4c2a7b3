"""Access rights on AWS: full access, outside accounts, unused credentials, the root user, shared names, key duties."""

from __future__ import annotations

from datetime import date, timedelta

from checks.access.links import (
    DUTIES_SEPARATED,
    OUTSIDERS_NARROWED,
    PERSON_BEHIND_NAME,
    RIGHTS_NARROWED,
    ROOT_LEFT_ALONE,
    UNUSED_CREDENTIALS_END,
)
from checks.access.names import GENERIC_NAMES
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.policy_denials import opening
from checks.policy_grants import outside_accounts
from checks.policy_verdicts import of_full_rights
from evidence.facts.aws import ConsoleAccess, PolicyDocument, RoleSession, UserPolicy
from evidence.facts.aws_identity import CredentialUse, KeyDuties
from evidence.model import Resource, Status


@check(
    "aws-iam-no-full-access", on=("aws.iam.role", "aws.iam.group"), severity="high", links=[RIGHTS_NARROWED]
)
def full_access_is_exceptional(
    policies: list[UserPolicy],
    boundary: UserPolicy | None,
    resource: Resource,
    *,
    emergency: tuple[str, ...] = (),
) -> Verdict:
    """Is nothing allowed everything, except what is kept for emergencies?"""
    full = of_full_rights(policies, boundary, f"the {resource.kind.rpartition('.')[2]}")
    if full and full.status is not Status.PASS and resource.name in emergency:
        return not_applicable(f"the organisation keeps {resource.name} for emergencies")
    return full or passed("the policies held here do not allow everything")


@check("aws-iam-role-outside-trust", on="aws.iam.role", severity="high", links=[OUTSIDERS_NARROWED])
def outsiders_bring_an_id(
    session: RoleSession, trust: PolicyDocument, resource: Resource, *, known_accounts: tuple[str, ...] = ()
) -> Verdict:
    """Can other accounts assume the role only if they are known or bring the external id agreed with them?"""
    if session["service_linked"]:
        return not_applicable("AWS writes the trust of its own roles")
    outside = outside_accounts(trust, resource.scope.target.rpartition("/")[2])
    if not outside:
        return not_applicable("the role's trust names no other account")
    bare = sorted(
        account for account, asked in outside.items() if not asked and account not in known_accounts
    )
    if bare == ["*"] and not opening(trust).open:
        return undecided(
            "the role may be assumed by whoever meets conditions or escapes denials that name no account"
        )
    if bare:
        return failed(f"may be assumed without an external id from {_whom(bare)}")
    return passed(f"{_whom(sorted(outside))} may assume the role, with an external id or as known accounts")


@check("aws-iam-user-unused-key", on="aws.iam.user", severity="medium", links=[UNUSED_CREDENTIALS_END])
def unused_keys_end(use: list[CredentialUse], as_of: date, *, max_days: int = 90) -> Verdict:
    """Is every active access key of the user in use?"""
    return _unused([one for one in use if one["name"] != "console password"], "access key", as_of, max_days)


@check("aws-iam-user-unused-password", on="aws.iam.user", severity="medium", links=[UNUSED_CREDENTIALS_END])
def unused_passwords_end(use: list[CredentialUse], as_of: date, *, max_days: int = 90) -> Verdict:
    """Is the user's console password in use?"""
    return _unused(
        [one for one in use if one["name"] == "console password"], "console password", as_of, max_days
    )


@check("aws-iam-root-unused", on="aws.iam.root", severity="medium", links=[ROOT_LEFT_ALONE])
def root_is_left_alone(use: list[CredentialUse], as_of: date, *, min_days: int = 30) -> Verdict:
    """Was the root user left alone lately?"""
    days = [date.fromisoformat(one["used"]) for one in use if one["used"]]
    if days and max(days) >= as_of - timedelta(days=min_days):
        return failed(f"the root user was last used on {max(days)}")
    if days:
        return passed(f"the root user was last used on {max(days)}")
    return passed("AWS knows of no use of the root user")


@check("aws-iam-user-personal-name", on="aws.iam.user", severity="low", links=[PERSON_BEHIND_NAME])
def login_names_a_person(
    console: ConsoleAccess, resource: Resource, *, generic: tuple[str, ...] = GENERIC_NAMES
) -> Verdict:
    """Does the user's name stand for one person?"""
    if not console["password"]:
        return not_applicable("the user has no console password, so no person signs in with it")
    if resource.name.lower() in {name.lower() for name in generic}:
        return failed(f"people can sign in as {resource.name}, which names a role, not a person")
    return passed("the user's name is none of the generic ones; whether one person uses it was not measured")


@check("aws-kms-key-duties", on="aws.kms.key_duties", severity="low", links=[DUTIES_SEPARATED])
def key_duties_are_apart(duties: KeyDuties, *, emergency: tuple[str, ...] = ()) -> Verdict:
    """Are those who administer the key others than those who can decrypt with it?"""
    both = sorted(set(duties["administrators"]) & set(duties["users"]) - set(emergency))
    if duties["denials"]:
        return undecided(f"what is allowed may be denied again by {_some(duties['denials'])}")
    if both:
        return failed(f"may both administer the key and decrypt with it: {_some(both)}")
    if duties["unread"]:
        return undecided(f"policies of AWS's own were not read: {_some(duties['unread'])}")
    return passed(f"administered by {_some(duties['administrators'])}; decrypting: {_some(duties['users'])}")


def _unused(credentials: list[CredentialUse], what: str, as_of: date, max_days: int) -> Verdict:
    active = [one for one in credentials if one["active"]]
    if not active:
        return not_applicable(f"the user has no active {what}")
    for one in active:
        last = one["used"] or one["made"]
        if not last:
            return undecided(f"AWS did not say when the {one['name']} was made or last used")
        if date.fromisoformat(last) < as_of - timedelta(days=max_days):
            how = "was last used" if one["used"] else "was never used since it was made"
            return failed(f"the {one['name']} {how} on {last}, and is still active")
    return passed(f"every active {what} was used or made in the last {max_days} days")


def _whom(accounts: list[str]) -> str:
    return ", ".join("anyone" if account == "*" else account for account in accounts)


def _some(words: list[str]) -> str:
    shown = ", ".join(words[:5]) or "nobody"
    return shown if len(words) <= 5 else f"{shown} and {len(words) - 5} more"
