"""IAM groups: the rights that their members share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import AwsKind
from collectors.kind import Found, lists
from evidence.facts.aws import PolicyDocument, UserPolicy
from evidence.model import Missing, Reason

_BY_AWS = ":iam::aws:policy/"
_NEWER = Missing(Reason.STALE, detail="an attached policy is newer than the policy listing")
_BOUNDARY = "PermissionsBoundary{PermissionsBoundaryArn}"
_HELD = "PolicyName, PolicyDocument{*}"
DETAILS = (
    f"UserDetailList[]{{Arn, {_BOUNDARY}, UserPolicyList[]{{{_HELD}}}, AttachedManagedPolicies[]{{PolicyArn}}}}, "
    f"GroupDetailList[]{{Arn, GroupName, GroupId, GroupPolicyList[]{{{_HELD}}}, AttachedManagedPolicies[]{{PolicyArn}}}}, "
    f"RoleDetailList[]{{Arn, {_BOUNDARY}, RolePolicyList[]{{{_HELD}}}, AttachedManagedPolicies[]{{PolicyArn}}}}, "
    "Policies[]{Arn, PolicyVersionList[]{IsDefaultVersion, Document{*}}}"
)


class Held(NamedTuple):
    """What an identity's rights come from: its policies, and the boundary they end at (None = there is none)."""

    policies: list[UserPolicy] | Missing
    boundary: UserPolicy | Missing | None


class Group(AwsKind):
    """An IAM group; who its members are is not asked."""

    kind = "aws.iam.group"
    service = "iam"
    keep: ClassVar = {"get_account_authorization_details": DETAILS}
    policies: list[UserPolicy]
    boundary: UserPolicy | None

    @lists(needs="iam:GetAccountAuthorizationDetails", gives="policies boundary")
    def every(self, iam: AwsClient) -> Iterator[Found]:
        """GetAccountAuthorizationDetails of groups and the account's own managed policies."""
        groups, managed = details(iam, "Group")
        for row in groups:
            # A group has no boundary; those of its members are theirs.
            gives = {"policies": held(row, "GroupPolicyList", managed).policies, "boundary": None}
            yield Found(f"{own_arn(iam, row['Arn'])}#{row['GroupId']}", row["GroupName"], gives=gives)


def details(iam: AwsClient, type_: str) -> tuple[list[Mapping[str, Any]], Mapping[str, PolicyDocument]]:
    """Every "User", "Group" or "Role" with its policies, and the account's own managed policies by ARN."""
    rows: list[Mapping[str, Any]] = []
    managed: dict[str, PolicyDocument] = {}
    pages = iam.pages(
        "get_account_authorization_details", Filter=[type_, "LocalManagedPolicy"], MaxItems=1000
    )
    for page in pages:
        rows += page[f"{type_}DetailList"]
        managed |= {row["Arn"]: _default_version(row) for row in page["Policies"]}
    return rows, managed


def held(row: Mapping[str, Any], inline: str, managed: Mapping[str, PolicyDocument]) -> Held:
    """What is written into an identity (under `inline`) and attached to it; None for AWS's own documents.

    Missing where the listing does not hold one of the account's own, which may have been made since.
    """
    names = [policy["PolicyArn"] for policy in row["AttachedManagedPolicies"]]
    own: list[UserPolicy] = [
        {"name": policy["PolicyName"], "document": policy["PolicyDocument"]} for policy in row.get(inline, [])
    ]
    attached: list[UserPolicy] = [{"name": name, "document": managed.get(name)} for name in names]
    end = row.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    boundary: UserPolicy | None = {"name": end, "document": managed.get(end)} if end else None
    return Held(
        _NEWER
        if any(map(_unlisted, attached))
        else sorted(own + attached, key=lambda policy: policy["name"]),
        _NEWER if boundary and _unlisted(boundary) else boundary,
    )


def _unlisted(policy: UserPolicy) -> bool:
    return policy["document"] is None and _BY_AWS not in policy["name"]


def _default_version(row: Mapping[str, Any]) -> PolicyDocument:
    document: PolicyDocument = next(v["Document"] for v in row["PolicyVersionList"] if v["IsDefaultVersion"])
    return document
