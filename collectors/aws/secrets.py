"""Secrets Manager: how secrets are kept and renewed. Their values are never asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, lists
from evidence.facts.aws_stores import SecretKey, SecretRenewal, SecretRotation

_MANAGED = "alias/aws/secretsmanager"


class Secret(AwsKind):
    """A secret that is not scheduled for deletion; its ARN ends in characters drawn when it was made."""

    kind = "aws.secretsmanager.secret"
    service = "secretsmanager"
    part = "region"
    keep: ClassVar = {
        "list_secrets": (
            "SecretList[]{ARN, Name, KmsKeyId, RotationEnabled, OwningService, LastRotatedDate, NextRotationDate}"
        )
    }
    rotation: SecretRotation
    key: SecretKey
    renewal: SecretRenewal

    @lists(needs={"list_secrets": "secretsmanager:ListSecrets", **REGIONS}, gives="rotation key renewal")
    def every(self, secretsmanager: AwsClient) -> Iterator[Found]:
        """ListSecrets, 100 at a time; what was never set, rotation or key, is not in the answer."""
        for page in secretsmanager.pages("list_secrets", MaxResults=100):
            for row in page["SecretList"]:
                key = row.get("KmsKeyId")
                gives = {
                    "rotation": {
                        "enabled": row.get("RotationEnabled", False),
                        "owner": row.get("OwningService"),
                    },
                    "renewal": {
                        "last": (row.get("LastRotatedDate") or "")[:10],
                        "due": (row.get("NextRotationDate") or "")[:10],
                    },
                    "key": {"kms_key": None if key is None or key.endswith(_MANAGED) else key},
                }
                yield Found(own_arn(secretsmanager, row["ARN"]), row["Name"], gives=gives)
