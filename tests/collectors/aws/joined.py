"""Judge derived kinds over a moto cloud by the run's own path: plan, poll, derive, judge."""

from __future__ import annotations

from typing import Any

from checks.load import all_checks
from evidence.model import Finding
from nightledger.run import PollSource, make_plan, run
from tests.collectors.aws.look import AS_OF


def findings(cloud: Any, checks: str) -> list[Finding]:
    """Every finding of these checks."""
    catalogue = all_checks()
    chosen = [catalogue.checks[name] for name in checks.split()]
    source = PollSource("aws", "test", cloud.source())
    plan = make_plan([source], {"aws": cloud.platform()}, catalogue, chosen, AS_OF)
    return [finding for judged in run(plan) for finding in judged.findings]


def statuses(cloud: Any, checks: str) -> dict[tuple[str, str], str]:
    """Each finding's status by check and resource or scope."""
    return {(one.check, _name(one)): one.status.value for one in findings(cloud, checks)}


def assert_unseen(cloud: Any, operation: str, permission: str, checks: str) -> None:
    """The refused call leaves each check unknown, naming the permission, and nothing wrongly judged."""
    before = statuses(cloud, checks)
    cloud.front.refused = {operation: "AccessDenied"}
    after = findings(cloud, checks)
    assert {one.check for one in after if permission in one.sentence} == set(checks.split())
    for one in after:
        assert one.status.value in {"unknown", before.get((one.check, _name(one)), "unknown")}


def _name(finding: Finding) -> str:
    return str(getattr(finding.subject, "name", finding.subject))
