"""Access on AWS: identities kept for emergencies, and the people in Identity Center."""

from __future__ import annotations

from checks.access.links import EMERGENCY_WAY_KEPT, PERSON_BEHIND_NAME
from checks.access.names import GENERIC_NAMES
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from evidence.facts.aws_directories import CentralUser, EmergencyWay
from evidence.model import Resource


@check(
    "aws-account-emergency-access",
    on="aws.account.emergency_access",
    severity="medium",
    links=[EMERGENCY_WAY_KEPT],
)
def emergency_way_is_kept(ways: list[EmergencyWay], *, emergency: tuple[str, ...] = ()) -> Verdict:
    """Is there an identity kept for emergencies, and could somebody act as it?"""
    kept = [way for way in ways if way["name"] in emergency or (way["named"] and not emergency)]
    if not kept:
        if emergency:
            return undecided(
                f"found no identity with full access or a telling name among {', '.join(emergency)}"
            )
        return undecided(
            "no identity is named for emergencies (break glass, emergency), and the settings name none"
        )
    names = ", ".join(f"{way['kind']} {way['name']}" for way in kept[:5])
    if not any(way["usable"] for way in kept):
        return failed(f"kept for emergencies, but nobody can act as it: {names}")
    return passed(f"kept for emergencies: {names}")


@check(
    "aws-identitystore-user-personal-name",
    on="aws.identitystore.user",
    severity="low",
    links=[PERSON_BEHIND_NAME],
)
def central_login_names_a_person(
    account: CentralUser, resource: Resource, *, generic: tuple[str, ...] = GENERIC_NAMES
) -> Verdict:
    """Does the name of the user in Identity Center stand for one person?"""
    if account["enabled"] is False:
        return not_applicable("the user is disabled")
    if resource.name.partition("@")[0].lower() in {name.lower() for name in generic}:
        return failed(f"people can sign in as {resource.name}, which names a role, not a person")
    return passed("the user's name is none of the generic ones; whether one person uses it was not measured")
