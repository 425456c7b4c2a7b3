"""When credentials were last used: the credential report's days, and the root user, of which nothing else tells."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import AwsKind
from collectors.kind import Found, fact, lists, lookup
from evidence.facts.aws_identity import CredentialUse
from evidence.model import Missing, Reason

REPORT = (
    "Content:csv{arn, user_creation_time, password_enabled, password_last_used, password_last_changed, mfa_active, "
    "access_key_1_active, access_key_1_last_rotated, access_key_1_last_used_date, access_key_2_active, "
    "access_key_2_last_rotated, access_key_2_last_used_date}"
)
REPORT_NEEDS = {
    "generate_credential_report": "iam:GenerateCredentialReport",
    "get_credential_report": "iam:GetCredentialReport",
}
_POLLS = 30
_UNTOLD = Missing(Reason.STALE, detail="the credential report has no row about the root user")


class Root(AwsKind):
    """The root user of one account."""

    kind = "aws.iam.root"
    service = "iam"
    keep: ClassVar = {
        "sts.get_caller_identity": "Account",
        "generate_credential_report": "State",
        "get_credential_report": REPORT,
    }

    @lists()
    def every(self, sts: AwsClient) -> Iterator[Found]:
        """GetCallerIdentity, which needs no permission."""
        account = sts.get_caller_identity()["Account"]
        yield Found(f"arn:{sts.partition}:iam::{account}:root", f"root of {account}")

    @lookup(needs=REPORT_NEEDS)
    def credential_report(self, iam: AwsClient) -> Mapping[str, Mapping[str, str]]:
        """The credential report by ARN."""
        return read_report(iam)

    @fact(volatile=True)
    def use(
        self, root: Found, credential_report: Mapping[str, Mapping[str, str]]
    ) -> list[CredentialUse] | Missing:
        """When the root user's password and keys were last used, as far as AWS tells."""
        row = credential_report.get(root.uid)
        return _UNTOLD if row is None else use_of(row)


def read_report(iam: AwsClient) -> Mapping[str, Mapping[str, str]]:
    """The credential report by ARN; raises TimeoutError when AWS does not finish it in half a minute."""
    for _ in range(_POLLS):
        if iam.generate_credential_report()["State"] == "COMPLETE":
            return {row["arn"]: row for row in iam.get_credential_report()["Content"]}
        time.sleep(1)
    raise TimeoutError("the credential report was not ready")


def use_of(row: Mapping[str, str]) -> list[CredentialUse]:
    """The password and the two keys of one row of the report."""
    password: CredentialUse = {
        "name": "console password",
        "active": row["password_enabled"] != "false",  # noqa: S105 - a word of the report
        "made": _day(row["password_last_changed"]) or "",
        "used": _day(row["password_last_used"]),
    }
    return [password, *(_key(row, number) for number in (1, 2))]


def _key(row: Mapping[str, str], number: int) -> CredentialUse:
    return {
        "name": f"access key {number}",
        "active": row[f"access_key_{number}_active"] == "true",
        "made": _day(row[f"access_key_{number}_last_rotated"]) or "",
        "used": _day(row[f"access_key_{number}_last_used_date"]),
    }


def _day(text: str) -> str | None:
    # "N/A", "no_information" and "not_supported" all begin with a letter.
    return text[:10] if text[:1].isdigit() else None
