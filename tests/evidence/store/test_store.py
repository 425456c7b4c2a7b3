from __future__ import annotations

import math
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from evidence.canonical import NotCanonical, canonical, digest
from evidence.model import Missing, Reason, Scope, ScopeStatus, Status
from evidence.store import NotFound, Store, StoreBusy, StoreError, UnitState
from tests.evidence.estate import (
    CHECKS,
    OTHER,
    UNIT,
    begin,
    coverage,
    findings,
    judged,
    night,
    observed,
    resource,
    result,
)

PARTIAL, FAILED, COMPLETE = ScopeStatus.PARTIAL, ScopeStatus.FAILED, ScopeStatus.COMPLETE
GONE_DARK = [ScopeStatus.PARTIAL, ScopeStatus.FAILED, ScopeStatus.NOT_ATTEMPTED, ScopeStatus.NOT_APPLICABLE]


def names(store: Store, run: int) -> set[str]:
    return {row.resource.name for row in store.observations(run)}


def said(store: Store, run: int) -> set[tuple[str, str, Status, bool]]:
    return {(row.name, row.check, row.status, row.seen) for row in store.findings(run)}


def count(store: Store, table: str) -> int:
    return store.backend.query(f"SELECT count(*) FROM {table}")[0][0]


def test_what_was_observed_is_read_back_as_it_was(store):
    denied = Missing(Reason.DENIED, "s3:GetEncryptionConfiguration", "policy says no")
    night(store, result([observed("records", encryption=denied, region=None, size=3)]))
    (row,) = store.observations(1)
    assert row.resource == resource("records")
    assert row.facts == {"encryption": denied, "region": None, "size": 3}
    assert row.seen
    assert row.since_run == 1


def test_a_finding_is_read_back_with_what_it_could_not_read(store):
    gave = result([observed("records")])
    missing = (("encryption", Missing(Reason.TIMEOUT, detail="30 s")),)
    unknown = replace(judged(resource("records"), Status.UNKNOWN), missing=missing)
    night(store, gave, said=[unknown])
    (row,) = store.findings(1)
    assert (row.check, row.status, row.sentence) == ("encrypted", Status.UNKNOWN, "the answer is unknown")
    assert (row.missing, row.facts, row.uid) == (missing, ("encryption",), "arn:aws:s3:::records")


def test_a_thousand_observations_each_come_with_their_own_facts(store):
    many = [observed(f"bucket-{n:04}", number=n) for n in range(1_001)]
    night(store, result(many))
    told = {row.resource.name: row.facts["number"] for row in store.observations(1)}
    assert told == {f"bucket-{n:04}": n for n in range(1_001)}


def test_a_second_night_over_an_unchanged_target_makes_no_new_objects(store):
    night(store, result([observed("a"), observed("b")]), number=1)
    before = count(store, "object")
    night(store, result([observed("a"), observed("b")], night=2), number=2)
    assert count(store, "object") == before
    assert (count(store, "resource"), count(store, "past")) == (2, 0)
    assert {row.since_run for row in store.findings(2)} == {1}


def test_volatile_facts_and_calls_are_kept_in_the_journal_and_outside_the_digest(store):
    night(store, result([observed("a")], night=1), number=1)
    quiet = replace(observed("a"), volatile={"last_used": "2026-11-22"})
    night(store, result([quiet], night=2), number=2)
    assert store.units(1)[0].digest == store.units(2)[0].digest
    assert store.run(1).root == store.run(2).root
    assert store.run(1).journal_root != store.run(2).journal_root
    assert store.journal(2, UNIT)["volatile"] == [["arn:aws:s3:::a", {"last_used": "2026-11-22"}]]
    assert store.journal(1, UNIT)["calls"][0][3] == "request-1"


def test_raw_answers_are_kept_behind_their_digests(store):
    gave = result([observed("a")])
    night(store, gave)
    (name,) = gave.objects
    assert store.object(name) == canonical({"Buckets": ["a"]})


def test_a_raw_answer_under_a_false_digest_is_refused_and_nothing_is_written(store):
    run = begin(store)
    lying = replace(result([observed("a")]), objects={digest(b"x"): b"y"})
    with pytest.raises(StoreError, match="not its own"):
        store.commit_unit(run, lying, [])
    assert names(store, run) == set()
    assert store.commit_unit(run, result([observed("a")]), [])


def test_what_is_gone_from_a_complete_listing_closes(store):
    night(store, result([observed("a"), observed("b")]), number=1)
    night(store, result([observed("a")], night=2), number=2)
    assert names(store, 1) == {"a", "b"}
    assert names(store, 2) == {"a"}
    assert {row.name for row in store.findings(2)} == {"a"}


@pytest.mark.parametrize("status", GONE_DARK)
def test_what_was_not_seen_in_an_incomplete_scope_stays_and_is_marked_unseen(store, status):
    night(store, result([observed("a"), observed("b")]), number=1)
    night(store, result([observed("a")], [coverage(status=status)], night=2), number=2)
    assert names(store, 2) == {"a", "b"}
    assert {row.resource.name for row in store.observations(2) if not row.seen} == {"b"}
    assert ("b", "encrypted", Status.PASS, False) in said(store, 2)
    assert ("a", "encrypted", Status.PASS, True) in said(store, 2)
    assert store.units(2)[0].carried == {"arn:aws:s3:::b"}


def test_each_scope_closes_only_its_own(store):
    east, west = coverage("us-east-1"), coverage("us-west-2")
    first = result([observed("e", "us-east-1"), observed("w", "us-west-2")], [east, west])
    night(store, first, number=1)
    night(store, result([], [east, coverage("us-west-2", FAILED)], night=2), number=2)
    assert names(store, 2) == {"w"}
    night(store, result([], [west, coverage("us-east-1", FAILED)], night=3), number=3)
    assert names(store, 3) == set()


def test_a_scope_that_is_no_longer_polled_is_carried_never_closed(store):
    first = result([observed("w", "us-west-2")], [coverage("us-east-1"), coverage("us-west-2")])
    night(store, first, number=1)
    night(store, result([], [coverage("us-east-1")], night=2), number=2)
    assert names(store, 2) == {"w"}
    assert not next(iter(store.observations(2))).seen


def test_a_unit_that_was_not_attempted_keeps_what_was_known_unseen(store):
    night(store, result([observed("a")]), number=1)
    night(store, number=2, planned=[UNIT])
    assert store.units(2)[0].state is UnitState.NOT_ATTEMPTED
    assert said(store, 2) == {("a", check, Status.PASS, False) for check in CHECKS}


def test_findings_of_checks_no_longer_selected_close_even_where_nothing_was_seen(store):
    night(store, result([observed("a")]), number=1)
    fewer = {"encrypted": CHECKS["encrypted"]}
    dark = result([], [coverage(status=FAILED)], night=2)
    night(store, dark, number=2, checks=fewer)
    assert said(store, 2) == {("a", "encrypted", Status.PASS, False)}


def test_a_finding_about_a_scope_is_remembered_until_its_listing_completes(store):
    scope = Scope(UNIT.target, "eu-west-1")
    refused = result([], [coverage("eu-west-1", FAILED)])
    night(store, refused, said=[judged(scope, Status.UNKNOWN)], number=1)
    (row,) = store.findings(1)
    assert (row.uid, row.part) == (f"scope:aws.s3.bucket:{scope}", "eu-west-1")
    night(store, result([observed("a", "eu-west-1")], [coverage("eu-west-1")], night=2), number=2)
    assert {row.name for row in store.findings(2)} == {"a"}


def test_a_finding_about_a_whole_unit_is_not_carried_into_nights_that_listed_its_parts(store):
    gave = result([observed("a", "us-east-1")], [coverage("us-east-1")])
    night(store, gave)
    refused = judged(Scope(UNIT.target), Status.UNKNOWN)
    night(store, result([], [coverage("global", ScopeStatus.FAILED)]), said=[refused], number=2)
    night(store, gave, number=3)
    assert {(f.uid, f.seen) for f in store.findings(3)} == {("arn:aws:s3:::a", True)}


def test_a_resource_that_comes_back_has_two_spans_of_evidence(store):
    for number, seen in enumerate([["a"], [], ["a"]], start=1):
        night(store, result([observed(name) for name in seen], night=number), number=number)
    evidence, findings_ = store.resource_history("arn:aws:s3:::a")
    assert [(span.from_run, span.to_run) for span in evidence] == [(1, 2), (3, 2147483647)]
    assert len(findings_) == 4
    assert store.evidence_at("a", 2) == []
    assert store.evidence_at("a", 3)[0][1]["name"] == "a"


def test_a_renamed_resource_is_still_the_same_resource(store):
    night(store, result([observed("a")]), number=1)
    renamed = replace(observed("a"), resource=replace(resource("a"), name="archive"))
    night(store, result([renamed], night=2), number=2)
    assert [row.uid for row in store.findings(2)] == ["arn:aws:s3:::a"] * 2
    assert store.evidence_at("archive", 1)[0][1]["name"] == "a"


def test_changes_between_two_runs_are_the_spans_that_began_or_ended(store):
    night(store, result([observed("a"), observed("b")]), number=1)
    changed = result([observed("a", encryption=None), observed("b")], night=2)
    night(
        store,
        changed,
        said=[*findings(result([observed("b")])), judged(resource("a"), Status.FAIL)],
        number=2,
    )
    changes = {(s.name, s.check, s.from_run, s.to_run > 2, s.status) for s in store.finding_changes(1, 2)}
    assert changes == {
        ("a", "encrypted", 1, False, Status.PASS),
        ("a", "encrypted", 2, True, Status.FAIL),
        ("a", "versioned", 1, False, Status.PASS),
    }
    assert {(s.name, s.from_run) for s in store.evidence_changes(1, 2)} == {("a", 1), ("a", 2)}
    assert store.finding_changes(2, 2) == []
    assert {s.from_run for s in store.finding_changes(0, 1)} == {1}


def test_a_run_of_another_series_touches_nothing_of_the_nightly_one(store):
    night(store, result([observed("a"), observed("b")]), number=1)
    night(store, result([observed("a", encryption=None)], night=2), number=2, series="after-change")
    night(store, result([observed("a"), observed("b")], night=3), number=3)
    assert names(store, 3) == {"a", "b"}
    assert store.finding_changes(1, 3) == []
    assert names(store, 2) == {"a"}
    assert store.run("last").id == 3
    assert store.run("last", series="after-change").id == 2


@pytest.mark.parametrize(
    ("ref", "zone", "expected"),
    [
        ("2026-11-01", "UTC", 1),
        ("2026-11-02", "UTC", 2),
        # Both began at 01:00 UTC: in New York that is the evening before, in Tokyo the same morning.
        ("2026-11-01", "America/New_York", 2),
        ("2026-11-01", "Asia/Tokyo", 1),
        ("2026-11-02T09:59", "Asia/Tokyo", 1),
        ("2026-11-02T10:00", "Asia/Tokyo", 2),
        ("2026-11-02T00:59:59Z", "Asia/Tokyo", 1),
        ("2026-11-02T01:00:00Z", "Asia/Tokyo", 2),
    ],
)
def test_a_run_by_its_day_or_moment_is_the_last_begun_by_then_where_the_asker_lives(
    store, ref, zone, expected
):
    for number in (1, 2):
        night(store, result([observed("a")], night=number), number=number)
    assert store.run(ref, zone=ZoneInfo(zone)).id == expected


@pytest.mark.parametrize(
    "ref", ["2026-10-31", "9999-12-31", "2026-13-01", "2026-11-01T", "-1", "last week", ""]
)
def test_what_is_no_run_is_refused(store, ref):
    night(store, result([observed("a")]), number=1)
    with pytest.raises(NotFound):
        store.run(ref)


def test_committing_a_finished_unit_again_has_no_second_effect(store):
    run = begin(store)
    assert store.commit_unit(run, result([observed("a")]), [])
    assert not store.commit_unit(run, result([observed("b")]), [])
    assert names(store, run) == {"a"}


def test_only_the_last_claim_may_commit(store):
    run = begin(store)
    first = store.claim_unit(run, UNIT, "worker-1")
    second = store.claim_unit(run, UNIT, "worker-2")
    assert not store.commit_unit(run, result([observed("late")]), [], lease=first)
    assert store.commit_unit(run, result([observed("a")]), [], lease=second)
    assert store.claim_unit(run, UNIT, "worker-3") is None
    assert names(store, run) == {"a"}


def test_a_unit_cannot_be_committed_to_a_sealed_run(store):
    run = begin(store)
    store.finish_run(run, "2026-11-01T01:05:00Z")
    assert not store.commit_unit(run, result([observed("a")]), [])
    with pytest.raises(StoreError, match="sealed already"):
        store.finish_run(run, "2026-11-01T01:05:00Z")


def test_a_unit_that_was_not_planned_is_refused(store):
    run = begin(store)
    with pytest.raises(StoreError, match="not planned"):
        store.commit_unit(run, result([], unit=OTHER), [])
    store.plan_units(run, [OTHER])
    assert store.commit_unit(run, result([], unit=OTHER), [])


def test_two_answers_to_one_question_are_refused(store):
    run = begin(store)
    twice = [judged(resource("a")), judged(resource("a"), Status.FAIL)]
    with pytest.raises(StoreError, match="two findings"):
        store.commit_unit(run, result([observed("a")]), twice)
    with pytest.raises(StoreError, match="two observations"):
        store.commit_unit(run, result([observed("a"), observed("a")]), [])
    with pytest.raises(StoreError, match="not observed"):
        store.commit_unit(run, result([]), [judged(resource("a"))])


def test_a_fact_may_not_use_the_key_that_means_missing(store):
    run = begin(store)
    with pytest.raises(NotCanonical, match="missing"):
        store.commit_unit(run, result([observed("a", encryption={"$missing": "denied"})]), [])


@pytest.mark.parametrize(("sealed", "later"), [(None, math.nan), (None, -math.inf), (1, 1.0), (0, -0.0)])
def test_a_float_is_refused_also_where_its_text_would_be_that_of_the_night_before(store, sealed, later):
    gave = [observed("a", encryption={"rounds": sealed}), observed("b")]
    night(store, result(gave), number=1)
    night(store, result(gave, night=2), number=2)
    run = begin(store, night=3)
    again = [observed("a", encryption={"rounds": later}), observed("b")]
    with pytest.raises(NotCanonical, match="floats"):
        store.commit_unit(run, result(again, night=3), findings(result(again)))


def test_a_run_left_open_by_a_dead_process_is_sealed_as_interrupted(url, keys):
    with Store.open(url, keys=keys) as dead:
        run = begin(dead, [UNIT, OTHER])
        dead.commit_unit(run, result([observed("a")]), [])
    with Store.open(url, keys=keys) as store, store.lock():
        assert store.run(run).state == "interrupted"
        assert [unit.state for unit in store.units(run)] == [UnitState.DONE, UnitState.NOT_ATTEMPTED]
        assert names(store, run) == {"a"}
        assert begin(store, night=2) == run + 1


def test_a_second_run_of_a_series_waits_for_the_first(store):
    run = begin(store)
    with pytest.raises(StoreError, match=f"run {run}"):
        begin(store)


def test_the_lock_admits_one_and_tells_the_other(url, keys):
    with Store.open(url, keys=keys) as one, Store.open(url, keys=keys) as other:
        with one.lock(), pytest.raises(StoreBusy) as refused, other.lock():
            pass
        assert refused.value.exit_code == 5
        with other.lock():
            pass


def test_runs_are_found_by_number_by_day_and_by_last(store):
    for number in (1, 2, 3):
        night(store, result([], night=number), number=number)
    assert [store.run(ref).id for ref in (2, "2", "last", "2026-11-02", "2026-12-31")] == [2, 2, 3, 2, 3]
    for nowhere in ("2026-10-31", "yesterday", 9):
        with pytest.raises(NotFound):
            store.run(nowhere)


def test_a_run_remembers_what_it_was_asked(store):
    night(store, result([observed("a")]))
    run = store.run("last")
    assert (run.checks, run.selection, run.tool) == (CHECKS, {"sources": ["prod"]}, "nightledger 0.1.0")
    assert (run.trigger, run.state, run.started) == ("schedule", "sealed", "2026-11-01T01:00:00Z")


def test_every_event_is_kept_in_order_under_its_schema(store):
    night(store, result([]))
    index = store.append_event({"schema": "nightledger.waiver/1", "reason": "compensating control"})
    assert index == 2
    assert [event["schema"] for _, event in store.events()] == [
        "nightledger.ledger/1",
        "nightledger.run/1",
        "nightledger.waiver/1",
    ]
    assert [i for i, _ in store.events("nightledger.waiver/1")] == [2]
    with pytest.raises(StoreError, match="schema"):
        store.append_event({"reason": "no schema"})


def test_an_unknown_object_or_resource_is_not_found(store):
    night(store, result([observed("a")]))
    for ask in (
        lambda: store.object(digest(b"nothing")),
        lambda: store.object("md5:00"),
        lambda: store.resource_history("nobody"),
        lambda: store.journal(1, OTHER),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_moment_without_a_time_zone_is_refused(store):
    with pytest.raises(StoreError, match="time zone"):
        store.begin_run(
            trigger="schedule", started="2026-11-22T01:00:00", tool="t", selection={}, checks={}, planned=[]
        )


def test_many_alike_documents_are_compressed_with_a_trained_dictionary_and_read_back(store):
    many = [
        observed(f"bucket-{n}", encryption=f"arn:aws:kms:us-east-1:111122223333:key/{n:040d}")
        for n in range(600)
    ]
    night(store, result(many))
    assert count(store, "dictionary") >= 1
    assert len(list(store.observations(1))) == 600
    facts = {row.resource.name: row.facts["encryption"] for row in store.observations(1)}
    assert facts["bucket-599"] == many[599].facts["encryption"]
