"""How people who come in to AWS from outside prove who they are: Client VPN, user pools."""

from __future__ import annotations

from checks.authentication.links import (
    PASSWORD_RULES,
    REMOTE_ASKS_PERSON,
    RISKY_LOGINS_STOPPED,
    STRONGER_SECRET,
)
from checks.check import Verdict, check, failed, passed, undecided
from evidence.facts.aws_people import PoolRules, RiskActions

_STOPPING = frozenset({"BLOCK", "MFA_REQUIRED"})
_DONE = {
    "": "not told",
    "BLOCK": "blocked",
    "MFA_REQUIRED": "asked for a second factor",
    "MFA_IF_CONFIGURED": "asked for a second factor where one is set up",
    "NO_ACTION": "let in",
}
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


def told_by_mode(rules: PoolRules) -> Verdict | None:
    """A pool that acts on no risk needs no look at how it would."""
    match rules["risk"]:
        case "ENFORCED":
            return None
        case "AUDIT":
            return failed("risky logins are written down, but let in")
        case _:
            return failed("nothing is done about risky logins")


@check(
    "aws-cognito-user-pool-risk",
    on="aws.cognito.user_pool",
    severity="low",
    links=[RISKY_LOGINS_STOPPED],
    first=told_by_mode,
)
def pool_stops_risky_logins(rules: PoolRules, risk_actions: RiskActions | None) -> Verdict:
    """Does the user pool stop logins that look like somebody else's, or ask them for a second factor?"""
    told = told_by_mode(rules)
    if told:
        return told
    if risk_actions is None or not risk_actions["high"]:
        return undecided(
            "risky logins are acted on, but what is done was not told: no action is set for the pool"
        )
    done = ", ".join(f"{risk} {_DONE.get(action, action)}" for risk, action in _by_risk(risk_actions))
    if risk_actions["high"] in _STOPPING:
        return passed(f"logins by their risk: {done}")
    if risk_actions["high"] in _DONE:
        return failed(f"logins of high risk are let in by a password alone; by their risk: {done}")
    return undecided(f"what is done with logins of high risk is not known here: {risk_actions['high']}")


def _by_risk(actions: RiskActions) -> list[tuple[str, str]]:
    return [("high", actions["high"]), ("medium", actions["medium"]), ("low", actions["low"])]
