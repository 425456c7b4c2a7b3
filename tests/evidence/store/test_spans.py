from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import combinations, pairwise

from evidence.model import Status
from evidence.store import OPEN, Store
from evidence.store.rows import Window
from evidence.store.standing import standing
from tests.evidence.estate import CHECKS, judged, night, observed, resource, result

UID = "arn:aws:s3:::a"
PASS, FAIL = Status.PASS, Status.FAIL


def told(store: Store, number: int, size: int | None, **said: Status) -> None:
    seen = [] if size is None else [observed("a", size=size)]
    findings = [judged(resource("a"), status, check) for check, status in said.items()]
    night(store, result(seen, night=number), said=findings, number=number)


def test_a_finding_goes_on_while_only_the_evidence_changes(store):
    told(store, 1, 1, encrypted=PASS)
    told(store, 2, 2, encrypted=PASS)
    evidence, findings = store.resource_history(UID)
    assert [(span.from_run, span.to_run) for span in evidence] == [(1, 2), (2, OPEN)]
    assert [(span.from_run, span.to_run) for span in findings] == [(1, OPEN)]
    assert [row.since_run for row in store.findings(2)] == [1]
    assert [row.since_run for row in store.observations(2)] == [2]
    assert store.finding_changes(1, 2) == []
    assert len(store.evidence_changes(1, 2)) == 2


def test_evidence_and_other_findings_go_on_while_one_finding_changes(store):
    told(store, 1, 1, encrypted=PASS, versioned=PASS)
    told(store, 2, 1, encrypted=PASS, versioned=FAIL)
    evidence, findings = store.resource_history(UID)
    assert [(span.from_run, span.to_run) for span in evidence] == [(1, OPEN)]
    assert [(s.check, s.status, s.from_run, s.to_run) for s in findings] == [
        ("encrypted", PASS, 1, OPEN),
        ("versioned", PASS, 1, 2),
        ("versioned", FAIL, 2, OPEN),
    ]
    assert {row.check: row.since_run for row in store.findings(2)} == {"encrypted": 1, "versioned": 2}
    assert store.evidence_changes(1, 2) == []
    assert {(s.status, s.from_run) for s in store.finding_changes(1, 2)} == {(PASS, 1), (FAIL, 2)}


def test_what_went_away_and_came_back_the_same_is_two_spans(store):
    for number, size in enumerate([1, None, 1], start=1):
        told(store, number, size, **({} if size is None else {"encrypted": PASS}))
    evidence, findings = store.resource_history(UID)
    assert [(span.from_run, span.to_run) for span in evidence] == [(1, 2), (3, OPEN)]
    assert [(span.from_run, span.to_run) for span in findings] == [(1, 2), (3, OPEN)]
    assert [row.since_run for row in store.findings(3)] == [3]


def test_a_resource_that_went_away_has_changed_and_so_has_one_that_came_back(store):
    for number, size in enumerate([1, None, None, 1], start=1):
        told(store, number, size, **({} if size is None else {"encrypted": PASS}))
    changed = {
        (after, after + 1): [spans.uid for spans in store.spans.changed("nightly", Window(after, after + 1))]
        for after in range(4)
    }
    assert changed == {(0, 1): [UID], (1, 2): [UID], (2, 3): [], (3, 4): [UID]}
    assert [(s.from_run, s.to_run) for s in store.evidence_changes(1, 2)] == [(1, 2)]
    assert [(s.from_run, s.to_run) for s in store.evidence_changes(3, 4)] == [(4, OPEN)]


def test_the_stored_spans_of_a_resource_follow_one_another_without_a_gap(store):
    rng = random.Random(7)
    for number in range(1, 13):
        told_at_random(store, rng, number)
    ((since,),) = store.backend.query("SELECT since_run FROM resource")
    rows = store.backend.query("SELECT from_run, to_run FROM past ORDER BY from_run")
    assert len(rows) > 6
    assert [begun for begun, _ in rows] == [1, *(ended for _, ended in rows[:-1])]
    assert rows[-1][1] == since


def test_a_resource_that_came_later_was_nothing_before(store):
    told(store, 1, None)
    told(store, 2, 1, encrypted=PASS)
    rows = store.backend.query("SELECT from_run, to_run, evidence_id, judgement_id, statuses FROM past")
    assert rows == [(1, 2, 0, 0, 0)]
    assert [spans.uid for spans in store.spans.changed("nightly", Window(0, 1))] == []
    assert [(s.from_run, s.to_run) for s in store.evidence_changes(1, 2)] == [(2, OPEN)]
    assert [row.since_run for row in store.observations(2)] == [2]
    assert list(store.observations(1)) == []


def test_what_changed_in_any_window_is_told_with_its_whole_history(store):
    rng = random.Random(14)
    nights = [(None, {}), *(told_at_random(store, rng, number) for number in range(1, 13))]
    whole = list(store.spans.of_uids("nightly", [UID]))
    for after, until in combinations(range(13), 2):
        turned = any(nights[n] != nights[n - 1] for n in range(after + 1, until + 1))
        assert store.spans.changed("nightly", Window(after, until)) == (whole if turned else [])


def test_a_flip_within_the_window_is_told_though_both_ends_are_alike(store):
    for number, status in enumerate([PASS, FAIL, PASS], start=1):
        told(store, number, 1, encrypted=status)
    assert {(s.status, s.from_run, s.to_run) for s in store.finding_changes(1, 3)} == {
        (PASS, 1, 2),
        (FAIL, 2, 3),
        (PASS, 3, OPEN),
    }


def test_standing_names_those_with_one_of_the_statuses_as_of_the_run(store):
    told(store, 1, 1, encrypted=PASS, versioned=FAIL)
    told(store, 2, 1, encrypted=PASS, versioned=PASS)
    assert standing(store.backend, "nightly", 1, [FAIL, Status.UNKNOWN]) == [UID]
    assert standing(store.backend, "nightly", 2, [FAIL, Status.UNKNOWN]) == []
    assert standing(store.backend, "nightly", 2, [PASS]) == [UID]


def test_spans_tell_every_night_as_it_was_whatever_changed(sqlite_store):
    rng = random.Random(20261122)
    wanted = [told_at_random(sqlite_store, rng, number) for number in range(1, 25)]
    evidence, findings = sqlite_store.resource_history(UID)
    for number, (size, said) in enumerate(wanted, start=1):
        held = [span for span in evidence if span.from_run <= number < span.to_run]
        assert len(held) == (size is not None)
        assert {s.check: s.status for s in findings if s.from_run <= number < s.to_run} == said
        assert {row.check: row.status for row in sqlite_store.findings(number)} == said
    for spans in (evidence, *by_check(findings)):
        assert not any(alike(first, second) for first, second in pairwise(spans))


def told_at_random(store: Store, rng: random.Random, number: int) -> tuple[int | None, dict[str, Status]]:
    size = rng.choice([None, 1, 1, 2])
    said = {} if size is None else {check: rng.choice([PASS, PASS, FAIL]) for check in CHECKS}
    told(store, number, size, **said)
    return size, said


def by_check(findings: Sequence) -> list[list]:
    return [[span for span in findings if span.check == check] for check in CHECKS]


def alike(first, second) -> bool:
    same = getattr(first, "evidence", 0) == getattr(second, "evidence", 0)
    return (
        first.to_run == second.from_run
        and same
        and getattr(first, "verdict", 0) == getattr(second, "verdict", 0)
    )
