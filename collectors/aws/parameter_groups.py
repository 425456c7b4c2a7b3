"""Database parameter groups: read once for all that use them, and only the parameters that checks watch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from collectors.aws.client import AwsClient
from collectors.kind import Found
from evidence.facts.aws_databases import DatabaseParameters

PARAMETERS = "Parameters[]{ParameterName, ParameterValue, Source}"

_POSTGRES = ("rds.force_ssl", "idle_session_timeout")
_MYSQL = ("require_secure_transport", "wait_timeout", "interactive_timeout")
WATCHED: Mapping[str, tuple[str, ...]] = {
    "postgres": _POSTGRES,
    "aurora-postgresql": _POSTGRES,
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "aurora-mysql": (*_MYSQL, "server_audit_logging", "server_audit_events", "server_audit_logs_upload"),
    "sqlserver": ("rds.force_ssl",),
    "docdb": ("tls", "audit_logs"),
    "neptune": ("neptune_enforce_ssl", "neptune_enable_audit_log"),
}
"""By engine; the editions of SQL Server ("sqlserver-ex") are one engine here."""


@dataclass(frozen=True, slots=True)
class InUse:
    """A parameter group as one database uses it."""

    group: str
    engine: str
    applied: bool


def of_groups(
    databases: Iterable[Found],
    in_use: Callable[[Found], InUse | None],
    read: Callable[[InUse], Mapping[str, Mapping[str, Any]]],
) -> dict[str, DatabaseParameters | None]:
    """Each database's parameters by uid, with one reading for each group; None for an engine nothing is watched of."""
    known: dict[str, Mapping[str, Mapping[str, Any]]] = {}
    answers: dict[str, DatabaseParameters | None] = {}
    for database in databases:
        use = in_use(database)
        if use is None or not _watched(use.engine):
            answers[database.uid] = None
            continue
        if use.group not in known:
            known[use.group] = read(use)
        answers[database.uid] = _parameters(use, known[use.group])
    return answers


def parameters_of(rds: AwsClient, what: str, use: InUse) -> dict[str, Mapping[str, Any]]:
    """The watched parameters of a group by name ("db_parameters" or "db_cluster_parameters")."""
    named = "DBParameterGroupName" if what == "db_parameters" else "DBClusterParameterGroupName"
    wanted = _watched(use.engine)
    pages = rds.pages(
        f"describe_{what}",
        **{named: use.group, "Filters": [{"Name": "parameter-name", "Values": list(wanted)}]},
    )
    rows = (row for page in pages for row in page["Parameters"])
    return {row["ParameterName"]: row for row in rows if row["ParameterName"] in wanted}


def _watched(engine: str) -> tuple[str, ...]:
    return WATCHED.get("sqlserver" if engine.startswith("sqlserver-") else engine, ())


def _parameters(use: InUse, rows: Mapping[str, Mapping[str, Any]]) -> DatabaseParameters:
    return {
        "group": use.group,
        "applied": use.applied,
        "values": {name: row.get("ParameterValue") for name, row in rows.items()},
        "chosen": sorted(name for name, row in rows.items() if row.get("Source") == "user"),
    }
