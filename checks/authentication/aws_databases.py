"""Authentication to databases on AWS: logins that the database does not have to keep passwords for."""

from __future__ import annotations

from checks.authentication.links import CENTRAL_LOGINS_OFFERED
from checks.check import Verdict, check, failed, not_applicable, passed
from evidence.facts.aws_databases import DatabaseEngine, DatabaseLogins


@check(
    "aws-rds-central-logins",
    on=("aws.rds.instance", "aws.rds.cluster"),
    severity="low",
    links=[CENTRAL_LOGINS_OFFERED],
)
def database_takes_central_logins(engine: DatabaseEngine, logins: DatabaseLogins) -> Verdict:
    """Can people log in to the database with the identity they have elsewhere?"""
    if engine["cluster"]:
        return not_applicable(f"its cluster {engine['cluster']} decides how people log in")
    if engine["name"] == "docdb":
        return not_applicable("DocumentDB decides this for each of its users, not for the cluster")
    if logins["iam"]:
        return passed("the database takes logins that IAM vouches for")
    if logins["directory"]:
        return passed("the database takes logins that a directory vouches for")
    if engine["name"] == "neptune":
        return failed("Neptune knows no passwords: without IAM, whoever reaches it may use it")
    return failed("the database knows only passwords of its own")
