"""Automatic logoff on AWS: how long a session of a role may last."""

from __future__ import annotations

from checks.automatic_logoff.links import SESSION_IS_BOUNDED
from checks.check import Verdict, check, failed, not_applicable, passed
from checks.policy_document import admits_people
from evidence.facts.aws import PolicyDocument, RoleSession


@check("aws-iam-role-session-duration", on="aws.iam.role", severity="medium", links=[SESSION_IS_BOUNDED])
def role_session_is_short(session: RoleSession, trust: PolicyDocument, *, max_minutes: int = 240) -> Verdict:
    """Does a session of the role end by itself soon enough?"""
    if session["service_linked"] or not admits_people(trust):
        return not_applicable("only AWS services may assume the role, so no person has a session of it")
    minutes = session["max_seconds"] // 60
    if minutes > max_minutes:
        return failed(f"a session may last {minutes} minutes, more than {max_minutes}")
    return passed(f"a session lasts at most {minutes} minutes")
