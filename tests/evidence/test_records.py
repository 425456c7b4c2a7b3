from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from evidence.records import (
    OnResource,
    OnScope,
    RecordRefused,
    WaiverRequest,
    active,
    end_of_day,
    grant,
    revoke,
    waived,
    waivers,
)
from evidence.store import Store

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
REQUEST = WaiverRequest(
    check="aws-s3-bucket-encrypted",
    subject=OnResource("arn:aws:s3:::old-scans"),
    reason="replaced by the new archive in January, see ticket 4711",
    approver="Ada Byron",
    owner="Imaging team",
    until=date(2027, 1, 31),
)


@dataclass(frozen=True)
class Judged:
    check: str = REQUEST.check
    uid: str = "arn:aws:s3:::old-scans"
    target: str = "aws/111122223333"
    part: str = "us-east-1"


@pytest.fixture
def store(tmp_path):
    with Store.open(str(tmp_path / "store.db"), keys=tmp_path / "keys") as opened:
        yield opened


def test_a_waiver_holds_from_its_grant_to_the_end_of_its_day_in_the_organisations_zone(store):
    waiver = grant(store, REQUEST, at=NOON, zone=BERLIN)
    midnight_in_berlin = datetime(2027, 1, 31, 23, tzinfo=UTC)
    assert waiver.expires == midnight_in_berlin
    assert waiver.in_force(NOON)
    assert waiver.in_force(midnight_in_berlin.replace(hour=22, minute=59))
    assert not waiver.in_force(midnight_in_berlin)
    assert not waiver.in_force(NOON.replace(hour=11))


@pytest.mark.parametrize(
    ("day", "zone", "instant"),
    [
        (date(2026, 7, 1), "Europe/Berlin", datetime(2026, 7, 1, 22, tzinfo=UTC)),
        (date(2026, 10, 25), "Europe/Berlin", datetime(2026, 10, 25, 23, tzinfo=UTC)),
        (date(2026, 12, 31), "America/New_York", datetime(2027, 1, 1, 5, tzinfo=UTC)),
        (date(2026, 12, 31), "Pacific/Kiritimati", datetime(2026, 12, 31, 10, tzinfo=UTC)),
    ],
)
def test_the_end_of_a_day_is_an_instant_of_its_zone(day, zone, instant):
    assert end_of_day(day, ZoneInfo(zone)) == instant


def test_waivers_are_ledger_events_and_survive_reopening(store, tmp_path):
    waiver = grant(store, REQUEST, at=NOON, zone=BERLIN)
    with Store.open(str(tmp_path / "store.db"), keys=tmp_path / "keys") as again:
        assert active(again, NOON) == [waiver]
        events = [event for _, event in again.events("nightledger.waiver-granted/1")]
    assert events[0]["expires"] == "2027-01-31T23:00:00Z"
    assert events[0]["approver"] == "Ada Byron"


def test_a_revocation_is_a_new_event_and_the_grant_stays_as_it_was(store):
    waiver = grant(store, REQUEST, at=NOON, zone=BERLIN)
    granted = list(store.events("nightledger.waiver-granted/1"))
    evening = NOON.replace(hour=18)
    revoke(store, waiver.id, reason="the bucket is encrypted since today", approver="Ada Byron", at=evening)
    assert list(store.events("nightledger.waiver-granted/1")) == granted
    assert active(store, evening) == []
    assert [w.id for w in active(store, evening.replace(hour=17))] == [waiver.id]
    assert waivers(store)[0].revoked == evening


def test_only_a_waiver_in_force_can_be_revoked(store):
    why = "it was never needed in the first place"
    with pytest.raises(RecordRefused, match="no waiver waiver-nope"):
        revoke(store, "waiver-nope", reason=why, approver="Ada", at=NOON)
    waiver = grant(store, REQUEST, at=NOON, zone=BERLIN)
    with pytest.raises(RecordRefused):
        revoke(store, waiver.id, reason=why, approver="Ada", at=datetime(2027, 2, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    "change",
    [
        {"reason": "too short"},
        {"reason": "x" + " " * 40},
        {"approver": " "},
        {"owner": ""},
        {"until": date(2026, 11, 21)},
    ],
)
def test_a_waiver_without_reason_names_or_future_is_refused_and_leaves_no_trace(store, change):
    with pytest.raises(RecordRefused) as caught:
        grant(store, replace(REQUEST, **change), at=NOON, zone=BERLIN)
    assert caught.value.exit_code == 2
    assert list(store.events("nightledger.waiver-granted/1")) == []


def test_a_waiver_until_today_holds_for_the_rest_of_today(store):
    assert grant(store, replace(REQUEST, until=date(2026, 11, 22)), at=NOON, zone=BERLIN).in_force(NOON)


def test_the_same_grant_twice_is_refused(store):
    grant(store, REQUEST, at=NOON, zone=BERLIN)
    with pytest.raises(RecordRefused, match="already"):
        grant(store, REQUEST, at=NOON, zone=BERLIN)


@pytest.mark.parametrize(
    ("subject", "finding", "covered"),
    [
        (OnResource("arn:aws:s3:::old-scans"), Judged(), True),
        (OnResource("arn:aws:s3:::old-scans"), Judged(uid="arn:aws:s3:::other"), False),
        (OnResource("arn:aws:s3:::old-scans"), Judged(check="aws-s3-bucket-versioning"), False),
        (OnScope("aws/111122223333"), Judged(), True),
        (OnScope("aws/111122223333", "us-east-1"), Judged(), True),
        (OnScope("aws/111122223333", "eu-west-1"), Judged(), False),
        (OnScope("aws/999999999999"), Judged(), False),
    ],
)
def test_a_waiver_covers_its_check_on_its_resource_or_in_its_scope_and_nothing_else(
    store, subject, finding, covered
):
    grant(store, replace(REQUEST, subject=subject), at=NOON, zone=BERLIN)
    (waiver,) = active(store, NOON)
    assert waiver.subject == subject
    said = waived([waiver], [finding])
    assert ((finding.check, finding.uid) in said) is covered
    assert not covered or "Ada Byron until 2027-01-31T23:00:00Z" in said[finding.check, finding.uid]
