from __future__ import annotations

from datetime import date

import pytest

from checks.patching.hosts import (
    kernel_is_current,
    package_lists_are_fresh,
    security_updates_are_installed,
    updates_are_automatic,
)
from evidence.facts.hosts import (
    Kernel,
    Machine,
    PackageLists,
    PendingUpdates,
    UpdateAutomation,
    UpdateRuns,
)
from evidence.model import Status

TODAY = date(2026, 11, 22)
DEBIAN = Machine(
    os="debian",
    version="12",
    family="debian",
    kernel="6.1.0-18-amd64",
    architecture="x86_64",
    container="",
    virtual=False,
    systemd=True,
)
ROCKY = Machine(**{**DEBIAN, "os": "rocky", "family": "redhat"})
ALPINE = Machine(**{**DEBIAN, "os": "alpine", "family": "alpine"})
FRESH = PackageLists(count=3, security=True, fresh_on="2026-11-20")
STALE = PackageLists(count=3, security=True, fresh_on="2026-10-01")
UNDATED = PackageLists(count=3, security=True, fresh_on=None)
INSECURE = PackageLists(count=3, security=False, fresh_on=None)
EMPTY = PackageLists(count=0, security=False, fresh_on=None)


def pending(*security: str, held: tuple[str, ...] = ()) -> PendingUpdates:
    return PendingUpdates(security=list(security), other=["tzdata"], held=list(held))


@pytest.mark.parametrize(
    ("updates", "lists", "expected"),
    [
        (pending(), FRESH, Status.PASS),
        (pending("openssl"), FRESH, Status.FAIL),
        (pending("openssl"), STALE, Status.FAIL),
        (pending(held=("linux-image-amd64",)), FRESH, Status.UNKNOWN),
        (pending(), STALE, Status.UNKNOWN),
        (pending(), UNDATED, Status.UNKNOWN),
        (pending(), INSECURE, Status.UNKNOWN),
        (pending(), EMPTY, Status.UNKNOWN),
    ],
)
def test_no_update_counts_as_missing_or_installed_by_lists_that_say_nothing(updates, lists, expected):
    assert security_updates_are_installed.judge(updates, lists, as_of=TODAY).status is expected


def test_a_passing_sentence_does_not_change_from_night_to_night():
    newer = PackageLists(count=3, security=True, fresh_on="2026-11-21")
    nights = [(FRESH, TODAY), (newer, date(2026, 11, 23))]
    for check, facts in (
        (security_updates_are_installed, (pending(),)),
        (package_lists_are_fresh, (DEBIAN,)),
    ):
        assert len({check.judge(*facts, lists, as_of=day).sentence for lists, day in nights}) == 1


@pytest.mark.parametrize(
    ("machine", "lists", "expected"),
    [
        (DEBIAN, FRESH, Status.PASS),
        (DEBIAN, STALE, Status.FAIL),
        (DEBIAN, UNDATED, Status.UNKNOWN),
        (DEBIAN, INSECURE, Status.FAIL),
        (DEBIAN, EMPTY, Status.FAIL),
        (ROCKY, EMPTY, Status.UNKNOWN),
    ],
)
def test_the_lists_must_be_fresh(machine, lists, expected):
    assert package_lists_are_fresh.judge(machine, lists, as_of=TODAY).status is expected


def automation(tool: str = "unattended-upgrades", *, configured: bool = True, scheduled: bool | None = True):
    return UpdateAutomation(tool=tool, configured=configured, scheduled=scheduled)


@pytest.mark.parametrize(
    ("machine", "told", "ran", "expected"),
    [
        (DEBIAN, automation(), "2026-11-21", Status.PASS),
        (DEBIAN, automation(scheduled=None), "2026-11-21", Status.PASS),
        (DEBIAN, automation(), "2026-11-01", Status.FAIL),
        (DEBIAN, automation(), None, Status.UNKNOWN),
        (DEBIAN, automation(scheduled=False), "2026-11-21", Status.FAIL),
        (DEBIAN, automation(configured=False), "2026-11-21", Status.FAIL),
        (DEBIAN, automation("", configured=False), None, Status.FAIL),
        (ROCKY, automation("dnf-automatic"), None, Status.UNKNOWN),
        (ALPINE, automation("", configured=False), None, Status.UNKNOWN),
    ],
)
def test_automatic_updates_must_be_told_to_run_and_have_run(machine, told, ran, expected):
    verdict = updates_are_automatic.judge(machine, told, UpdateRuns(upgraded_on=ran), as_of=TODAY)
    assert verdict.status is expected


@pytest.mark.parametrize(
    ("machine", "newest", "reboot", "expected"),
    [
        (DEBIAN, "6.1.0-18-amd64", False, Status.PASS),
        (DEBIAN, "6.1.0-18-amd64", True, Status.FAIL),
        (DEBIAN, "6.1.0-20-amd64", False, Status.FAIL),
        (DEBIAN, "", False, Status.UNKNOWN),
        (DEBIAN, "", True, Status.FAIL),
        (Machine(**{**DEBIAN, "container": "docker"}), "", False, Status.NOT_APPLICABLE),
    ],
)
def test_the_newest_installed_kernel_must_run(machine, newest, reboot, expected):
    kernel = Kernel(running="6.1.0-18-amd64", newest=newest, reboot_required=reboot)
    assert kernel_is_current.judge(machine, kernel).status is expected
