"""Copies made by AWS Backup: kept, made lately, brought back."""

from __future__ import annotations

from datetime import date, timedelta

from checks.backup.links import COPIES_KEPT, COPY_MADE_LATELY, PLAN_COPIES, RESTORE_DONE, RESTORE_TRIED
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from evidence.facts.aws_backup import LastCopy, LastRestore, PlanSelections, VaultContent, VaultLock


@check("aws-backup-vault-locked", on="aws.backup.vault", severity="medium", links=[COPIES_KEPT])
def vault_is_locked(lock: VaultLock, content: VaultContent, as_of: date) -> Verdict:
    """Does the vault keep copies from being deleted before their time?"""
    if content["empty"]:
        return not_applicable("the vault holds no copy")
    if not lock["locked"]:
        return failed("the vault has no lock, so copies can be deleted at any time")
    if lock["final_from"] is None:
        return passed("the vault is locked; those with the right to it can take the lock off")
    final = date.fromisoformat(lock["final_from"][:10])
    if final > as_of:
        return passed(f"the vault is locked, and from {final} on nobody can take the lock off")
    return passed(f"the vault is locked, and since {final} nobody can take the lock off")


@check(
    "aws-backup-vault-restored",
    on="aws.backup.vault",
    severity="medium",
    links=[RESTORE_DONE, RESTORE_TRIED],
)
def vault_was_restored_from(
    content: VaultContent, last_restore: LastRestore | None, as_of: date, *, max_days: int = 365
) -> Verdict:
    """Was a copy from the vault brought back lately?"""
    if content["empty"]:
        return not_applicable("the vault holds no copy")
    if last_restore is None:
        return undecided("AWS Backup, which forgets old jobs, knows of no completed restore from this vault")
    when = date.fromisoformat(last_restore["completed"][:10])
    if when < as_of - timedelta(days=int(max_days)):
        return failed(f"a copy was last brought back on {when}, more than {max_days} days before this run")
    return passed(f"a copy was brought back on {when}")


@check("aws-backup-plan-selects", on="aws.backup.plan", severity="medium", links=[PLAN_COPIES])
def plan_copies_something(selections: PlanSelections) -> Verdict:
    """Does the backup plan say what to copy?"""
    if selections["count"]:
        return passed("the plan has selections of what to copy")
    return failed("the plan has no selection, so it copies nothing")


@check(
    "aws-backup-copy-recent",
    on="aws.backup.protected_resource",
    severity="high",
    links=[COPY_MADE_LATELY],
)
def copy_is_recent(last_copy: LastCopy, as_of: date, *, max_days: int = 2) -> Verdict:
    """Did AWS Backup complete a copy of this lately?"""
    when = date.fromisoformat(last_copy["completed"][:10])
    if when < as_of - timedelta(days=int(max_days)):
        return failed(
            f"the last copy was completed on {when}, more than {max_days} days before this run; what no longer "
            "exists stays listed while a copy of it is kept"
        )
    return passed(f"a copy was completed in the {max_days} days before this run")
