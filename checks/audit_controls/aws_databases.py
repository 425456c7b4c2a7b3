"""Audit controls of databases on AWS: which of their logs leave the database."""

from __future__ import annotations

from checks.audit_controls.links import DATABASE_LOGS_LEAVE
from checks.check import Verdict, check, failed, not_applicable, passed
from evidence.facts.aws_databases import DatabaseEngine

_TELLING = {
    "postgres": "postgresql",
    "aurora-postgresql": "postgresql",
    "mysql": "audit",
    "mariadb": "audit",
    "aurora-mysql": "audit",
    "docdb": "audit",
    "neptune": "audit",
    "oracle": "audit",
    "sqlserver": "error",
    "db2": "diag.log",
}


@check(
    "aws-rds-logs-exported",
    on=("aws.rds.instance", "aws.rds.cluster"),
    severity="medium",
    links=[DATABASE_LOGS_LEAVE],
)
def database_exports_its_log(engine: DatabaseEngine, logs: list[str]) -> Verdict:
    """Is the log that tells who used the database sent to CloudWatch Logs?"""
    if engine["cluster"]:
        return not_applicable(f"its cluster {engine['cluster']} decides which logs are sent")
    wanted = _TELLING.get(_family(engine["name"]))
    sent = ", ".join(sorted(logs)) or "none"
    if wanted is None:
        return not_applicable(f"which log of {engine['name']} tells who used it is not known here")
    if wanted in logs:
        return passed(f"the {wanted} log is sent to CloudWatch Logs")
    return failed(f"the {wanted} log is not sent to CloudWatch Logs (sent: {sent})")


def _family(engine: str) -> str:
    # Editions differ in their suffix: sqlserver-ex, oracle-se2-cdb, db2-se.
    return next((name for name in ("sqlserver", "oracle", "db2") if engine.startswith(f"{name}-")), engine)
