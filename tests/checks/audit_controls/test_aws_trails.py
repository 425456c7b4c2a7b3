from __future__ import annotations

import pytest

from checks.audit_controls import aws_trails
from evidence.facts.aws import ObjectLock
from tests.checks.strict import Strict


@pytest.mark.parametrize(
    ("mode", "said"),
    [("GOVERNANCE", "those with the right to it can lift"), ("COMPLIANCE", "nobody can lift")],
)
def test_a_lock_passes_with_a_word_on_who_can_lift_it(mode, said):
    lock = Strict(ObjectLock, enabled=True, default_mode=mode, default_days=7)
    verdict = aws_trails.trail_files_are_locked.judge(lock)
    assert verdict.status == "pass"
    assert said in verdict.sentence
