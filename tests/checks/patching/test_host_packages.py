from __future__ import annotations

from datetime import date

import pytest

from checks.patching.host_packages import no_legacy_server_is_installed, services_run_what_is_installed
from checks.patching.hosts import package_lists_are_fresh, security_updates_are_installed
from evidence.facts.host_packages import PendingUpdates
from evidence.facts.host_security import Inventory
from evidence.facts.hosts import Machine
from evidence.model import Status
from tests.checks.patching.test_hosts import lists, release

TODAY = date(2026, 11, 22)
ROCKY = Machine(
    os="rocky", version="9", family="redhat", kernel="5.14", architecture="x86_64", container="", virtual=False, systemd=True
)  # fmt: skip
NONE = PendingUpdates(security=[], other=[], held=[])


def test_old_code_that_still_runs_fails():
    assert services_run_what_is_installed.judge([]).status is Status.PASS
    assert services_run_what_is_installed.judge(["ssh.service"]).status is Status.FAIL


def test_an_unwanted_server_fails_by_its_whole_name():
    def installed(*rows: str) -> Inventory:
        return Inventory(count=len(rows), digest="sha256:x", packages=list(rows))

    assert no_legacy_server_is_installed.judge(installed("telnet 0.17 amd64")).status is Status.PASS
    assert no_legacy_server_is_installed.judge(installed("telnetd 0.17 amd64")).status is Status.FAIL


@pytest.mark.parametrize(
    ("given", "updates", "fresh"),
    [
        (lists("2026-11-20"), Status.PASS, Status.PASS),
        (lists("2026-11-20", security=False), Status.UNKNOWN, Status.UNKNOWN),
        (lists("2026-09-20"), Status.UNKNOWN, Status.UNKNOWN),
        (lists(count=0, security=False), Status.UNKNOWN, Status.UNKNOWN),
    ],
)
def test_lists_without_advisories_never_pass(given, updates, fresh):
    assert security_updates_are_installed.judge(release(), NONE, given, as_of=TODAY).status is updates
    assert package_lists_are_fresh.judge(ROCKY, release(), given, as_of=TODAY).status is fresh
