from __future__ import annotations

from datetime import date

import pytest

from checks.backup.aws_backup import copy_is_recent, vault_is_locked, vault_was_restored_from
from evidence.facts.aws_backup import LastCopy, LastRestore, VaultContent, VaultLock
from tests.checks.strict import Strict

AS_OF = date(2026, 11, 22)
FULL = Strict(VaultContent, empty=False)


@pytest.mark.parametrize(
    ("completed", "status"),
    [
        ("2026-11-22T01:00:00Z", "pass"),
        ("2026-11-20T00:00:00Z", "pass"),
        ("2026-11-19T23:59:59Z", "fail"),
    ],
)
def test_a_copy_must_be_of_the_last_days(completed, status):
    last = Strict(LastCopy, completed=completed, type="RDS")
    assert copy_is_recent.judge(last, as_of=AS_OF).status == status


def test_a_new_copy_every_night_gives_the_same_sentence():
    nights = [Strict(LastCopy, completed=f"2026-11-{day}T01:00:00Z", type="RDS") for day in (21, 22)]
    assert len({copy_is_recent.judge(last, as_of=AS_OF).sentence for last in nights}) == 1


@pytest.mark.parametrize(
    ("locked", "final", "empty", "status"),
    [
        (True, None, False, "pass"),
        (True, "2026-12-01T00:00:00Z", False, "pass"),
        (False, None, False, "fail"),
        (False, None, True, "not_applicable"),
    ],
)
def test_a_vault_with_copies_must_be_locked(locked, final, empty, status):
    lock = Strict(VaultLock, locked=locked, final_from=final, min_days=None)
    content = Strict(VaultContent, empty=empty)
    assert vault_is_locked.judge(lock, content, as_of=AS_OF).status == status


@pytest.mark.parametrize(
    ("completed", "status"),
    [("2026-11-01T00:00:00Z", "pass"), ("2025-11-01T00:00:00Z", "fail"), (None, "unknown")],
)
def test_a_restore_that_nobody_remembers_is_neither_done_nor_undone(completed, status):
    times = {"completed": completed, "minutes": 90, "copy_minutes": 60}
    last = None if completed is None else Strict(LastRestore, **times)
    assert vault_was_restored_from.judge(FULL, last, as_of=AS_OF).status == status
