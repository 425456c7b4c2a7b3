from __future__ import annotations

from datetime import date

import pytest

from checks.patching import aws
from evidence.facts.aws import InstanceState, ManagedInstance, PatchScan
from tests.checks.strict import Strict

NIGHT = date(2026, 11, 22)
RUNNING = Strict(InstanceState, name="running")
STOPPED = Strict(InstanceState, name="stopped")


def scan(**other):
    given = {"missing": 0, "failed": 0, "pending_reboot": 0, "critical": 0, "security": 0}
    return Strict(PatchScan, **{**given, "ended": "2026-11-21T02:00:00Z", **other})


@pytest.mark.parametrize(
    ("ping", "status"), [("Online", "pass"), ("ConnectionLost", "fail"), ("Inactive", "fail")]
)
def test_an_instance_passes_while_systems_manager_reaches_it(ping, status):
    assert (
        aws.instance_is_managed.judge(RUNNING, Strict(ManagedInstance, ping=ping, platform="Linux")).status
        == status
    )


def test_an_instance_systems_manager_does_not_know_fails_and_a_stopped_one_does_not_apply():
    assert aws.instance_is_managed.judge(RUNNING, None).status == "fail"
    assert aws.instance_is_managed.judge(STOPPED, None).status == "not_applicable"


@pytest.mark.parametrize("count", ["missing", "failed", "pending_reboot", "critical", "security"])
def test_each_count_above_zero_fails(count):
    assert aws.instance_is_patched.judge(RUNNING, scan(**{count: 1}), as_of=NIGHT).status == "fail"


def test_an_instance_with_nothing_missing_in_a_fresh_scan_passes():
    assert aws.instance_is_patched.judge(RUNNING, scan(), as_of=NIGHT).status == "pass"


@pytest.mark.parametrize("held", [None, scan(ended=""), scan(ended="2026-11-14T23:59:59Z")])
def test_without_a_fresh_scan_nothing_is_claimed(held):
    assert aws.instance_is_patched.judge(RUNNING, held, as_of=NIGHT).status == "unknown"


def test_a_stopped_instance_does_not_apply():
    assert aws.instance_is_patched.judge(STOPPED, scan(missing=3), as_of=NIGHT).status == "not_applicable"
