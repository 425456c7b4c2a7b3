"""Access rights on AWS: users' own policies, who may assume a role, how instances hand out credentials."""

from __future__ import annotations

from checks.access.links import RIGHTS_NARROWED, RIGHTS_ORDERED
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.policy_document import open_to_everyone
from checks.policy_grants import allows_everything
from checks.policy_providers import may_admit_guests, open_to_a_provider
from evidence.facts.aws import MetadataOptions, PolicyDocument, RoleSession, UserPolicy


@check("aws-iam-user-no-own-policies", on="aws.iam.user", severity="low", links=[RIGHTS_ORDERED])
def user_gets_rights_through_groups(policies: list[UserPolicy]) -> Verdict:
    """Does the user get its rights through groups and roles only?"""
    if policies:
        return failed(f"policies of the user's own: {', '.join(_short(policy) for policy in policies)}")
    return passed("no policy is attached to or written into the user")


@check("aws-iam-user-no-full-access", on="aws.iam.user", severity="high", links=[RIGHTS_NARROWED])
def user_lacks_full_access(policies: list[UserPolicy]) -> Verdict:
    """Is the user without a policy of its own that allows everything?"""
    full = [_short(policy) for policy in policies if allows_everything(policy)]
    if full:
        return failed(f"the user may do everything through {', '.join(full)}")
    return passed("no policy of the user's own allows everything; its groups were not looked at")


@check("aws-iam-role-trust", on="aws.iam.role", severity="critical", links=[RIGHTS_NARROWED])
def role_trusts_someone_named(session: RoleSession, trust: PolicyDocument) -> Verdict:
    """Does the role trust only principals that are named?"""
    if session["service_linked"]:
        return not_applicable("AWS writes the trust of its own roles")
    if open_to_everyone(trust):
        return failed("anyone with an AWS account may assume the role")
    if open_to_a_provider(trust):
        return failed("anyone whom the identity provider knows may assume the role")
    if may_admit_guests(trust):
        return undecided("guests may assume the role where the identity pool has any, which was not read")
    return passed("the role can be assumed only by principals its trust policy names")


@check("aws-ec2-instance-imdsv2", on="aws.ec2.instance", severity="high", links=[RIGHTS_NARROWED])
def instance_guards_its_role(metadata_options: MetadataOptions) -> Verdict:
    """Does the instance hand out its role's credentials only to callers that hold a session token?"""
    if metadata_options["endpoint"] == "disabled":
        return passed("the instance metadata service is off")
    if metadata_options["tokens"] == "required":
        return passed("the instance metadata service asks for a session token")
    return failed("the instance metadata service answers without a session token")


def _short(policy: UserPolicy) -> str:
    return policy["name"].rpartition("/")[2]
