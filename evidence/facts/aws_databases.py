"""The shapes of facts about relational, document and graph databases that the RDS API describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict


class DatabaseEngine(TypedDict):
    """The engine ("postgres", "aurora-mysql", "docdb"); `cluster` names the cluster an instance belongs to."""

    name: str
    version: str
    cluster: str | None


class DatabaseAccess(TypedDict):
    """Whether the instance's name resolves to a public address outside its network."""

    public: bool


class DatabaseLogins(TypedDict):
    """Ways to log in other than a password the database keeps: IAM, or a joined directory (Kerberos)."""

    iam: bool
    directory: bool


class DatabaseBackup(TypedDict):
    """How many days automatic backups are kept (0 = none); a replica is backed up at its source."""

    retention_days: int
    replica: bool


class DatabaseUpkeep(TypedDict):
    """Whether minor versions are installed unasked, and whether a standby waits in another zone."""

    minor_upgrades: bool
    multi_az: bool


class DatabaseParameters(TypedDict):
    """The watched parameters of a parameter group that the engine version knows; None = the engine's default.

    `applied` says whether the running database has the group's values; `chosen` names those somebody set.
    """

    group: str
    applied: bool
    values: Mapping[str, str | None]
    chosen: list[str]


class AuditPlugin(TypedDict):
    """Whether the option group of a MySQL or MariaDB holds the plug-in that writes an audit log.

    `applied` says whether the running database has what the group holds.
    """

    group: str
    applied: bool
    held: bool


class DatabaseSnapshotSharing(TypedDict):
    """Whether anyone with an AWS account may restore the snapshot, and the other accounts that may by name."""

    public: bool
    accounts: list[str]
