"""Which resources the plans of AWS Backup select, and which none does."""

from __future__ import annotations

from checks.backup.links import PLAN_SELECTS_IT
from checks.backup_selection import Chosen, chosen
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from evidence.facts.aws_backup import BackupAssignments, InstanceDisk
from evidence.facts.aws_databases import DatabaseBackup, DatabaseEngine
from evidence.facts.aws_stores import AutomaticBackup
from evidence.model import Resource

_TYPES = {
    "aws.efs.file_system": "EFS",
    "aws.fsx.file_system": "FSx",
}
_ENGINES = {"aurora": "Aurora", "docdb": "DocumentDB", "neptune": "Neptune"}
_PLANS = {"selections": "aws.backup.region:selections"}


@check(
    "aws-backup-plan-covers",
    on=tuple(_TYPES),
    severity="low",
    links=[PLAN_SELECTS_IT],
    also=_PLANS,
)
def plan_selects_file_system(
    backup: AutomaticBackup | None, selections: BackupAssignments, resource: Resource
) -> Verdict:
    """Does a plan of AWS Backup select the file system, where nothing else copies it by itself?"""
    found = chosen(resource.uid, dict(resource.labels), _TYPES[resource.kind], selections)
    return _verdict(found, selections, copied=backup is not None and backup["enabled"])


@check(
    "aws-backup-plan-covers-database",
    on=("aws.rds.instance", "aws.rds.cluster"),
    severity="low",
    links=[PLAN_SELECTS_IT],
    also=_PLANS,
)
def plan_selects_database(
    engine: DatabaseEngine, backup: DatabaseBackup, selections: BackupAssignments, resource: Resource
) -> Verdict:
    """Does a plan of AWS Backup select the database, where nothing else copies it by itself?"""
    if engine["cluster"]:
        return not_applicable(f"it is copied with its cluster {engine['cluster']}")
    type_ = _ENGINES.get(engine["name"].partition("-")[0], "RDS")
    arn = resource.uid.partition("#")[0]
    found = chosen(arn, dict(resource.labels), type_, selections)
    return _verdict(found, selections, copied=backup["retention_days"] > 0)


@check(
    "aws-backup-plan-covers-instance",
    on="aws.ec2.instance_disks",
    severity="low",
    links=[PLAN_SELECTS_IT],
    also=_PLANS,
)
def plan_selects_instance(
    disks: list[InstanceDisk], selections: BackupAssignments, resource: Resource
) -> Verdict:
    """Does a plan of AWS Backup select the instance, or every disk of it?"""
    whole = chosen(resource.uid, dict(resource.labels), "EC2", selections)
    if whole.by or not disks:
        return _verdict(whole, selections)
    single = [
        chosen(one["arn"], {pair[0]: pair[1] for pair in one["tags"]}, "EBS", selections) for one in disks
    ]
    if all(one.by for one in single):
        return passed(f"each disk of the instance is selected by {_names({n for o in single for n in o.by})}")
    doubts = {name for one in single if not one.by for name in one.in_doubt} | set(whole.in_doubt)
    if any(one.by for one in single) and not doubts:
        return failed("plans of AWS Backup select only some disks of the instance")
    return _verdict(Chosen((), tuple(sorted(doubts))), selections)


def _verdict(found: Chosen, selections: BackupAssignments, *, copied: bool = False) -> Verdict:
    if found.by:
        return passed(f"selected by {_names(set(found.by))}")
    if copied:
        return not_applicable("it is copied by automatic backups of its own, which another check judges")
    if found.in_doubt:
        return undecided(
            f"whether {_names(set(found.in_doubt))} selects it could not be told from what was read"
        )
    lacking = "selects it" if selections["assignments"] else "selects anything in the region"
    return failed(f"no plan of AWS Backup {lacking}; copies made in other ways were not looked at")


def _names(plans: set[str]) -> str:
    return ", ".join(sorted(plans)[:5])
