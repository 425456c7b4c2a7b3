from __future__ import annotations

import random

import pytest

from tests.collectors.aws.look import Cloud

pytestmark = pytest.mark.server("moto")

AT_ONCE = 18
# What opens the account and lists its regions is refused in tests of its own.
NEVER = {"sts.get_caller_identity", "ec2.describe_regions"}


def told(cloud: Cloud):
    return {(f.check, getattr(f.subject, "uid", str(f.subject))): f for f in cloud.judge()}


def operations(cloud: Cloud) -> list[str]:
    return sorted({call.operation for result in cloud.poll(workers=32).values() for call in result.calls})


def groups(names: list[str]) -> list[list[str]]:
    shuffled = random.Random(20261122).sample(names, len(names))
    return [shuffled[start : start + AT_ONCE] for start in range(0, len(shuffled), AT_ONCE)]


def test_whatever_eighteen_operations_are_refused_no_verdict_is_wrong_and_no_check_is_silent(everything):
    calm = told(everything)
    names = [name for name in operations(everything) if name not in NEVER]
    assert len(names) > 5 * AT_ONCE
    known = {f.sentence for f in calm.values() if f.status.value == "unknown"}
    for refused in groups(names):
        everything.front.clear()
        everything.front.refused = {name: code_for(name) for name in refused}
        found = told(everything)
        assert {check for check, _ in found} == {check for check, _ in calm}, refused
        assert [wrong for key, now in found.items() if (wrong := contradiction(calm, key, now))] == []
        assert unknowns(found) > unknowns(calm), refused
        unnamed = {f.sentence for f in found.values() if f.status.value == "unknown" and not names_a_need(f)}
        assert unnamed <= known, refused


def unknowns(findings) -> int:
    return sum(finding.status.value == "unknown" for finding in findings.values())


def code_for(operation: str) -> str:
    return "UnauthorizedOperation" if operation.startswith("ec2.") else "AccessDenied"


def contradiction(calm, key, now) -> str:
    then = calm.get(key)
    if now.status.value == "unknown" or (then is not None and then.status is now.status):
        return ""
    return f"{key}: {then and then.status} became {now.status}: {now.sentence}"


def names_a_need(finding) -> bool:
    needs = [missing.need for _, missing in finding.missing]
    return any(":" in need for need in needs) or "needs " in finding.sentence
