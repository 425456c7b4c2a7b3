"""Audit controls of databases on AWS: which of their logs leave the database."""

from __future__ import annotations

from checks.audit_controls.links import DATABASE_LOGS_LEAVE
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from evidence.facts.aws_databases import DatabaseEngine, DatabaseParameters

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
_WRITTEN_BY = {
    "aurora-mysql": "server_audit_logging",
    "docdb": "audit_logs",
    "neptune": "neptune_enable_audit_log",
}
"""The parameter without which there is no audit log to send; each is off unless set."""
_OFF = frozenset({"", "0", "off", "disabled", "none"})


def told_by_exports(engine: DatabaseEngine, logs: list[str]) -> Verdict | None:
    """What leaves the database settles it, unless the log that does is written only on demand."""
    if engine["cluster"]:
        return not_applicable(f"its cluster {engine['cluster']} decides which logs are sent")
    wanted = _TELLING.get(_family(engine["name"]))
    if wanted is None:
        return not_applicable(f"which log of {engine['name']} tells who used it is not known here")
    if wanted not in logs:
        sent = ", ".join(sorted(logs)) or "none"
        return failed(f"the {wanted} log is not sent to CloudWatch Logs (sent: {sent})")
    return None if engine["name"] in _WRITTEN_BY else passed(f"the {wanted} log is sent to CloudWatch Logs")


@check(
    "aws-rds-logs-exported",
    on=("aws.rds.instance", "aws.rds.cluster"),
    severity="medium",
    links=[DATABASE_LOGS_LEAVE],
    first=told_by_exports,
)
def database_exports_its_log(
    engine: DatabaseEngine, logs: list[str], parameters: DatabaseParameters | None
) -> Verdict:
    """Is the log that tells who used the database sent to CloudWatch Logs?"""
    told = told_by_exports(engine, logs)
    return told or _written(_WRITTEN_BY[engine["name"]], parameters)


def _written(name: str, parameters: DatabaseParameters | None) -> Verdict:
    if parameters is None or name not in parameters["values"]:
        return undecided(f"the audit log is to be sent, but whether {name} is on was not told")
    if not parameters["applied"]:
        return undecided(f"changes to the parameter group {parameters['group']} are not yet in effect")
    value = parameters["values"][name]
    if (value or "").lower() in _OFF:
        return failed(
            f"the audit log would be sent, but none is written: {name} is off in {parameters['group']}"
        )
    return passed(f"the audit log is sent to CloudWatch Logs, and {name} is on")


def _family(engine: str) -> str:
    # Editions differ in their suffix: sqlserver-ex, oracle-se2-cdb, db2-se.
    return next((name for name in ("sqlserver", "oracle", "db2") if engine.startswith(f"{name}-")), engine)
