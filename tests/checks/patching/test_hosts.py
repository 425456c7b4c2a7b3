from __future__ import annotations

from datetime import date

import pytest

from checks.patching.hosts import (
    kernel_is_current,
    package_lists_are_fresh,
    security_updates_are_installed,
    updates_are_automatic,
)
from evidence.facts.host_packages import (
    Kernel,
    PackageLists,
    PendingUpdates,
    Release,
    UpdateAutomation,
    UpdateRuns,
)
from evidence.facts.hosts import Machine
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


def lists(
    fresh: str | None = None,
    *,
    count: int = 3,
    security: bool = True,
    of: tuple[str, ...] = (),
    **given: str,
) -> PackageLists:
    others = {"expires_on": None, "extended_on": None, "fetched_on": None, **given}
    return PackageLists(count=count, security=security, of=list(of), fresh_on=fresh, **others)


def release(
    os: str = "debian", version: str = "13", *, codename: str = "", held_at: str = "", **ends: str
) -> Release:
    known = dict.fromkeys(("support_end", "standard_end", "long_term_end", "extended_end"))
    return Release(os=os, version=version, codename=codename, held_at=held_at, **{**known, **ends})


FRESH = lists("2026-11-20")
STALE = lists("2026-10-01")
STALE_BUT_OTHERS_CAME = lists("2026-10-01", fetched_on="2026-11-21")
EXPIRED = lists("2026-11-15", expires_on="2026-11-20", fetched_on="2026-11-21")
UNDATED = lists()
INSECURE = lists(security=False)
EMPTY = lists(count=0, security=False)
SUBSCRIBED = lists("2023-05-30", extended_on="2026-11-20")
STOPPED = lists("2023-05-30", extended_on="2026-10-01", fetched_on="2026-11-21")


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
        (pending(), STALE_BUT_OTHERS_CAME, Status.UNKNOWN),
        (pending(), EXPIRED, Status.UNKNOWN),
    ],
)
def test_no_update_counts_as_missing_or_installed_by_lists_that_say_nothing(updates, lists, expected):
    assert security_updates_are_installed.judge(release(), updates, lists, as_of=TODAY).status is expected


def updates(release: Release, lists: PackageLists = FRESH, as_of: date = TODAY, **policy: tuple[str, ...]):
    """What the check says where no update is pending."""
    early = security_updates_are_installed.first(release, lists, as_of, **policy)
    return early or security_updates_are_installed.judge(release, pending(), lists, as_of=as_of, **policy)


ALMA = release("almalinux", "9.4", support_end="2032-05-31")
BIONIC = release("ubuntu", "18.04", standard_end="2023-05-31", extended_end="2028-04-26")


@pytest.mark.parametrize(
    ("release", "lists", "expected"),
    [
        (release("debian", "10"), FRESH, Status.FAIL),
        (release("debian", "10", standard_end="2022-09-10"), FRESH, Status.FAIL),
        (release("debian", "12", standard_end="2026-07-11"), FRESH, Status.PASS),
        (release("debian", "14", standard_end="2030-07-01"), FRESH, Status.PASS),
        (release("debian", "14", standard_end="2026-07-01"), FRESH, Status.UNKNOWN),
        (release("debian", ""), FRESH, Status.UNKNOWN),
        (release("ubuntu", "18.04"), lists("2023-05-30"), Status.FAIL),
        (BIONIC, lists("2023-05-30"), Status.FAIL),
        (BIONIC, SUBSCRIBED, Status.PASS),
        (BIONIC, STOPPED, Status.UNKNOWN),
        (release("ubuntu", "16.04"), SUBSCRIBED, Status.FAIL),
        (release("ubuntu", "24.04"), lists("2026-11-20", extended_on="2024-05-01"), Status.PASS),
        (release("centos", "7"), EMPTY, Status.FAIL),
        (release("alpine", "3.20.3"), EMPTY, Status.FAIL),
        (release("rocky", "9.4"), FRESH, Status.PASS),
        (release("sles", "15.6"), FRESH, Status.FAIL),
        (release("sles", "15.9"), FRESH, Status.UNKNOWN),
        (release("linuxmint", "22"), FRESH, Status.UNKNOWN),
        (ALMA, FRESH, Status.PASS),
        (Release(**{**ALMA, "support_end": "2026-01-01"}), FRESH, Status.UNKNOWN),
        (release("fedora", "60", support_end="2026-01-01"), FRESH, Status.FAIL),
        (Release(**{**ALMA, "held_at": "9"}), FRESH, Status.PASS),
        (Release(**{**ALMA, "held_at": "9.2"}), FRESH, Status.UNKNOWN),
        (release("rhel", "9.2", held_at="9.2"), FRESH, Status.UNKNOWN),
        (release("rhel", "9.4", held_at="?"), FRESH, Status.UNKNOWN),
        (release("rhel", "9.4"), FRESH, Status.PASS),
        (release("amzn", "2023"), FRESH, Status.UNKNOWN),
        (release(codename="trixie"), lists("2026-11-20", of=("trixie",)), Status.PASS),
        (release(codename="trixie"), lists("2026-11-20", of=("bookworm", "trixie")), Status.PASS),
        (release(codename="trixie"), lists("2026-11-20", of=("bookworm",)), Status.UNKNOWN),
        (release("amzn", "2023", held_at="latest"), FRESH, Status.PASS),
    ],
)
def test_a_release_past_its_end_offers_no_update_and_one_whose_end_is_unknown_settles_nothing(
    release, lists, expected
):
    assert updates(release, lists).status is expected


def test_the_sentence_names_the_last_day_with_updates_and_the_day_itself_still_has_them():
    buster = release("debian", "10", long_term_end="2024-06-30")
    assert (
        updates(buster).sentence == "no security updates have been published for debian 10 since 2024-06-30"
    )
    assert updates(buster, lists("2024-06-29"), date(2024, 6, 30)).status is Status.PASS


def test_what_the_organisation_knows_of_a_release_comes_first():
    buster = release("debian", "10")
    assert updates(buster, maintained=("debian 10",)).status is Status.PASS
    assert updates(release(), ended=("debian 13",)).status is Status.FAIL


def test_a_passing_sentence_does_not_change_from_night_to_night():
    newer = lists("2026-11-21")
    nights = [(FRESH, TODAY), (newer, date(2026, 11, 23))]
    for check, facts in (
        (security_updates_are_installed, (release(), pending())),
        (package_lists_are_fresh, (DEBIAN, release())),
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
        (DEBIAN, STALE_BUT_OTHERS_CAME, Status.UNKNOWN),
        (DEBIAN, EXPIRED, Status.FAIL),
        (ROCKY, EMPTY, Status.UNKNOWN),
    ],
)
def test_the_lists_must_be_fresh(machine, lists, expected):
    assert package_lists_are_fresh.judge(machine, release(), lists, as_of=TODAY).status is expected


@pytest.mark.parametrize(("lists", "expected"), [(SUBSCRIBED, Status.PASS), (STOPPED, Status.UNKNOWN)])
def test_of_a_release_past_its_end_the_lists_for_subscribers_must_be_fresh(lists, expected):
    assert package_lists_are_fresh.judge(DEBIAN, BIONIC, lists, as_of=TODAY).status is expected


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
