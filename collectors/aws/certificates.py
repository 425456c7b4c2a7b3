"""Certificates of AWS Certificate Manager: until when they hold, and with which keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import REGIONS, AwsKind
from collectors.aws.told import told
from collectors.kind import Found, lists
from evidence.facts.aws_endpoints import Certificate as CertificateFact
from evidence.model import Json, Missing, Reason

_KEY_TYPES = [
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
]
"""Unless asked for by name, ACM leaves out certificates with most of these keys."""

_ELSEWHERE = Missing(
    Reason.NOT_AVAILABLE,
    detail="the certificate was exported, and ACM does not know whether it is used where it was taken",
)


class Certificate(AwsKind):
    """A certificate that ACM issued or was given; everything asked of it is in the listing."""

    kind = "aws.acm.certificate"
    service = "acm"
    part = "region"
    keep: ClassVar = {
        "list_certificates": (
            "CertificateSummaryList[]{CertificateArn, DomainName, Status, KeyAlgorithm, InUse, Exported, NotAfter}"
        )
    }
    state: CertificateFact

    @lists(needs={"list_certificates": "acm:ListCertificates", **REGIONS}, gives="state")
    def every(self, acm: AwsClient) -> Iterator[Found]:
        """ListCertificates with every type of key, 1000 at a time."""
        for page in acm.pages("list_certificates", Includes={"keyTypes": _KEY_TYPES}, MaxItems=1000):
            for row in page["CertificateSummaryList"]:
                state = _ELSEWHERE if _used_elsewhere(row) else told(partial(_state, row))
                yield Found(own_arn(acm, row["CertificateArn"]), row["DomainName"], gives={"state": state})


def _used_elsewhere(row: Mapping[str, Any]) -> bool:
    return row.get("Exported", False) and not row.get("InUse", False)


def _state(row: Mapping[str, Any]) -> Json:
    return {
        "status": row["Status"],
        "key": row["KeyAlgorithm"].replace("-", "_"),
        "in_use": row["InUse"],
        "expires": row.get("NotAfter"),
    }
