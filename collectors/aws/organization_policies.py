"""The organisation an account belongs to, and the service control policies that bind its members."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws_organization import Membership, ServiceControlPolicy, ServiceControls
from evidence.model import Missing, Reason

_SCP = "SERVICE_CONTROL_POLICY"
_POLICIES = "Policies[]{Id, Name, AwsManaged}"


class Member(AwsKind):
    """An account as a member of its organisation, if it belongs to one; its only resource of this kind."""

    kind = "aws.organization"
    service = "organizations"
    keep: ClassVar = {
        "describe_organization": "Organization{Id, MasterAccountId}",
        "list_roots": "Roots[]{Id, PolicyTypes[]{Type, Status}}",
        "list_policies_for_target": _POLICIES,
        "list_policies": _POLICIES,
        "describe_policy": "Policy{Content:json{*}}",
    }

    @lists()
    def every(self, organizations: AwsClient) -> Iterator[Found]:
        """The account itself."""
        yield Found(organizations.account, organizations.account)

    @fact(
        needs={"describe_organization": "organizations:DescribeOrganization"},
        absent="AWSOrganizationsNotInUseException",
    )
    def membership(self, organizations: AwsClient) -> Membership | None:
        """DescribeOrganization, which every member may ask; None for an account of no organisation."""
        row = organizations.describe_organization()["Organization"]
        manager = row["MasterAccountId"]
        return {
            "organization": row["Id"],
            "manager": manager,
            "manages": manager == organizations.account,
        }

    @fact(
        needs={
            "list_roots": "organizations:ListRoots",
            "list_policies_for_target": "organizations:ListPoliciesForTarget",
            "list_policies": "organizations:ListPolicies",
            "describe_policy": "organizations:DescribePolicy",
        }
    )
    def controls(
        self, organizations: AwsClient, membership: Membership | None
    ) -> ServiceControls | Missing | None:
        """ListPolicies and DescribePolicy of each of the organisation's own; only its manager is told."""
        if membership is None:
            return None
        if not membership["manages"]:
            return Missing(
                Reason.NOT_AVAILABLE, detail=f"only the managing account {membership['manager']} is told"
            )
        roots = [root for page in organizations.pages("list_roots") for root in page["Roots"]]
        on = [root for root in roots if {"Type": _SCP, "Status": "ENABLED"} in root.get("PolicyTypes", [])]
        if not on:
            return {"enabled": False, "policies": []}
        bound = {name for root in on for name in _own(organizations, "list_policies_for_target", root["Id"])}
        own = _own(organizations, "list_policies")
        policies: list[ServiceControlPolicy] = [
            {
                "name": name,
                "at_root": number in bound,
                "document": organizations.describe_policy(PolicyId=number)["Policy"]["Content"],
            }
            for number, name in sorted(own.items())
        ]
        return {"enabled": True, "policies": policies}


def _own(organizations: AwsClient, operation: str, target: str = "") -> dict[str, str]:
    asked = {"TargetId": target} if target else {}
    pages = organizations.pages(operation, Filter=_SCP, **asked)
    return {row["Id"]: row["Name"] for page in pages for row in page["Policies"] if not row["AwsManaged"]}
