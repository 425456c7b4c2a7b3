"""How people who come in to AWS from outside prove who they are: Client VPN, user pools."""

from __future__ import annotations

from checks.authentication.links import (
    PASSWORD_RULES,
    REMOTE_ASKS_PERSON,
    RISKY_LOGINS_STOPPED,
    STRONGER_SECRET,
)
from checks.check import Verdict, check, failed, passed, undecided
from evidence.facts.aws_people import PoolRules

_PERSONAL = frozenset({"directory-service-authentication", "federated-authentication"})


@check(
    "aws-ec2-client-vpn-authentication",
    on="aws.ec2.client_vpn",
    severity="medium",
    links=[REMOTE_ASKS_PERSON],
)
def vpn_asks_the_person(authentication: list[str]) -> Verdict:
    """Must a person log in to come in through the Client VPN endpoint?"""
    if not authentication:
        return undecided("AWS did not say how the endpoint asks who comes in")
    if _PERSONAL & set(authentication):
        return passed(f"who comes in must log in ({', '.join(authentication)})")
    return failed("a certificate file alone lets in whoever holds it")


@check(
    "aws-cognito-user-pool-password",
    on="aws.cognito.user_pool",
    severity="medium",
    links=[STRONGER_SECRET, PASSWORD_RULES],
)
def pool_passwords_are_long(rules: PoolRules, *, min_length: int = 12) -> Verdict:
    """Must passwords of the user pool be long enough?"""
    if rules["minimum_length"] < int(min_length):
        return failed(f"a password may have {rules['minimum_length']} characters, fewer than {min_length}")
    return passed(f"a password has at least {rules['minimum_length']} characters")


@check(
    "aws-cognito-user-pool-risk",
    on="aws.cognito.user_pool",
    severity="low",
    links=[RISKY_LOGINS_STOPPED],
)
def pool_stops_risky_logins(rules: PoolRules) -> Verdict:
    """Does the user pool stop logins that look like somebody else's?"""
    match rules["risk"]:
        case "ENFORCED":
            return passed("risky logins are stopped or asked for more")
        case "AUDIT":
            return failed("risky logins are written down, but let in")
        case _:
            return failed("nothing is done about risky logins")
