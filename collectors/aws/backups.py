"""AWS Backup: vaults and their locks, plans, and what was copied and brought back when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

from collectors.aws.backup_selections import PLANS, SELECTIONS
from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import REGIONS, AwsKind
from collectors.aws.restores import RESTORE_JOBS, VaultRestores, latest_restores
from collectors.aws.told import told
from collectors.kind import Found, fact, lists, lookup
from evidence.facts.aws_backup import (
    LastCopy,
    LastRestore,
    PlanSelections,
    RestoreAttempt,
    VaultContent,
    VaultLock,
)
from evidence.model import Json


class BackupVault(AwsKind):
    """A vault for copies; the time it was made tells it from a later one of the same name."""

    kind = "aws.backup.vault"
    service = "backup"
    part = "region"
    keep: ClassVar = {
        "list_backup_vaults": (
            "BackupVaultList[]{BackupVaultName, BackupVaultArn, CreationDate, Locked, LockDate, MinRetentionDays, "
            "NumberOfRecoveryPoints}"
        ),
        "list_restore_jobs": RESTORE_JOBS,
    }
    lock: VaultLock
    content: VaultContent

    @lists(needs={"list_backup_vaults": "backup:ListBackupVaults", **REGIONS}, gives="lock content")
    def every(self, backup: AwsClient) -> Iterator[Found]:
        """ListBackupVaults, 1000 at a time."""
        for page in backup.pages("list_backup_vaults", MaxResults=1000):
            for row in page["BackupVaultList"]:
                arn = own_arn(backup, row["BackupVaultArn"])
                gives = {
                    "lock": told(partial(_lock, row)),
                    "content": told(
                        partial(lambda held: {"empty": held["NumberOfRecoveryPoints"] == 0}, row)
                    ),
                }
                yield Found(f"{arn}#{row['CreationDate']}", row["BackupVaultName"], gives=gives, handle=arn)

    @lookup(needs="backup:ListRestoreJobs")
    def restores(self, backup: AwsClient) -> Mapping[str, VaultRestores]:
        """ListRestoreJobs, 1000 at a time: what was last brought back from each vault, by the vault's ARN."""
        pages = backup.pages("list_restore_jobs", MaxResults=1000)
        return latest_restores(job for page in pages for job in page["RestoreJobs"])

    @fact(volatile=True)
    def last_restore(self, backup_vault: Found, restores: Mapping[str, VaultRestores]) -> LastRestore | None:
        """The latest completed restore from this vault; None where AWS Backup remembers none."""
        seen = restores.get(backup_vault.handle)
        return seen.completed if seen else None

    @fact(volatile=True)
    def last_attempt(
        self, backup_vault: Found, restores: Mapping[str, VaultRestores]
    ) -> RestoreAttempt | None:
        """The latest restore from this vault that ended, well or not; None where AWS Backup remembers none."""
        seen = restores.get(backup_vault.handle)
        return seen.attempt if seen else None


class BackupPlan(AwsKind):
    """A plan that says when to copy; its selections say what."""

    kind = "aws.backup.plan"
    service = "backup"
    part = "region"
    gone = frozenset({"ResourceNotFoundException"})
    keep: ClassVar = {
        "list_backup_plans": PLANS,
        "list_backup_selections": SELECTIONS,
    }

    @lists(needs={"list_backup_plans": "backup:ListBackupPlans", **REGIONS})
    def every(self, backup: AwsClient) -> Iterator[Found]:
        """ListBackupPlans, 1000 at a time, without those deleted."""
        for page in backup.pages("list_backup_plans", MaxResults=1000):
            for row in page["BackupPlansList"]:
                arn = own_arn(backup, row["BackupPlanArn"])
                yield Found(arn, row["BackupPlanName"], handle=row["BackupPlanId"])

    @fact(needs="backup:ListBackupSelections")
    def selections(self, backup: AwsClient, backup_plan: Found) -> PlanSelections:
        """ListBackupSelections of the plan."""
        pages = backup.pages("list_backup_selections", BackupPlanId=backup_plan.handle, MaxResults=1000)
        return {"count": sum(len(page["BackupSelectionsList"]) for page in pages)}


class ProtectedResource(AwsKind):
    """Something that AWS Backup has copied at least once; it stays listed while a copy is kept."""

    kind = "aws.backup.protected_resource"
    service = "backup"
    part = "region"
    keep: ClassVar = {
        "list_protected_resources": "Results[]{ResourceArn, ResourceType, LastBackupTime}",
    }

    @lists(needs={"list_protected_resources": "backup:ListProtectedResources", **REGIONS})
    def every(self, backup: AwsClient) -> Iterator[Found]:
        """ListProtectedResources, 1000 at a time."""
        for page in backup.pages("list_protected_resources", MaxResults=1000):
            for row in page["Results"]:
                arn = row["ResourceArn"]
                yield Found(arn, arn.rpartition(":")[2], handle=row)

    @fact(volatile=True)
    def last_copy(self, protected_resource: Found) -> LastCopy:
        """What the listing tells of the last copy, which is a newer one every night."""
        row = protected_resource.handle
        return {"completed": row["LastBackupTime"], "type": row["ResourceType"]}


def _lock(row: Mapping[str, Any]) -> Json:
    return {
        "locked": row["Locked"],
        "final_from": row.get("LockDate"),
        "min_days": row.get("MinRetentionDays"),
    }
