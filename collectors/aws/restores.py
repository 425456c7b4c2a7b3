"""Restore jobs of AWS Backup: what was brought back from each vault, how long it took, how old the copy was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evidence.facts.aws_backup import LastRestore, RestoreAttempt

RESTORE_JOBS = "RestoreJobs[]{BackupVaultArn, Status, CreationDate, CompletionDate, RecoveryPointCreationDate, ValidationStatus}"
_ENDED = frozenset({"COMPLETED", "FAILED", "ABORTED"})


@dataclass(frozen=True, slots=True)
class VaultRestores:
    """The latest restores from one vault: the last that completed, and the last that ended at all."""

    completed: LastRestore | None
    attempt: RestoreAttempt


def latest_restores(jobs: Iterable[Mapping[str, Any]]) -> dict[str, VaultRestores]:
    """By the vault's ARN; jobs that still run, and those of which no end is told, are passed over."""
    by_vault: dict[str, list[Mapping[str, Any]]] = {}
    for job in jobs:
        if job["Status"] in _ENDED and job.get("CompletionDate"):
            by_vault.setdefault(job.get("BackupVaultArn", ""), []).append(job)
    return {vault: _latest(held) for vault, held in by_vault.items()}


def _latest(jobs: list[Mapping[str, Any]]) -> VaultRestores:
    ordered = sorted(jobs, key=lambda job: (str(job["CompletionDate"]), str(job["CreationDate"])))
    completed = [job for job in ordered if job["Status"] == "COMPLETED"]
    return VaultRestores(_restore(completed[-1]) if completed else None, _attempt(ordered[-1]))


def _restore(job: Mapping[str, Any]) -> LastRestore:
    return {
        "completed": job["CompletionDate"],
        "minutes": _minutes(job["CreationDate"], job["CompletionDate"]),
        "copy_minutes": _minutes(job.get("RecoveryPointCreationDate"), job["CreationDate"]),
    }


def _attempt(job: Mapping[str, Any]) -> RestoreAttempt:
    return {
        "status": job["Status"],
        "ended": job["CompletionDate"][:10],
        "validation": job.get("ValidationStatus", ""),
    }


def _minutes(start: str | None, end: str) -> int | None:
    if start is None:
        return None
    seconds = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
    return -(-int(seconds) // 60)
