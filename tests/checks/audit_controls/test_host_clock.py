from __future__ import annotations

import pytest

from checks.audit_controls.host_clock import clock_is_synchronised, clock_of_its_host
from evidence.facts.host_security import TimeSync
from evidence.facts.hosts import HostClock, Machine
from evidence.model import Status

METAL = Machine(
    os="debian", version="12", family="debian", kernel="6.1", architecture="x86_64", container="", virtual=False, systemd=True
)  # fmt: skip


@pytest.mark.parametrize(
    ("synchronised", "offset", "expected"),
    [(True, -2, Status.PASS), (True, 400, Status.FAIL), (False, 0, Status.FAIL)],
)
def test_the_clock_must_follow_a_source_and_agree_with_ours(synchronised, offset, expected):
    sync, clock = (
        TimeSync(tool="chrony", synchronised=synchronised),
        HostClock(uptime_seconds=1, offset_seconds=offset),
    )
    assert clock_is_synchronised.judge(METAL, sync, clock).status is expected


def test_a_container_has_the_clock_of_its_host():
    assert clock_of_its_host(METAL) is None
    assert clock_of_its_host(Machine(**{**METAL, "container": "docker"})).status is Status.NOT_APPLICABLE
