"""What the tests of every later family share: seeded truth against verdicts, and one refused call at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.collectors.aws.look import fingerprint


def assert_true(cloud: Any, truth: Mapping[tuple[str, str], str]) -> None:
    """Every seeded verdict is the true one, and every check asked has one."""
    verdicts = cloud.verdicts(*{check for check, _ in truth})
    wrong = {
        place: (verdicts.get(place), want) for place, want in truth.items() if verdicts.get(place) != want
    }
    assert wrong == {}, wrong


def assert_refused(cloud: Any, operation: str, permission: str, checks: str) -> None:
    """The refused call leaves each check unknown somewhere, with the permission's name, and nothing wrongly judged."""
    before = {_place(finding): finding.status.value for finding in cloud.judge(checks.split())}
    cloud.front.refused = {operation: "AccessDenied"}
    findings = cloud.judge(checks.split())
    unknown = [finding for finding in findings if permission in finding.sentence]
    assert {finding.check for finding in unknown} == set(checks.split())
    assert {finding.status.value for finding in unknown} == {"unknown"}
    for finding in findings:
        assert finding.status.value in {"unknown", before.get(_place(finding), "unknown")}


def _place(finding: Any) -> tuple[str, str]:
    return finding.check, getattr(finding.subject, "uid", str(finding.subject))


def assert_empty(cloud: Any, checks: str) -> None:
    """Where there is nothing of a kind, the listing is said to have succeeded; nothing passes."""
    findings = cloud.judge(checks.split())
    assert {finding.check for finding in findings} == set(checks.split())
    assert {finding.status.value for finding in findings} == {"not_applicable"}


def assert_steady(cloud: Any, checks: str) -> None:
    """However many work at it, the facts are the same bytes, and a second look makes no new object."""
    first = cloud.poll(checks=checks.split(), workers=1)
    known = {name for result in first.values() for name in result.objects}
    for workers in (3, 16):
        again = cloud.poll(checks=checks.split(), workers=workers)
        assert fingerprint(again) == fingerprint(first)
        assert {name for result in again.values() for name in result.objects} <= known


def assert_only_reads(cloud: Any) -> None:
    """Everything asked since the counts were cleared reads and nothing else."""
    other = [entry for entry in cloud.front.seen if not _READ.search(entry)]
    assert other == [], other


_READ = re.compile(r"/[^.]+\.(batch_)?(describe|get|list)(_|$)")
