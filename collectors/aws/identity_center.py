"""Users of Identity Center. Of a person only the login name is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, lists
from evidence.facts.aws_directories import CentralUser

INSTANCES = "Instances[]{InstanceArn, OwnerAccountId, IdentityStoreId}"


class IdentityUser(AwsKind):
    """A user in the identity store of Identity Center, which lives in one region of one account."""

    kind = "aws.identitystore.user"
    service = "identitystore"
    part = "region"
    keep: ClassVar = {
        "sso_admin.list_instances": INSTANCES,
        "list_users": "Users[]{UserId, UserName, UserStatus}",
    }
    account: CentralUser

    @lists(
        needs={
            "list_instances": "sso:ListInstances",
            "list_users": "identitystore:ListUsers",
            **REGIONS,
        },
        gives="account",
    )
    def every(self, sso_admin: AwsClient, identitystore: AwsClient) -> Iterator[Found]:
        """ListUsers of each identity store that this account owns, 100 at a time."""
        for instance in own_instances(sso_admin):
            store = instance["IdentityStoreId"]
            for page in identitystore.pages("list_users", IdentityStoreId=store, MaxResults=100):
                for row in page["Users"]:
                    told = row.get("UserStatus")
                    uid = f"arn:{identitystore.partition}:identitystore:::user/{store}/{row['UserId']}"
                    gives = {"account": {"enabled": None if told is None else told == "ENABLED"}}
                    yield Found(uid, row.get("UserName") or row["UserId"], gives=gives)


def own_instances(sso_admin: AwsClient) -> Iterator[Mapping[str, Any]]:
    """ListInstances: those of Identity Center that this account owns; its organisation's belong to another."""
    for page in sso_admin.pages("list_instances"):
        for instance in page["Instances"]:
            if instance.get("OwnerAccountId", sso_admin.account) == sso_admin.account:
                yield instance
