"""Authentication of an application's users on AWS: Cognito user pools."""

from __future__ import annotations

from checks.authentication.links import SECOND_FACTOR
from checks.check import Verdict, check, failed, passed
from evidence.facts.aws_sessions import PoolMfa


@check("aws-cognito-user-pool-mfa", on="aws.cognito.user_pool", severity="medium", links=[SECOND_FACTOR])
def pool_asks_second_factor(mfa: PoolMfa) -> Verdict:
    """Does the user pool ask everyone who logs in with a password for a second factor?"""
    match mfa["mode"]:
        case "ON":
            return passed("a second factor is asked of every user of the pool")
        case "OPTIONAL":
            return failed("a second factor is asked only of users who set one up")
        case _:
            return failed("no second factor is asked")
