"""The account as a whole: root user, password policy, public access block, the trails that cover it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.cloudtrail import SELECTORS, STATUS, TRAILS, management_events
from collectors.aws.kind import AwsKind
from collectors.aws.s3 import BLOCK, access_block
from collectors.kind import Found, fact, lists
from evidence.facts.aws import AccountTrail, PasswordPolicy, PublicAccessBlock, RootSecurity


class Account(AwsKind):
    """One AWS account, its only resource of this kind."""

    kind = "aws.account"
    service = "iam"
    keep: ClassVar = {
        "sts.get_caller_identity": "Account",
        "get_account_summary": "SummaryMap{AccountMFAEnabled, AccountAccessKeysPresent, AccountPasswordPresent}",
        "get_account_password_policy": (
            "PasswordPolicy{MinimumPasswordLength, RequireSymbols, RequireNumbers, RequireUppercaseCharacters, "
            "RequireLowercaseCharacters, MaxPasswordAge, PasswordReusePrevention}"
        ),
        "s3control.get_public_access_block": BLOCK,
        "cloudtrail.describe_trails": TRAILS,
        "cloudtrail.get_trail_status": STATUS,
        "cloudtrail.get_event_selectors": SELECTORS,
    }

    @lists()
    def every(self, sts: AwsClient) -> Iterator[Found]:
        """GetCallerIdentity, which needs no permission."""
        account = sts.get_caller_identity()["Account"]
        yield Found(account, account)

    @fact(needs="iam:GetAccountSummary")
    def root(self, iam: AwsClient) -> RootSecurity:
        """GetAccountSummary: the counters that speak about the root user."""
        summary = iam.get_account_summary()["SummaryMap"]
        password = summary.get("AccountPasswordPresent")
        return {
            "mfa": bool(summary["AccountMFAEnabled"]),
            "password": None if password is None else bool(password),
            "access_keys": bool(summary["AccountAccessKeysPresent"]),
        }

    @fact(needs="iam:GetAccountPasswordPolicy", absent="NoSuchEntity")
    def password_policy(self, iam: AwsClient) -> PasswordPolicy | None:
        """GetAccountPasswordPolicy; None means AWS's default policy holds."""
        policy = iam.get_account_password_policy()["PasswordPolicy"]
        return {
            "minimum_length": policy["MinimumPasswordLength"],
            "symbols": policy.get("RequireSymbols", False),
            "numbers": policy.get("RequireNumbers", False),
            "uppercase": policy.get("RequireUppercaseCharacters", False),
            "lowercase": policy.get("RequireLowercaseCharacters", False),
            "max_age_days": policy.get("MaxPasswordAge"),
            "reuse_prevention": policy.get("PasswordReusePrevention"),
        }

    @fact(needs="s3:GetAccountPublicAccessBlock", absent="NoSuchPublicAccessBlockConfiguration")
    def public_access_block(self, s3control: AwsClient, account: Found) -> PublicAccessBlock | None:
        """GetPublicAccessBlock of the account, which acts on every bucket in it."""
        return access_block(s3control.get_public_access_block(AccountId=account.uid))

    @fact(
        needs={
            "describe_trails": "cloudtrail:DescribeTrails",
            "get_trail_status": "cloudtrail:GetTrailStatus",
            "get_event_selectors": "cloudtrail:GetEventSelectors",
        }
    )
    def trails(self, cloudtrail: AwsClient) -> list[AccountTrail]:
        """DescribeTrails with replicas, so that an organisation's trail is seen from its member accounts."""
        rows = cloudtrail.describe_trails(includeShadowTrails=True)["trailList"]
        return [
            _trail(cloudtrail.at(row["HomeRegion"]), row) for row in rows if row.get("IsMultiRegionTrail")
        ]


def _trail(cloudtrail: AwsClient, row: Mapping[str, Any]) -> AccountTrail:
    arn = row["TrailARN"]
    status = cloudtrail.get_trail_status(Name=arn)
    return {
        "arn": arn,
        "organization": row.get("IsOrganizationTrail", False),
        "logging": status["IsLogging"],
        "error": status.get("LatestDeliveryError", ""),
        "management": management_events(cloudtrail.get_event_selectors(TrailName=arn)),
    }
