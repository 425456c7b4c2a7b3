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
    """When a copy from the vault was last brought back, how long that took, and how old the copy then was.

    `minutes` and `copy_minutes` None = AWS Backup did not tell the times they are counted from.
    """

    completed: str
    minutes: int | None
    copy_minutes: int | None


class RestoreAttempt(TypedDict):
    """The latest restore from the vault that ended: COMPLETED, FAILED or ABORTED, and on which day.

    `validation` is what a test of the restored data found (SUCCESSFUL, FAILED, TIMED_OUT, VALIDATING), "" = none made.
    """

    status: str
    ended: str
    validation: str


class TagCondition(TypedDict):
    """What a selection asks of a resource's tag: StringEquals, StringNotEquals, StringLike or StringNotLike."""

    how: str
    key: str
    value: str


class BackupAssignment(TypedDict):
    """What one selection of a backup plan copies: ARNs, which may hold wildcards, and conditions on tags.

    One of `any_tags` is enough, all of `all_tags` must hold.
    """

    plan: str
    resources: list[str]
    not_resources: list[str]
    any_tags: list[TagCondition]
    all_tags: list[TagCondition]


class BackupAssignments(TypedDict):
    """All selections of a region's plans, and the types ("RDS", "EBS") that its settings let wildcards and tags reach."""

    assignments: list[BackupAssignment]
    opted_in: list[str]
    opted_out: list[str]


class InstanceDisk(TypedDict):
    """A volume that an instance has, with its tags as [key, value]."""

    arn: str
    tags: list[list[str]]


class PlanSelections(TypedDict):
    """How many selections say what a backup plan copies."""

    count: int


class LastCopy(TypedDict):
    """When AWS Backup last completed a copy of the resource, and what the resource is ("RDS", "EFS")."""

    completed: str
    type: str
