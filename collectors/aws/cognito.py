"""Cognito user pools and the applications that sign people in through them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws_people import PoolRules, RiskActions
from evidence.facts.aws_sessions import PoolMfa, TokenValidity

_POOLS = "UserPools[]{Id, Name}"
_MINUTES = {"minutes": 1, "hours": 60, "days": 24 * 60}
_ACCESS_DEFAULT = 60
_REFRESH_DEFAULT = 30 * 24 * 60


class UserPool(AwsKind):
    """A Cognito user pool."""

    kind = "aws.cognito.user_pool"
    service = "cognito_idp"
    part = "region"
    gone = frozenset({"ResourceNotFoundException"})
    keep: ClassVar = {
        "list_user_pools": _POOLS,
        "get_user_pool_mfa_config": "MfaConfiguration",
        "describe_user_pool": (
            "UserPool{Policies{PasswordPolicy{MinimumLength}}, UserPoolAddOns{AdvancedSecurityMode}}"
        ),
        "describe_risk_configuration": (
            "RiskConfiguration{AccountTakeoverRiskConfiguration{Actions{HighAction{EventAction}, "
            "MediumAction{EventAction}, LowAction{EventAction}}}}"
        ),
    }

    @lists(needs={"list_user_pools": "cognito-idp:ListUserPools", **REGIONS})
    def every(self, cognito_idp: AwsClient) -> Iterator[Found]:
        """ListUserPools, 60 at a time."""
        for pool in _pools(cognito_idp):
            yield Found(_arn(cognito_idp, pool["Id"]), pool["Name"], handle=pool["Id"])

    @fact(needs="cognito-idp:GetUserPoolMfaConfig")
    def mfa(self, cognito_idp: AwsClient, user_pool: Found) -> PoolMfa:
        """GetUserPoolMfaConfig."""
        return {"mode": cognito_idp.get_user_pool_mfa_config(UserPoolId=user_pool.handle)["MfaConfiguration"]}

    @fact(needs="cognito-idp:DescribeUserPool")
    def rules(self, cognito_idp: AwsClient, user_pool: Found) -> PoolRules:
        """DescribeUserPool; AWS leaves risky logins out of its answer where nothing is done about them."""
        row = cognito_idp.describe_user_pool(UserPoolId=user_pool.handle)["UserPool"]
        return {
            "minimum_length": row["Policies"]["PasswordPolicy"]["MinimumLength"],
            "risk": row.get("UserPoolAddOns", {}).get("AdvancedSecurityMode", "OFF"),
        }

    @fact(needs="cognito-idp:DescribeRiskConfiguration", absent="ResourceNotFoundException")
    def risk_actions(self, cognito_idp: AwsClient, user_pool: Found, rules: PoolRules) -> RiskActions | None:
        """DescribeRiskConfiguration of the pool, not of single applications; only where risks are acted on."""
        if rules["risk"] != "ENFORCED":
            return None
        answer = cognito_idp.describe_risk_configuration(UserPoolId=user_pool.handle)
        takeover = answer["RiskConfiguration"].get("AccountTakeoverRiskConfiguration", {})
        actions = takeover.get("Actions", {})
        high, medium, low = (
            actions.get(f"{risk}Action", {}).get("EventAction", "") for risk in ("High", "Medium", "Low")
        )
        return {"high": high, "medium": medium, "low": low}


class UserPoolClient(AwsKind):
    """An application registered with a user pool; its secret is never kept."""

    kind = "aws.cognito.client"
    service = "cognito_idp"
    part = "region"
    gone = frozenset({"ResourceNotFoundException"})
    keep: ClassVar = {
        "list_user_pools": _POOLS,
        "list_user_pool_clients": "UserPoolClients[]{ClientId, ClientName}",
        "describe_user_pool_client": (
            "UserPoolClient{AccessTokenValidity, RefreshTokenValidity, "
            "TokenValidityUnits{AccessToken, RefreshToken}}"
        ),
    }

    @lists(
        needs={
            "list_user_pools": "cognito-idp:ListUserPools",
            "list_user_pool_clients": "cognito-idp:ListUserPoolClients",
            **REGIONS,
        }
    )
    def every(self, cognito_idp: AwsClient) -> Iterator[Found]:
        """ListUserPoolClients of each pool, 60 at a time."""
        for pool in _pools(cognito_idp):
            pages = cognito_idp.pages("list_user_pool_clients", UserPoolId=pool["Id"], MaxResults=60)
            for page in pages:
                for row in page["UserPoolClients"]:
                    uid = f"{_arn(cognito_idp, pool['Id'])}/client/{row['ClientId']}"
                    name = f"{pool['Name']}/{row['ClientName']}"
                    yield Found(uid, name, handle=(pool["Id"], row["ClientId"]))

    @fact(needs="cognito-idp:DescribeUserPoolClient")
    def tokens(self, cognito_idp: AwsClient, user_pool_client: Found) -> TokenValidity:
        """DescribeUserPoolClient: AWS counts access tokens in hours and refresh tokens in days unless told."""
        pool, client = user_pool_client.handle
        answer = cognito_idp.describe_user_pool_client(UserPoolId=pool, ClientId=client)
        return _tokens(answer["UserPoolClient"])


def _pools(cognito_idp: AwsClient) -> Iterator[Mapping[str, Any]]:
    for page in cognito_idp.pages("list_user_pools", MaxResults=60):
        yield from page["UserPools"]


def _arn(cognito_idp: AwsClient, pool: str) -> str:
    return (
        f"arn:{cognito_idp.partition}:cognito-idp:{cognito_idp.region}:{cognito_idp.account}:userpool/{pool}"
    )


def _tokens(row: Mapping[str, Any]) -> TokenValidity:
    units = row.get("TokenValidityUnits", {})
    access = (row.get("AccessTokenValidity"), units.get("AccessToken", "hours"))
    refresh = (row.get("RefreshTokenValidity"), units.get("RefreshToken", "days"))
    return {
        "access_minutes": _in_minutes(*access, _ACCESS_DEFAULT),
        "refresh_minutes": _in_minutes(*refresh, _REFRESH_DEFAULT),
    }


def _in_minutes(number: int | None, unit: str, default: int) -> int:
    # AWS writes its default as 0 or leaves it out.
    if not number:
        return default
    return -(-number // 60) if unit == "seconds" else number * _MINUTES[unit]
