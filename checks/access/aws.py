"""Access rights on AWS: users' own policies, who may assume a role, how instances hand out credentials."""

from __future__ import annotations

from checks.access.links import RIGHTS_NARROWED, RIGHTS_ORDERED
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.policy_denials import opening
from checks.policy_providers import may_admit_guests, open_to_a_provider
from checks.policy_verdicts import gravest, of_full_rights, of_opening
from evidence.facts.aws import MetadataOptions, PolicyDocument, RoleSession, UserPolicy


@check("aws-iam-user-no-own-policies", on="aws.iam.user", severity="low", links=[RIGHTS_ORDERED])
def user_gets_rights_through_groups(policies: list[UserPolicy]) -> Verdict:
    """Does the user get its rights through groups and roles only?"""
    if policies:
        return failed(f"policies of the user's own: {', '.join(_short(policy) for policy in policies)}")
    return passed("no policy is attached to or written into the user")


@check("aws-iam-user-no-full-access", on="aws.iam.user", severity="high", links=[RIGHTS_NARROWED])
def user_lacks_full_access(policies: list[UserPolicy], boundary: UserPolicy | None) -> Verdict:
    """Is the user without policies of its own that allow everything?"""
    return of_full_rights(policies, boundary, "the user") or passed(
        "the user's own policies do not allow everything; its groups were not looked at"
    )


@check("aws-iam-role-trust", on="aws.iam.role", severity="critical", links=[RIGHTS_NARROWED])
def role_trusts_someone_named(session: RoleSession, trust: PolicyDocument) -> Verdict:
    """Does the role trust only principals that are named?"""
    if session["service_linked"]:
        return not_applicable("AWS writes the trust of its own roles")
    told = gravest(
        of_opening(opening(trust), "anyone with an AWS account may assume the role"), _of_providers(trust)
    )
    return told or passed("the role can be assumed only by principals its trust policy names")


@check("aws-ec2-instance-imdsv2", on="aws.ec2.instance", severity="high", links=[RIGHTS_NARROWED])
def instance_guards_its_role(metadata_options: MetadataOptions) -> Verdict:
    """Does the instance hand out its role's credentials only to callers that hold a session token?"""
    if metadata_options["endpoint"] == "disabled":
        return passed("the instance metadata service is off")
    if metadata_options["tokens"] == "required":
        return passed("the instance metadata service asks for a session token")
    return failed("the instance metadata service answers without a session token")


def _of_providers(trust: PolicyDocument) -> Verdict | None:
    if open_to_a_provider(trust):
        return failed("anyone whom the identity provider knows may assume the role")
    if may_admit_guests(trust):
        return undecided("guests may assume the role where the identity pool has any, which was not read")
    return None


def _short(policy: UserPolicy) -> str:
    return policy["name"].rpartition("/")[2]
