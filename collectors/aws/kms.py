"""KMS keys: whose they are, whether they rotate, who may use them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws import KeyMetadata, KeyRotation, PolicyDocument

_ROTATABLE = ("Enabled", "Disabled")


class Key(AwsKind):
    """A KMS key, the account's own or one AWS manages in it."""

    kind = "aws.kms.key"
    service = "kms"
    part = "region"
    gone = frozenset({"NotFoundException"})
    keep: ClassVar = {
        "list_keys": "Keys[]{KeyId, KeyArn}",
        "list_aliases": "Aliases[]{AliasName, TargetKeyId}",
        "describe_key": "KeyMetadata{KeyManager, KeyState, Origin, KeySpec, DeletionDate}",
        "get_key_rotation_status": "KeyRotationEnabled, RotationPeriodInDays",
        "get_key_policy": "Policy:json{*}",
    }

    @lists(needs={"list_keys": "kms:ListKeys", "list_aliases": "kms:ListAliases", **REGIONS})
    def every(self, kms: AwsClient) -> Iterator[Found]:
        """ListAliases for the names people know, then ListKeys, 1000 at a time."""
        names = _names(kms)
        for page in kms.pages("list_keys", Limit=1000):
            for row in page["Keys"]:
                name = names.get(row["KeyId"], row["KeyId"])
                yield Found(own_arn(kms, row["KeyArn"]), name, handle=row["KeyId"])

    @fact(needs="kms:DescribeKey")
    def metadata(self, kms: AwsClient, key: Found) -> KeyMetadata:
        """DescribeKey."""
        row = kms.describe_key(KeyId=key.handle)["KeyMetadata"]
        return {
            "manager": row["KeyManager"],
            "state": row["KeyState"],
            "origin": row["Origin"],
            "spec": row["KeySpec"],
            "deletion_date": row.get("DeletionDate"),
        }

    @fact(needs="kms:GetKeyRotationStatus", absent="UnsupportedOperationException")
    def rotation(self, kms: AwsClient, key: Found, metadata: KeyMetadata) -> KeyRotation | None:
        """GetKeyRotationStatus, asked only of keys whose rotation a customer can set; None for the others."""
        if not can_rotate(metadata):
            return None
        answer = kms.get_key_rotation_status(KeyId=key.handle)
        return {"enabled": answer["KeyRotationEnabled"], "period_days": answer.get("RotationPeriodInDays")}

    @fact(needs="kms:GetKeyPolicy")
    def policy(self, kms: AwsClient, key: Found, metadata: KeyMetadata) -> PolicyDocument | None:
        """GetKeyPolicy of the account's own keys; AWS writes the policies of its own, hence None."""
        if metadata["manager"] != "CUSTOMER":
            return None
        document: PolicyDocument = kms.get_key_policy(KeyId=key.handle, PolicyName="default")["Policy"]
        return document


def _names(kms: AwsClient) -> dict[str, str]:
    pages = kms.pages("list_aliases", Limit=100)
    rows = sorted(
        (row["TargetKeyId"], row["AliasName"])
        for page in pages
        for row in page["Aliases"]
        if "TargetKeyId" in row
    )
    return {key: alias.removeprefix("alias/") for key, alias in reversed(rows)}


def can_rotate(metadata: KeyMetadata) -> bool:
    """Whether AWS offers automatic rotation: customer keys, symmetric, with material that KMS made."""
    return (
        metadata["manager"] == "CUSTOMER"
        and metadata["spec"] == "SYMMETRIC_DEFAULT"
        and metadata["origin"] == "AWS_KMS"
        and metadata["state"] in _ROTATABLE
    )
