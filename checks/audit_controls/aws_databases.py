"""Audit controls of databases on AWS: which of their logs leave the database."""

from __future__ import annotations

from checks.audit_controls.links import DATABASE_LOGS_LEAVE
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from evidence.facts.aws_databases import AuditPlugin, DatabaseEngine, DatabaseParameters

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
_BY_PLUGIN = frozenset({"mysql", "mariadb"})
_EVENTS = "server_audit_events"
_UPLOAD = "server_audit_logs_upload"
"""With this Aurora sends its audit log itself, beside the logs it is told to export."""
_OFF = frozenset({"", "0", "off", "disabled", "none"})


def told_by_exports(engine: DatabaseEngine, logs: list[str]) -> Verdict | None:
    """What leaves the database settles it, unless the log that does is written only on demand."""
    if engine["cluster"]:
        return not_applicable(f"its cluster {engine['cluster']} decides which logs are sent")
    wanted = _TELLING.get(_family(engine["name"]))
    if wanted is None:
        return not_applicable(f"which log of {engine['name']} tells who used it is not known here")
    if engine["name"] == "aurora-mysql" or (wanted in logs and engine["name"] in {*_WRITTEN_BY, *_BY_PLUGIN}):
        return None
    return (
        passed(f"the {wanted} log is sent to CloudWatch Logs") if wanted in logs else _not_sent(wanted, logs)
    )


@check(
    "aws-rds-logs-exported",
    on=("aws.rds.instance", "aws.rds.cluster"),
    severity="medium",
    links=[DATABASE_LOGS_LEAVE],
    first=told_by_exports,
)
def database_exports_its_log(
    engine: DatabaseEngine,
    logs: list[str],
    parameters: DatabaseParameters | None,
    audit_plugin: AuditPlugin | None,
) -> Verdict:
    """Is the log that tells who used the database sent to CloudWatch Logs?"""
    told = told_by_exports(engine, logs)
    if told:
        return told
    if engine["name"] in _BY_PLUGIN:
        return _written_by_plugin(audit_plugin)
    if "audit" not in logs:
        return _sent_by_itself(parameters) or _not_sent("audit", logs)
    return _written(_WRITTEN_BY[engine["name"]], parameters)


def _not_sent(wanted: str, logs: list[str]) -> Verdict:
    sent = ", ".join(sorted(logs)) or "none"
    return failed(f"the {wanted} log is not sent to CloudWatch Logs (sent: {sent})")


def _sent_by_itself(parameters: DatabaseParameters | None) -> Verdict | None:
    value = (parameters["values"].get(_UPLOAD) if parameters else None) or ""
    if value.lower() in _OFF:
        return None
    return undecided(
        f"no export of the audit log is on, but {_UPLOAD} is, and whether the database may send it was not read"
    )


def _written_by_plugin(plugin: AuditPlugin | None) -> Verdict:
    if plugin is None:
        return undecided("the audit log is to be sent, but whether the audit plug-in writes one was not told")
    if not plugin["applied"]:
        return undecided(f"changes to the option group {plugin['group']} are not yet in effect")
    if not plugin["held"]:
        return failed(
            f"the audit log would be sent, but none is written: {plugin['group']} has no audit plug-in"
        )
    return passed(f"the audit log is sent to CloudWatch Logs, and the plug-in in {plugin['group']} writes it")


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
    if name == _WRITTEN_BY["aurora-mysql"] and not parameters["values"].get(_EVENTS):
        return undecided(
            f"the audit log is to be sent and {name} is on, but {parameters['group']} names no events to write"
        )
    return passed(f"the audit log is sent to CloudWatch Logs, and {name} is on")


def _family(engine: str) -> str:
    # Editions differ in their suffix: sqlserver-ex, oracle-se2-cdb, db2-se.
    return next((name for name in ("sqlserver", "oracle", "db2") if engine.startswith(f"{name}-")), engine)
