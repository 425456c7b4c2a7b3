from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from checks.load import Catalogue
from checks.status_line import ProvisionState
from evidence import records
from evidence.drift import Change
from evidence.model import Status, Unit
from evidence.store import Store
from nightledger.reports import ReportError, build
from nightledger.reports.changes import STILL_UNSEEN, WORDS
from nightledger.reports.lines import Standing
from nightledger.reports.model import Report
from tests.nightledger.reports import estate


def report_of(store: Store, *nights: estate.Night, **options: object) -> Report:
    run = [estate.keep(store, night) for night in nights][-1]
    return build(store, run, estate.CATALOGUE, organisation="St. Example", **options)  # type: ignore[arg-type]


def waive(store: Store, until: date, at: str = "2026-11-20T12:00:00+00:00") -> None:
    subject = records.OnResource(estate.bucket("letters").uid)
    request = records.WaiverRequest(
        "bucket-encrypted", subject, "moves to the new archive in December", "Dr. Grey", "storage team", until
    )
    records.grant(store, request, at=datetime.fromisoformat(at), zone=UTC)


def test_counts_findings_by_standing(store: Store) -> None:
    report = report_of(store, estate.first_night())

    assert report.totals == {
        Standing.FAIL: 1,
        Standing.WAIVED: 0,
        Standing.UNKNOWN: 0,
        Standing.PASS: 4,
        Standing.NOT_APPLICABLE: 1,
    }
    assert report.alarms == ()
    assert report.organisation == "St. Example"


def test_the_first_run_has_nothing_to_be_compared_with(store: Store) -> None:
    changes = report_of(store, estate.first_night()).changes

    assert changes.before is None
    assert changes.groups == ()


def test_a_second_run_names_what_got_worse_and_what_was_lost_from_sight(store: Store) -> None:
    report = report_of(store, estate.first_night(), estate.second_night())

    groups = {group.change: group for group in report.changes.groups}
    assert report.changes.before is not None
    assert report.changes.before.started == "2026-11-20T02:00:00Z"
    assert [line.name for line in groups["regressed"].lines] == ["bob"]
    assert groups["regressed"].urgent
    assert [line.name for line in groups["blind_spot"].lines] == ["scans"]
    assert "fixed" not in groups


def test_what_was_out_of_sight_before_is_a_reminder_and_no_change(store: Store) -> None:
    report = report_of(store, estate.first_night(), estate.second_night(), estate.second_night("2026-11-22"))

    assert [(group.change, group.reminder) for group in report.changes.groups] == [
        ("still_unseen", True),
        ("still_failing", True),
    ]


def test_a_refused_permission_is_named_with_what_it_hides(store: Store) -> None:
    unseen = report_of(store, estate.second_night()).unseen

    assert [(gap.permission, gap.targets) for gap in unseen.permissions] == [
        ("s3:GetEncryptionConfiguration", (estate.ACCOUNT,))
    ]
    (group,) = unseen.unknown
    assert (group.reason, group.need, group.findings) == ("denied", "s3:GetEncryptionConfiguration", 1)
    assert group.names == ("scans",)


def test_a_run_that_was_refused_everywhere_says_that_it_saw_nothing(store: Store) -> None:
    report = report_of(store, estate.blind_night())

    assert report.alarms[0].grave
    assert report.alarms[0].sentence.startswith("This run saw nothing.")
    assert {gap.why for gap in report.unseen.scopes} == {
        "denied, needs s3:ListAllMyBuckets",
        "denied, needs iam:ListUsers",
    }
    assert not any(line.state is ProvisionState.EVIDENCED for line in report.provisions)


def test_a_run_over_empty_places_is_not_called_blind(store: Store) -> None:
    day = "2026-11-20"
    report = report_of(store, estate.Night(day, [(estate.listed(estate.BUCKETS, day, {}), [])]))

    assert report.alarms[0].grave
    assert "found nothing to look at" in report.alarms[0].sentence


def test_what_is_only_remembered_counts_as_unknown(store: Store) -> None:
    report = report_of(store, estate.first_night(), estate.blind_night())

    assert report.totals[Standing.PASS] == 0
    assert report.totals[Standing.FAIL] == 0
    assert report.unseen.remembered == 6
    remembered = next(
        line for line in report.findings if line.name == "letters" and line.check == "bucket-encrypted"
    )
    assert remembered.sentence == (
        "not seen in this run; last known: fail, objects are not encrypted by default"
    )


def test_an_interrupted_run_says_how_much_was_left_undone(store: Store) -> None:
    first = estate.first_night()
    report = report_of(store, estate.Night(first.day, first.results[:1], [estate.USERS], "interrupted"))

    assert "1 of its 2 planned units" in report.alarms[0].sentence
    (gap,) = report.unseen.scopes
    assert (gap.kind, gap.status.value, gap.places) == ("aws.iam.user", "not_attempted", (estate.ACCOUNT,))


def test_an_open_run_has_no_report(store: Store) -> None:
    run = store.begin_run(
        trigger="test",
        started="2026-11-20T02:00:00Z",
        tool="t",
        selection={},
        checks={},
        planned=[Unit("a", "b", "c")],
    )

    with pytest.raises(ReportError, match=f"run {run} has not ended"):
        build(store, run, estate.CATALOGUE)


def test_provisions_stand_where_the_checks_put_them(store: Store) -> None:
    lines = {line.id: line for line in report_of(store, estate.first_night()).provisions}

    encryption = lines["164.312(a)(2)(iv)"]
    assert encryption.state is ProvisionState.FAILING
    assert (encryption.direct.passing, encryption.direct.asked) == (1, 2)
    assert encryption.direct.population == "2 aws.s3.bucket"
    assert [link.check for link in encryption.links] == ["bucket-encrypted"]
    assert lines["164.312(d)"].state is ProvisionState.EVIDENCED
    assert lines["164.312(c)(1)"].state is ProvisionState.PARTLY_EVIDENCED
    assert lines["164.310(a)(1)"].state is ProvisionState.NOT_COVERED
    assert lines["164.310(a)(1)"].left_to_people


def test_every_safeguard_has_a_line(store: Store) -> None:
    ids = [line.id for line in report_of(store, estate.first_night()).provisions]

    assert sum(id_.startswith("164.310") for id_ in ids) == 12
    assert sum(id_.startswith("164.312") for id_ in ids) == 12


def test_a_waiver_moves_a_failure_aside_without_hiding_it(store: Store) -> None:
    waive(store, date(2026, 12, 1))
    report = report_of(store, estate.first_night("2026-11-21"))

    assert report.totals[Standing.WAIVED] == 1
    assert report.totals[Standing.FAIL] == 0
    (waiver,) = report.waivers
    assert (waiver.standing, waiver.covers, waiver.subject) == ("expiring", 1, "letters")
    lines = {line.id: line for line in report.provisions}
    assert lines["164.312(a)(2)(iv)"].state is not ProvisionState.EVIDENCED
    assert lines["164.312(a)(2)(iv)"].direct.waived == 1


def test_a_waiver_that_is_over_lets_the_failure_count_again(store: Store) -> None:
    waive(store, date(2026, 11, 20))
    report = report_of(store, estate.first_night("2026-11-21"))

    assert report.totals[Standing.FAIL] == 1
    assert [waiver.standing for waiver in report.waivers] == ["expired"]


def test_a_waiver_granted_in_the_morning_shows_in_the_report_of_the_night(store: Store) -> None:
    run = estate.keep(store, estate.first_night())
    waive(store, date(2027, 6, 1), at="2026-11-20T09:00:00+00:00")
    report = build(store, run, estate.CATALOGUE)

    assert report.as_of == "2026-11-20T09:00:00Z"
    assert [waiver.standing for waiver in report.waivers] == ["in force"]
    assert report.totals[Standing.WAIVED] == 1


def test_a_waiver_granted_after_the_next_run_does_not_reach_back(store: Store) -> None:
    run = estate.keep(store, estate.first_night())
    estate.keep(store, estate.second_night())
    waive(store, date(2027, 6, 1), at="2026-11-21T09:00:00+00:00")
    report = build(store, run, estate.CATALOGUE)

    assert report.as_of == "2026-11-20T02:05:00Z"
    assert report.waivers == ()
    assert report.totals[Standing.FAIL] == 1


def test_waivers_can_be_read_as_of_any_instant(store: Store) -> None:
    run = estate.keep(store, estate.first_night())
    waive(store, date(2026, 11, 25), at="2026-11-20T09:00:00+00:00")
    report = build(store, run, estate.CATALOGUE, as_of=datetime(2026, 12, 24, tzinfo=UTC))

    assert [waiver.standing for waiver in report.waivers] == ["expired"]
    assert report.totals[Standing.FAIL] == 1


def test_checks_left_out_are_named_with_the_reason_and_keep_the_provision_from_being_evidenced(
    store: Store,
) -> None:
    first = estate.first_night()
    (buckets, said), users = first.results
    kept = [finding for finding in said if finding.check != "bucket-encrypted"]
    asked = [id_ for id_ in estate.CHECKS if id_ != "bucket-encrypted"]
    reason = "the archive is encrypted by its vendor"
    night = estate.Night(
        first.day,
        [(buckets, kept), users],
        checks=asked,
        selection={
            "excluded": {"bucket-encrypted": reason},
            "policy": {"user-has-mfa": "as the policy says"},
        },
    )
    report = report_of(store, night)

    assert [(line.check, line.choice, line.reason) for line in report.choices] == [
        ("bucket-encrypted", "left out", reason),
        ("user-has-mfa", "asked with the organisation's own values", "as the policy says"),
    ]
    encryption = next(line for line in report.provisions if line.id == "164.312(a)(2)(iv)")
    assert encryption.state is ProvisionState.NOT_COVERED
    assert "bucket-encrypted was not asked of aws.s3.bucket" in encryption.gaps


def test_a_run_that_could_list_but_read_nothing_says_so(store: Store) -> None:
    day, bare = "2026-11-20", estate.bucket("bare")
    result = estate.listed(estate.BUCKETS, day, {bare: estate.DENIED})
    unknown = estate.said(estate.ENCRYPTED, bare, Status.UNKNOWN, "could not read", estate.DENIED)
    report = report_of(store, estate.Night(day, [(result, [unknown])]))

    assert report.alarms[0].grave
    assert "read nothing about them" in report.alarms[0].sentence


class OnlyUsers:
    def holds(self, uid: str) -> bool:
        return ":user/" in uid

    def __str__(self) -> str:
        return "limited to 2 of 4 resources that hold ePHI"


def test_a_limited_report_counts_only_those_resources_and_names_the_denominator(store: Store) -> None:
    report = report_of(store, estate.first_night(), limit=OnlyUsers())

    assert report.totals[Standing.PASS] == 2
    assert report.totals[Standing.FAIL] == 0
    assert {line.kind for line in report.findings} == {"aws.iam.user"}
    assert report.denominator.startswith("This report is limited to 2 of 4 resources that hold ePHI:")


def test_every_class_of_change_has_words() -> None:
    assert set(WORDS) == {*Change, STILL_UNSEEN}


def test_an_on_demand_run_says_that_it_asked_only_a_part(store: Store) -> None:
    first = estate.first_night()
    part = estate.Night(first.day, first.results[1:], series="part: user-has-mfa", checks=["user-has-mfa"])
    report = report_of(store, estate.first_night("2026-11-19"), part)

    assert any("only a part" in alarm.sentence for alarm in report.alarms)
    assert report.changes.before is None
    assert [point.run for point in report.trend] == [2]


def test_a_check_that_this_version_lost_is_named(store: Store) -> None:
    run = estate.keep(store, estate.first_night())
    rest = {id_: check for id_, check in estate.CHECKS.items() if id_ != "user-has-mfa"}
    report = build(store, run, Catalogue(rest, {}))

    assert any("user-has-mfa" in alarm.sentence for alarm in report.alarms)
    assert [line.known for line in report.checks] == [True, True, False]
    assert len(report.findings) == 6


def test_the_trend_counts_each_night_as_it_saw(store: Store) -> None:
    report = report_of(store, estate.first_night(), estate.second_night(), estate.blind_night())

    assert [(p.passed, p.failed, p.unknown, p.not_applicable, p.unseen_scopes) for p in report.trend] == [
        (4, 1, 0, 1, 0),
        (2, 2, 1, 1, 0),
        (0, 0, 7, 0, 2),
    ]


def test_the_trend_agrees_with_the_findings_of_its_run(store: Store) -> None:
    report = report_of(store, estate.first_night(), estate.blind_night())
    last = report.trend[-1]

    assert last.passed == report.totals[Standing.PASS]
    assert last.unknown == report.totals[Standing.UNKNOWN]


def test_coverage_counts_scopes_and_facts(store: Store) -> None:
    lines = {line.kind: line for line in report_of(store, estate.second_night()).coverage}

    buckets = lines["aws.s3.bucket"]
    assert (buckets.listed, buckets.scopes, buckets.complete) == (2, 1, 1)
    assert (buckets.facts_read, buckets.facts_missing) == (1, 1)


def test_the_seal_names_the_root_the_key_and_the_newest_checkpoint(store: Store) -> None:
    run = estate.keep(store, estate.first_night())
    report = build(store, run, estate.CATALOGUE)

    assert report.seal.root == store.run(run).root
    assert report.seal.fingerprint == store.log.keys.signer().public_key.fingerprint
    assert store.log.keys.signer().public_key.open(report.seal.note).size > report.seal.ledger_index
    assert report.seal.anchors == ()


def test_the_same_store_gives_the_same_report(store: Store) -> None:
    report = report_of(store, estate.first_night(), estate.second_night())

    assert build(store, 2, estate.CATALOGUE, organisation="St. Example") == report
