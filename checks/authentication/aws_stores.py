"""Authentication to stores on AWS, and the secrets that open them."""

from __future__ import annotations

from datetime import date

from checks.authentication.links import STORE_ASKS_WHO, STRONGER_SECRET
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from evidence.facts.aws_stores import CacheSecurity, SecretRenewal, SecretRotation


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
    "aws-secretsmanager-secret-renewed",
    on="aws.secretsmanager.secret",
    severity="medium",
    links=[STRONGER_SECRET],
)
def secret_was_renewed_when_due(rotation: SecretRotation, renewal: SecretRenewal, as_of: date) -> Verdict:
    """Was the secret replaced when it was due?"""
    if not rotation["enabled"]:
        return not_applicable("the secret is not replaced by itself")
    if not renewal["due"]:
        return undecided("Secrets Manager does not say until when the secret is to be replaced")
    last = f"it was last replaced on {renewal['last']}" if renewal["last"] else "it was never replaced"
    if date.fromisoformat(renewal["due"]) < as_of:
        return failed(f"the secret was to be replaced by {renewal['due']}; {last}")
    return passed(f"the secret is to be replaced by {renewal['due']}; {last}")


def asks_nobody(security: CacheSecurity) -> Verdict | None:
    """A cache that asks for neither token nor user needs no look at users."""
    return None if security["asks_who"] else failed("whoever reaches the cache may use it")


@check(
    "aws-elasticache-asks-who",
    on="aws.elasticache.replication_group",
    severity="medium",
    links=[STORE_ASKS_WHO],
    first=asks_nobody,
)
def cache_asks_who(security: CacheSecurity, open_users: list[str]) -> Verdict:
    """Does the cache ask its clients who they are?"""
    if not security["asks_who"]:
        return failed("whoever reaches the cache may use it")
    if open_users:
        return failed(f"anybody may use the cache as {', '.join(open_users[:5])}, without a password")
    return passed("the cache asks for a token or a user")
