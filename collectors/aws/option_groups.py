"""Option groups of MySQL and MariaDB: whether they hold the plug-in without which no audit log is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from collectors.aws.client import AwsClient
from collectors.aws.parameter_groups import InUse
from collectors.kind import Found
from evidence.facts.aws_databases import AuditPlugin

OPTIONS = "OptionGroupsList[]{OptionGroupName, Options[]{OptionName}}"
_ENGINES = frozenset({"mysql", "mariadb"})
_PLUGIN = "MARIADB_AUDIT_PLUGIN"
_EMPTY = "default:"
"""How the groups are called that AWS gives to databases of nobody's choice: they hold nothing and cannot be changed."""


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of one instance: of parameters and of options, None where it names none or several."""

    parameters: InUse | None
    options: InUse | None


def option_group_of(row: Mapping[str, Any]) -> InUse | None:
    """The option group of an instance of the two engines."""
    groups = row.get("OptionGroupMemberships", [])
    if len(groups) != 1 or row["Engine"] not in _ENGINES:
        return None
    return InUse(groups[0]["OptionGroupName"], row["Engine"], groups[0]["Status"] == "in-sync")


def plugins_of(rds: AwsClient, databases: Iterable[Found]) -> dict[str, AuditPlugin | None]:
    """Whether each database's group holds the plug-in, by uid, with one reading for each group."""
    known: dict[str, bool] = {}
    answers: dict[str, AuditPlugin | None] = {}
    for database in databases:
        use = database.handle.options
        if use is None:
            answers[database.uid] = None
            continue
        if use.group not in known:
            known[use.group] = not use.group.startswith(_EMPTY) and _PLUGIN in _options(rds, use.group)
        answers[database.uid] = {"group": use.group, "applied": use.applied, "held": known[use.group]}
    return answers


def _options(rds: AwsClient, group: str) -> Iterator[str]:
    for page in rds.pages("describe_option_groups", OptionGroupName=group):
        for row in page["OptionGroupsList"]:
            yield from (option["OptionName"] for option in row["Options"])
