"""Restores by AWS Backup: how the last one ended, how long it took, how old the copy was."""

from __future__ import annotations

from checks.backup.links import COPY_WAS_FRESH, RESTORE_ENDED_WELL, RESTORE_TIMED
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from evidence.facts.aws_backup import LastRestore, RestoreAttempt, VaultContent

_NONE = "AWS Backup, which forgets old jobs, knows of no completed restore from this vault"


@check("aws-backup-restore-time", on="aws.backup.vault", severity="medium", links=[RESTORE_TIMED])
def restore_was_quick(
    content: VaultContent, last_restore: LastRestore | None, *, max_hours: int = 72
) -> Verdict:
    """Was the last copy from the vault brought back quickly enough?"""
    if content["empty"]:
        return not_applicable("the vault holds no copy")
    if last_restore is None or last_restore["minutes"] is None:
        return undecided(_NONE)
    told = f"the copy brought back on {last_restore['completed'][:10]} took {_span(last_restore['minutes'])}"
    if last_restore["minutes"] > 60 * int(max_hours):
        return failed(f"{told}, more than {max_hours} hours")
    return passed(told)


@check("aws-backup-restore-point", on="aws.backup.vault", severity="low", links=[COPY_WAS_FRESH])
def restored_copy_was_fresh(
    content: VaultContent, last_restore: LastRestore | None, *, max_hours: int = 24
) -> Verdict:
    """Was the copy that was last brought back from the vault a fresh one?"""
    if content["empty"]:
        return not_applicable("the vault holds no copy")
    if last_restore is None or last_restore["copy_minutes"] is None:
        return undecided(_NONE if last_restore is None else "AWS Backup did not say when the copy was made")
    age, day = last_restore["copy_minutes"], last_restore["completed"][:10]
    told = f"the copy brought back on {day} was {_span(age)} old when the restore began"
    if age > 60 * int(max_hours):
        return undecided(f"{told}; whether a newer one could be brought back was not tried")
    return passed(told)


@check("aws-backup-restore-outcome", on="aws.backup.vault", severity="medium", links=[RESTORE_ENDED_WELL])
def last_restore_ended_well(content: VaultContent, last_attempt: RestoreAttempt | None) -> Verdict:
    """Did the last try to bring back a copy from the vault end well?"""
    if content["empty"]:
        return not_applicable("the vault holds no copy")
    if last_attempt is None:
        return undecided("AWS Backup, which forgets old jobs, knows of no restore from this vault that ended")
    told = f"the last restore, on {last_attempt['ended']}, {last_attempt['status'].lower()}"
    if last_attempt["status"] != "COMPLETED":
        return failed(told)
    match last_attempt["validation"]:
        case "":
            return passed(f"{told}; no validation of the restored data was made")
        case "SUCCESSFUL":
            return passed(f"{told}, and the restored data was validated")
        case "VALIDATING":
            return undecided(f"{told}, and its validation has not ended")
        case word:
            return failed(f"{told}, but its validation {'timed out' if word == 'TIMED_OUT' else 'failed'}")


def _span(minutes: int) -> str:
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
