"""IAM users, access keys and roles: who can sign in, with what, and for how long."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from collectors.aws.client import AwsClient, own_arn
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
from evidence.model import Missing, Reason

_REPORT_POLLS = 30
_USERS = "Users[]{UserName, UserId, Arn, CreateDate}"
_STALE = Missing(Reason.STALE, detail="the credential report is older than this user")


class User(AwsKind):
    """An IAM user; most facts come from the credential report, which AWS renews at most every four hours."""

    kind = "aws.iam.user"
    service = "iam"
    gone = frozenset({"NoSuchEntity"})
    keep: ClassVar = {
        "list_users": _USERS,
        "generate_credential_report": "State",
        "get_credential_report": (
            "Content:csv{arn, user_creation_time, password_enabled, mfa_active, access_key_1_active, "
            "access_key_2_active}"
        ),
        "get_account_authorization_details": (
            "UserDetailList[]{Arn, UserPolicyList[]{PolicyName, PolicyDocument{*}}, "
            "AttachedManagedPolicies[]{PolicyArn}}, "
            "Policies[]{Arn, PolicyVersionList[]{IsDefaultVersion, Document{*}}}"
        ),
    }

    @lists(needs="iam:ListUsers")
    def every(self, iam: AwsClient) -> Iterator[Found]:
        """ListUsers; the unique id tells a user from a later one of the same name."""
        for page in iam.pages("list_users", MaxItems=1000):
            for row in page["Users"]:
                arn = own_arn(iam, row["Arn"])
                yield Found(f"{arn}#{row['UserId']}", row["UserName"], handle=(arn, row["CreateDate"]))

    @lookup(
        needs={
            "generate_credential_report": "iam:GenerateCredentialReport",
            "get_credential_report": "iam:GetCredentialReport",
        }
    )
    def credential_report(self, iam: AwsClient) -> Mapping[str, Mapping[str, str]]:
        """The credential report by ARN; raises TimeoutError when AWS does not finish it in half a minute."""
        for _ in range(_REPORT_POLLS):
            if iam.generate_credential_report()["State"] == "COMPLETE":
                return {row["arn"]: row for row in iam.get_credential_report()["Content"]}
            time.sleep(1)
        raise TimeoutError("the credential report was not ready")

    @lookup(needs="iam:GetAccountAuthorizationDetails")
    def user_policies(self, iam: AwsClient) -> Mapping[str, list[UserPolicy]]:
        """GetAccountAuthorizationDetails: every user's own policies by the user's ARN, in a few pages."""
        users: list[Mapping[str, Any]] = []
        managed: dict[str, PolicyDocument] = {}
        pages = iam.pages(
            "get_account_authorization_details", Filter=["User", "LocalManagedPolicy"], MaxItems=1000
        )
        for page in pages:
            users += page["UserDetailList"]
            managed |= {row["Arn"]: _default_version(row) for row in page["Policies"]}
        return {user["Arn"]: _policies(user, managed) for user in users}

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

    @fact()
    def policies(
        self, user: Found, user_policies: Mapping[str, list[UserPolicy]]
    ) -> list[UserPolicy] | Missing:
        """The policies attached to or written into the user itself, not those of its groups."""
        arn, _ = user.handle
        return user_policies.get(
            arn, Missing(Reason.STALE, detail="the user is newer than the policy listing")
        )


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
        "list_roles": "Roles[]{RoleName, RoleId, Arn, Path, MaxSessionDuration, AssumeRolePolicyDocument{*}}"
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
                yield Found(f"{own_arn(iam, row['Arn'])}#{row['RoleId']}", row["RoleName"], gives=gives)


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


def _default_version(row: Mapping[str, Any]) -> PolicyDocument:
    document: PolicyDocument = next(v["Document"] for v in row["PolicyVersionList"] if v["IsDefaultVersion"])
    return document


def _policies(user: Mapping[str, Any], managed: Mapping[str, PolicyDocument]) -> list[UserPolicy]:
    inline: list[UserPolicy] = [
        {"name": row["PolicyName"], "document": row["PolicyDocument"]}
        for row in user.get("UserPolicyList", [])
    ]
    attached: list[UserPolicy] = [
        {"name": row["PolicyArn"], "document": managed.get(row["PolicyArn"])}
        for row in user["AttachedManagedPolicies"]
    ]
    return sorted(inline + attached, key=lambda policy: policy["name"])


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
