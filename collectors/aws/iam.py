"""IAM users, access keys and roles: who can sign in, with what, and for how long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.credential_use import REPORT, REPORT_NEEDS, read_report, use_of
from collectors.aws.iam_groups import DETAILS, Held, details, held
from collectors.aws.kind import AwsKind
from collectors.kind import Found, fact, lists, lookup
from evidence.facts.aws import (
    AccessKeyState,
    ConsoleAccess,
    PolicyDocument,
    RoleSession,
    UserKeys,
    UserPolicy,
)
from evidence.facts.aws_identity import CredentialUse
from evidence.model import Missing, Reason

_USERS = "Users[]{UserName, UserId, Arn, CreateDate}"
_NEWER = Missing(Reason.STALE, detail="the identity is newer than the policy listing")
_UNLISTED = Held(_NEWER, _NEWER)
_STALE = Missing(Reason.STALE, detail="the credential report is older than this user")


class User(AwsKind):
    """An IAM user; most facts come from the credential report, which AWS renews at most every four hours."""

    kind = "aws.iam.user"
    service = "iam"
    gone = frozenset({"NoSuchEntity"})
    keep: ClassVar = {
        "list_users": _USERS,
        "generate_credential_report": "State",
        "get_credential_report": REPORT,
        "get_account_authorization_details": DETAILS,
    }

    @lists(needs="iam:ListUsers")
    def every(self, iam: AwsClient) -> Iterator[Found]:
        """ListUsers; the unique id tells a user from a later one of the same name."""
        for page in iam.pages("list_users", MaxItems=1000):
            for row in page["Users"]:
                arn = own_arn(iam, row["Arn"])
                yield Found(f"{arn}#{row['UserId']}", row["UserName"], handle=(arn, row["CreateDate"]))

    @lookup(needs=REPORT_NEEDS)
    def credential_report(self, iam: AwsClient) -> Mapping[str, Mapping[str, str]]:
        """The credential report by ARN."""
        return read_report(iam)

    @lookup(needs="iam:GetAccountAuthorizationDetails")
    def user_policies(self, iam: AwsClient) -> Mapping[str, Held]:
        """GetAccountAuthorizationDetails: every user's own policies by the user's ARN, in a few pages."""
        users, managed = details(iam, "User")
        return {user["Arn"]: held(user, "UserPolicyList", managed) for user in users}

    @fact()
    def console(
        self, user: Found, credential_report: Mapping[str, Mapping[str, str]]
    ) -> ConsoleAccess | Missing:
        """Whether the user has a console password and an MFA device; stale for a user newer than the report."""
        row = _own_row(user, credential_report)
        if row is None:
            return _STALE
        return {"password": _yes(row["password_enabled"]), "mfa": _yes(row["mfa_active"])}

    @fact()
    def keys(self, user: Found, credential_report: Mapping[str, Mapping[str, str]]) -> UserKeys | Missing:
        """How many access keys are active; stale for a user newer than the report."""
        row = _own_row(user, credential_report)
        if row is None:
            return _STALE
        return {"active": _yes(row["access_key_1_active"]) + _yes(row["access_key_2_active"])}

    @fact(volatile=True)
    def use(
        self, user: Found, credential_report: Mapping[str, Mapping[str, str]]
    ) -> list[CredentialUse] | Missing:
        """When the user's password and keys were last used; stale for a user newer than the report."""
        row = _own_row(user, credential_report)
        return _STALE if row is None else use_of(row)

    @fact()
    def policies(self, user: Found, user_policies: Mapping[str, Held]) -> list[UserPolicy] | Missing:
        """The policies attached to or written into the user itself, not those of its groups."""
        return user_policies.get(user.handle[0], _UNLISTED).policies

    @fact()
    def boundary(self, user: Found, user_policies: Mapping[str, Held]) -> UserPolicy | Missing | None:
        """The boundary that the user's rights end at, whatever its policies allow."""
        return user_policies.get(user.handle[0], _UNLISTED).boundary


class AccessKey(AwsKind):
    """An access key of an IAM user; the credential report carries no key ids, so each user is asked."""

    kind = "aws.iam.key"
    service = "iam"
    keep: ClassVar = {
        "list_users": _USERS,
        "list_access_keys": "AccessKeyMetadata[]{AccessKeyId, UserName, Status, CreateDate}",
    }
    state: AccessKeyState

    @lists(needs={"list_users": "iam:ListUsers", "list_access_keys": "iam:ListAccessKeys"}, gives="state")
    def every(self, iam: AwsClient) -> Iterator[Found]:
        """ListUsers, then ListAccessKeys for each; a user deleted in between has no keys left."""
        for page in iam.pages("list_users", MaxItems=1000):
            for user in page["Users"]:
                for row in _keys_of(iam, user["UserName"]):
                    yield Found(
                        row["AccessKeyId"],
                        f"{row['UserName']}/{row['AccessKeyId']}",
                        gives={"state": _key_state(row)},
                    )


class Role(AwsKind):
    """An IAM role: how long its sessions may last and who may assume it."""

    kind = "aws.iam.role"
    service = "iam"
    keep: ClassVar = {
        "get_account_authorization_details": DETAILS,
        "list_roles": "Roles[]{RoleName, RoleId, Arn, Path, MaxSessionDuration, AssumeRolePolicyDocument{*}}",
    }
    session: RoleSession
    trust: PolicyDocument

    @lists(needs="iam:ListRoles", gives="session trust")
    def every(self, iam: AwsClient) -> Iterator[Found]:
        """ListRoles, which unlike the bulk read says how long a session may last."""
        for page in iam.pages("list_roles", MaxItems=1000):
            for row in page["Roles"]:
                linked = row["Path"].startswith("/aws-service-role/")
                session = {"max_seconds": row["MaxSessionDuration"], "service_linked": linked}
                gives = {"session": session, "trust": row["AssumeRolePolicyDocument"]}
                arn = own_arn(iam, row["Arn"])
                yield Found(f"{arn}#{row['RoleId']}", row["RoleName"], gives=gives, handle=arn)

    @lookup(needs="iam:GetAccountAuthorizationDetails")
    def role_policies(self, iam: AwsClient) -> Mapping[str, Held]:
        """GetAccountAuthorizationDetails: every role's policies by the role's ARN, in a few pages."""
        roles, managed = details(iam, "Role")
        return {role["Arn"]: held(role, "RolePolicyList", managed) for role in roles}

    @fact()
    def policies(self, role: Found, role_policies: Mapping[str, Held]) -> list[UserPolicy] | Missing:
        """The policies attached to or written into the role."""
        return role_policies.get(role.handle, _UNLISTED).policies

    @fact()
    def boundary(self, role: Found, role_policies: Mapping[str, Held]) -> UserPolicy | Missing | None:
        """The boundary that the role's rights end at, whatever its policies allow."""
        return role_policies.get(role.handle, _UNLISTED).boundary


def _yes(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError(f"the credential report says neither true nor false: {text[:20]}")
    return text == "true"


def _own_row(user: Found, report: Mapping[str, Mapping[str, str]]) -> Mapping[str, str] | None:
    arn, created = user.handle
    row = report.get(arn)
    # A user deleted and made again keeps its ARN: the report may still speak about the earlier one.
    if row is None or _moment(row["user_creation_time"]) != _moment(created):
        return None
    return row


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(microsecond=0)


def _keys_of(iam: AwsClient, user: str) -> list[dict[str, Any]]:
    try:
        return [
            row for page in iam.pages("list_access_keys", UserName=user) for row in page["AccessKeyMetadata"]
        ]
    except Exception as error:
        if getattr(error, "response", {}).get("Error", {}).get("Code") == "NoSuchEntity":
            return []
        raise


def _key_state(row: Mapping[str, Any]) -> AccessKeyState:
    return {"user": row["UserName"], "active": row["Status"] == "Active", "created": row["CreateDate"]}
