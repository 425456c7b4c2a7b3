"""Authentication to stores on AWS, and the secrets that open them."""

from __future__ import annotations

from checks.authentication.links import STORE_ASKS_WHO, STRONGER_SECRET
from checks.check import Verdict, check, failed, not_applicable, passed
from evidence.facts.aws_stores import CacheSecurity, SecretRotation


@check(
    "aws-secretsmanager-secret-rotation",
    on="aws.secretsmanager.secret",
    severity="medium",
    links=[STRONGER_SECRET],
)
def secret_is_renewed(rotation: SecretRotation) -> Verdict:
    """Is the secret replaced by itself?"""
    if rotation["enabled"]:
        return passed("the secret is replaced by itself")
    if rotation["owner"]:
        return not_applicable(f"the secret belongs to {rotation['owner']}, which decides when it is replaced")
    return failed("the secret is replaced only when someone does it")


@check(
    "aws-elasticache-asks-who",
    on="aws.elasticache.replication_group",
    severity="medium",
    links=[STORE_ASKS_WHO],
)
def cache_asks_who(security: CacheSecurity) -> Verdict:
    """Does the cache ask its clients who they are?"""
    if security["asks_who"]:
        return passed("the cache asks for a token or a user")
    return failed("whoever reaches the cache may use it")
