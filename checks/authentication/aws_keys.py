"""A second factor for those who hold keys to AWS."""

from __future__ import annotations

from checks.authentication.links import FACTOR_BESIDE_KEYS
from checks.check import Verdict, check, failed, not_applicable, passed
from checks.named import named
from evidence.facts.aws import ConsoleAccess, UserKeys
from evidence.model import Resource


@check("aws-iam-user-key-mfa", on="aws.iam.user", severity="low", links=[FACTOR_BESIDE_KEYS])
def key_user_has_mfa(
    keys: UserKeys, console: ConsoleAccess, resource: Resource, *, machines: tuple[str, ...] = ()
) -> Verdict:
    """Does a person who holds an active access key have a second factor?"""
    if keys["active"] == 0:
        return not_applicable("the user has no active access key")
    if named(resource, machines):
        return not_applicable("the user is a program, and a program's key carries no second factor")
    if console["mfa"]:
        return passed("the user has an active access key and an MFA device")
    return failed("the user has an active access key and no MFA device that a policy could ask for")
