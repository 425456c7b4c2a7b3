"""The shapes of facts about AWS Backup: vaults, plans, and what was copied and brought back when."""

from __future__ import annotations

from typing import TypedDict


class VaultLock(TypedDict):
    """Whether the vault keeps copies from being deleted early; from `final_from` on nobody can take that off."""

    locked: bool
    final_from: str | None
    min_days: int | None


class VaultContent(TypedDict):
    """Whether the vault holds any copy."""

    empty: bool


class LastRestore(TypedDict):
    """When a copy from the vault was last brought back."""

    completed: str


class PlanSelections(TypedDict):
    """How many selections say what a backup plan copies."""

    count: int


class LastCopy(TypedDict):
    """When AWS Backup last completed a copy of the resource, and what the resource is ("RDS", "EFS")."""

    completed: str
    type: str
