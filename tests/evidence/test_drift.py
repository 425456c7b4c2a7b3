from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.drift import Change, NotComparable, baseline, compare
from evidence.model import (
    Coverage,
    Finding,
    Missing,
    Observation,
    Reason,
    Resource,
    Scope,
    ScopeStatus,
    Status,
    Unit,
    UnitResult,
    scope_uid,
)
from evidence.records import OnResource, OnScope, WaiverRequest, grant, revoke
from evidence.store import Store

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = Status
COMPLETE, PARTIAL, FAILED, NOT_ATTEMPTED, NOT_IN_USE = ScopeStatus
UNIT = Unit("aws", "aws/111122223333", "aws.s3.bucket")
ENC, LOG = "bucket-encrypted", "bucket-logged"
DENIED = Missing(Reason.DENIED, need="s3:GetEncryptionConfiguration")


@dataclass(frozen=True)
class Bucket:
    uid: str
    status: Status = PASS
    logged: Status | None = None
    name: str = ""
    fact: str = "aes"
    part: str = "global"
    why: str = ""
    owner: str = "ops"

    def resource(self):
        place, labels = Scope(UNIT.target, self.part), (("owner", self.owner),)
        return Resource(UNIT.kind, self.uid, self.name or self.uid, place, labels)

    def observation(self):
        fact = DENIED if self.status is UNKNOWN else self.fact
        return Observation(self.resource(), {"encryption": fact})

    def findings(self):
        said = {ENC: self.status} | ({LOG: self.logged} if self.logged else {})
        for check, status in said.items():
            missing = (("encryption", DENIED),) if status is UNKNOWN else ()
            sentence = self.why or (
                f"could not read encryption ({DENIED})" if missing else f"so it is: {status}"
            )
            yield Finding(check, self.resource(), status, sentence, ("encryption",), missing)


@dataclass
class Estate:
    store: Store
    nights: list[int] = field(default_factory=list)

    def night(
        self,
        *buckets,
        reached=COMPLETE,
        parts=None,
        done=True,
        checks=None,
        series="nightly",
        day=None,
        planned=True,
        others=(),
    ):
        day = day or f"2026-11-{len(self.nights) + 1:02d}"
        run = self.store.begin_run(
            series=series,
            trigger="schedule",
            started=f"{day}T01:00:00Z",
            tool="test",
            selection=None,
            checks=checks or {ENC: "v1"},
            planned=[UNIT, *others] if planned else [],
        )
        if done and planned:
            self.store.commit_unit(run, *looked(buckets, parts or {"global": reached}, day))
        for unit in others:
            self.store.commit_unit(run, *looked((), {"global": COMPLETE}, day, unit))
        self.store.finish_run(run, f"{day}T02:00:00Z")
        self.nights.append(run)
        return run

    def drift(self, **options):
        return compare(self.store, *self.nights[-2:], **options)


def looked(buckets, parts, day, unit=UNIT):
    why = Missing(Reason.DENIED, need="s3:ListAllMyBuckets")
    coverage = tuple(
        Coverage(Scope(UNIT.target, part), status, why=None if status is COMPLETE else why)
        for part, status in parts.items()
    )
    findings = [finding for bucket in buckets for finding in bucket.findings()]
    unlisted = [scope.scope for scope in coverage if scope.status in (FAILED, PARTIAL)]
    findings += [Finding(ENC, scope, UNKNOWN, f"could not be listed ({why})") for scope in unlisted]
    observations = tuple(bucket.observation() for bucket in buckets)
    began = f"{day}T01:10:00Z"
    return UnitResult(unit, "role/auditor", began, began, coverage, observations), findings


@pytest.fixture
def estate(tmp_path):
    with Store.open(str(tmp_path / "store.db"), keys=tmp_path / "keys") as store:
        yield Estate(store)


def changes(drift):
    return [(entry.change, entry.uid) for entry in drift.entries]


def many(count, **kind):
    return [Bucket(f"b{n:02d}", **kind) for n in range(count)]


def test_nothing_changed_gives_no_entry(estate):
    for _ in range(3):
        estate.night(*many(3))
    assert estate.drift().entries == ()


@pytest.mark.parametrize(
    ("nights", "expected"),
    [
        pytest.param([[PASS], [FAIL]], Change.REGRESSED, id="regressed"),
        pytest.param([[FAIL], [PASS]], Change.FIXED, id="fixed"),
        pytest.param([[FAIL], [FAIL]], Change.STILL_FAILING, id="still failing"),
        pytest.param([[PASS], [UNKNOWN]], Change.BLIND_SPOT, id="permission lost is a blind spot"),
        pytest.param([[FAIL], [UNKNOWN]], Change.BLIND_SPOT, id="permission lost never fixes"),
        pytest.param([[UNKNOWN], [UNKNOWN]], Change.BLIND_SPOT, id="still blind"),
        pytest.param([[UNKNOWN], [FAIL]], Change.NEWLY_VISIBLE, id="first answer ever is a failure"),
        pytest.param([[UNKNOWN], [PASS]], Change.NEWLY_VISIBLE, id="first answer ever is a pass"),
        pytest.param(
            [[PASS], [UNKNOWN], [FAIL]], Change.REGRESSED, id="error to fail, passed before the error"
        ),
        pytest.param(
            [[FAIL], [UNKNOWN], [FAIL]], Change.STILL_FAILING, id="error to fail, failed before the error"
        ),
        pytest.param([[FAIL], [UNKNOWN], [PASS]], Change.FIXED, id="error to pass, failed before the error"),
        pytest.param(
            [[PASS], [UNKNOWN], [PASS]], Change.SEEN_AGAIN, id="error to pass, passed before the error"
        ),
        pytest.param(
            [[FAIL], [NOT_APPLICABLE]], Change.APPLICABILITY, id="no longer applicable is not fixed"
        ),
        pytest.param([[NOT_APPLICABLE], [FAIL]], Change.REGRESSED, id="became applicable and fails"),
        pytest.param([[NOT_APPLICABLE], [PASS]], Change.APPLICABILITY, id="became applicable and passes"),
        pytest.param([[PASS], [FAIL], [PASS], [FAIL]], Change.FLAPPING, id="flapping"),
        pytest.param(
            [[PASS], [FAIL], [UNKNOWN], [PASS], [FAIL]], Change.FLAPPING, id="flapping across an error"
        ),
        pytest.param([[PASS], [FAIL], [PASS]], Change.FIXED, id="two flips are not flapping"),
    ],
)
def test_one_answer_is_compared_with_the_last_determinate_one(estate, nights, expected):
    for (status,) in nights:
        estate.night(Bucket("b1", status, fact=f"aes-{status}"))
    assert changes(estate.drift()) == [(expected, "b1")]


def test_a_regression_names_the_changed_fact_and_both_answers(estate):
    estate.night(Bucket("b1", PASS, fact="kms"))
    estate.night(Bucket("b1", FAIL, fact="none"))
    (entry,) = estate.drift().entries
    assert (entry.before, entry.after, entry.since) == (PASS, FAIL, 2)
    assert "from pass to fail; changed: encryption from kms to none" in entry.sentence


def test_a_verdict_that_changed_without_its_facts_says_so(estate):
    estate.night(Bucket("b1", PASS))
    estate.night(Bucket("b1", FAIL))
    assert "none of its own facts changed" in estate.drift().entries[0].sentence


def test_a_regression_behind_an_error_says_since_when_it_was_unseen(estate):
    estate.night(Bucket("b1", PASS))
    estate.night(Bucket("b1", UNKNOWN))
    estate.night(Bucket("b1", FAIL))
    assert "from run 2 of 2026-11-02 it had not been answered" in estate.drift().entries[0].sentence


def test_a_failure_is_as_old_as_its_first_night_whatever_was_unseen_since(estate):
    for status in (PASS, FAIL, UNKNOWN, FAIL, FAIL):
        estate.night(Bucket("b1", status))
    (entry,) = estate.drift().of(Change.STILL_FAILING)
    assert entry.since == 2
    assert "since run 2 of 2026-11-02, 3 days" in entry.sentence


def test_a_permission_lost_for_many_resources_is_one_entry_with_what_was_last_known(estate):
    estate.night(*many(8), Bucket("b99", FAIL))
    estate.night(*many(8, status=UNKNOWN), Bucket("b99", UNKNOWN))
    (entry,) = estate.drift().entries
    assert entry.change is Change.BLIND_SPOT
    assert entry.count == 9
    assert "s3:GetEncryptionConfiguration" in entry.sentence
    assert "last known: 8 pass, 1 fail" in entry.sentence


def test_a_blind_spot_remembers_a_failure_between_the_two_nights(estate):
    for status in (PASS, FAIL, UNKNOWN):
        estate.night(Bucket("b1", status))
    (entry,) = compare(estate.store, 1, 3).entries
    assert entry.before is FAIL


def test_a_blind_spot_older_than_the_limit_is_stale(estate):
    estate.night(Bucket("b1", PASS), day="2026-11-01")
    estate.night(Bucket("b1", UNKNOWN), day="2026-11-02")
    estate.night(Bucket("b1", UNKNOWN), day="2026-11-20")
    (entry,) = estate.drift().entries
    assert entry.change is Change.STALE
    assert entry.since == 2


@pytest.mark.parametrize("reached", [FAILED, NOT_ATTEMPTED])
def test_a_refused_listing_is_a_blind_spot_and_nothing_has_vanished(estate, reached):
    estate.night(*many(7), Bucket("b99", FAIL))
    estate.night(reached=reached)
    (entry,) = estate.drift().entries
    assert entry.change is Change.BLIND_SPOT
    assert "8 known then with 1 fail, 7 pass" in entry.sentence
    assert "s3:ListAllMyBuckets" in entry.sentence


def test_a_listing_that_broke_off_judges_what_it_saw_and_is_blind_for_the_rest(estate):
    estate.night(*many(8))
    estate.night(Bucket("b00", FAIL), reached=PARTIAL)
    assert changes(estate.drift()) == [(Change.BLIND_SPOT, ""), (Change.REGRESSED, "b00")]


def test_an_interrupted_run_leaves_blind_spots_only(estate):
    estate.night(*many(8))
    estate.night(done=False)
    (entry,) = estate.drift().entries
    assert entry.change is Change.BLIND_SPOT
    assert "planned and not reached" in entry.sentence
    assert "run 1 of 2026-11-01" in entry.sentence


def test_a_unit_that_is_no_longer_planned_is_a_blind_spot(estate):
    estate.night(*many(8))
    estate.night(planned=False)
    (entry,) = estate.drift().entries
    assert entry.change is Change.BLIND_SPOT
    assert "aws.s3.bucket in aws/111122223333 was not polled" in entry.sentence


def test_a_target_that_stays_unpolled_is_reminded_of_in_one_line_and_then_stale(estate):
    kinds = [UNIT, replace(UNIT, kind="aws.rds.instance"), replace(UNIT, kind="aws.ec2.volume")]
    estate.night(*many(8), others=kinds[1:])
    for day in ("2026-11-02", "2026-11-03", "2026-11-20"):
        estate.night(planned=False, day=day)
    (second,) = compare(estate.store, 2, 3).entries
    assert (second.change, second.since) == (Change.BLIND_SPOT, 2)
    assert "aws.s3.bucket in aws/111122223333 was not polled" in second.sentence
    assert estate.drift().entries[0].change is Change.STALE


def test_units_of_a_target_that_are_all_unpolled_are_one_line(estate):
    estate.night(*many(3), others=[replace(UNIT, kind="aws.rds.instance")])
    estate.night(planned=False)
    (entry,) = estate.drift().entries
    assert "aws.rds.instance, aws.s3.bucket in aws/111122223333 were not polled" in entry.sentence
    assert "3 known then with 3 pass" in entry.sentence


def test_a_unit_that_failed_as_a_whole_is_one_blind_spot_for_all_its_parts(estate):
    parts = {"eu-west-1": COMPLETE, "us-east-1": COMPLETE}
    estate.night(Bucket("b1", part="eu-west-1"), Bucket("b2", FAIL, part="us-east-1"), parts=parts)
    estate.night(reached=FAILED)
    (entry,) = estate.drift().entries
    assert entry.change is Change.BLIND_SPOT
    assert "run 1 of 2026-11-01: 2 known then with 1 fail, 1 pass" in entry.sentence


def test_a_part_that_silently_dropped_out_is_a_blind_spot_every_night(estate):
    estate.night(Bucket("b1", part="eu-west-1"), parts={"eu-west-1": COMPLETE, "us-east-1": COMPLETE})
    for _ in range(2):
        estate.night(parts={"us-east-1": COMPLETE})
        (entry,) = estate.drift().entries
        assert (entry.change, entry.since) == (Change.BLIND_SPOT, 2)
        assert "aws/111122223333/eu-west-1 was not among the parts looked at" in entry.sentence


def test_a_scope_unseen_for_longer_than_the_limit_is_stale(estate):
    estate.night(*many(3), day="2026-11-01")
    estate.night(reached=FAILED, day="2026-11-02")
    estate.night(reached=FAILED, day="2026-11-12")
    (entry,) = estate.drift().entries
    assert entry.change is Change.STALE
    assert entry.since == 2
    assert "last listed in run 1 of 2026-11-01" in entry.sentence


@pytest.mark.parametrize(
    ("nights", "is_news"),
    [
        ([PASS, FAIL], True),
        ([FAIL, FAIL], False),
        ([PASS, PASS, UNKNOWN], True),
        ([PASS, UNKNOWN, UNKNOWN], False),
        ([UNKNOWN, UNKNOWN], False),
        ([PASS, FAIL, PASS, FAIL], True),
        ([UNKNOWN, FAIL], True),
    ],
)
def test_what_came_about_last_night_is_news_and_what_lasts_is_not(estate, nights, is_news):
    for status in nights:
        estate.night(Bucket("b1", status))
    drift = estate.drift()
    assert len(drift.entries) == 1
    assert bool(drift.news) is is_news


def test_a_scope_lost_last_night_is_news_and_one_lost_before_is_not(estate):
    estate.night(*many(3))
    estate.night(reached=FAILED)
    assert len(estate.drift().news) == 1
    estate.night(reached=FAILED)
    assert estate.drift().news == ()


def test_a_resource_that_is_gone_is_news(estate):
    estate.night(*many(3))
    estate.night(*many(2))
    assert [entry.change for entry in estate.drift().news] == [Change.VANISHED]


def test_a_region_taken_out_of_use_is_a_blind_spot_for_what_was_there(estate):
    estate.night(Bucket("b1", part="eu-west-1"), parts={"eu-west-1": COMPLETE})
    estate.night(parts={"eu-west-1": NOT_IN_USE})
    (entry,) = estate.drift().entries
    assert entry.change is Change.BLIND_SPOT


def test_what_comes_back_after_a_blind_night_unchanged_is_no_news(estate):
    estate.night(*many(8))
    estate.night(reached=FAILED)
    estate.night(*many(8))
    assert estate.drift().entries == ()


def test_what_regressed_during_a_blind_night_is_found(estate):
    estate.night(Bucket("b1", PASS))
    estate.night(reached=FAILED)
    estate.night(Bucket("b1", FAIL))
    assert changes(estate.drift()) == [(Change.REGRESSED, "b1")]


@pytest.mark.parametrize("status", [PASS, FAIL, UNKNOWN])
def test_a_resource_first_seen_in_a_scope_that_was_complete_is_new(estate, status):
    estate.night(Bucket("b1"))
    estate.night(Bucket("b1"), Bucket("b2", status, logged=PASS), checks={ENC: "v1", LOG: "v1"})
    (entry,) = estate.drift().of(Change.NEW)
    assert (entry.uid, entry.after) == ("b2", status)
    assert changes(estate.drift()).count((Change.NEW, "b2")) == 1


@pytest.mark.parametrize(
    "before", [{"reached": FAILED}, {"reached": PARTIAL}, {"done": False}, {"planned": False}]
)
def test_a_resource_first_seen_where_the_night_before_was_blind_is_newly_visible(estate, before):
    estate.night(**before)
    estate.night(Bucket("b1", FAIL))
    assert changes(estate.drift()) == [(Change.NEWLY_VISIBLE, "b1")]


def test_a_deleted_resource_is_one_entry_however_many_checks_asked_about_it(estate):
    both = {ENC: "v1", LOG: "v1"}
    estate.night(*many(9, logged=PASS), Bucket("gone", FAIL, logged=FAIL), checks=both)
    estate.night(*many(9, logged=PASS), checks=both)
    (entry,) = estate.drift().entries
    assert (entry.change, entry.uid) == (Change.VANISHED, "gone")
    assert "removed, not fixed" in entry.sentence
    assert "last there in run 1 of 2026-11-01" in entry.sentence


def test_a_resource_gone_after_a_blind_night_did_not_vanish_last_night(estate):
    estate.night(Bucket("b1"), Bucket("b2"))
    estate.night(reached=FAILED)
    estate.night(Bucket("b1"))
    assert changes(estate.drift()) == [(Change.GONE_UNSEEN, "b2")]


def test_a_list_that_came_back_empty_is_held_as_a_suspected_mass_vanish(estate):
    estate.night(*many(20))
    estate.night()
    (entry,) = estate.drift().entries
    assert entry.change is Change.SUSPECTED_MASS_VANISH
    assert "20 of 20" in entry.sentence


@pytest.mark.parametrize(
    ("known", "left", "expected"),
    [
        (20, 13, {Change.SUSPECTED_MASS_VANISH: 1}),
        (20, 14, {Change.VANISHED: 6}),
        (4, 0, {Change.VANISHED: 4}),
        (5, 0, {Change.SUSPECTED_MASS_VANISH: 1}),
    ],
)
def test_mass_vanish_is_more_than_30_per_cent_and_at_least_five(estate, known, left, expected):
    estate.night(*many(known))
    estate.night(*many(left))
    assert dict(estate.drift().counts) == expected


def test_mass_vanish_is_counted_within_each_part(estate):
    parts = {"eu-west-1": COMPLETE, "us-east-1": COMPLETE}
    far = [Bucket(f"far{n}", part="us-east-1") for n in range(5)]
    near = [Bucket(f"near{n}", part="eu-west-1") for n in range(95)]
    estate.night(*near, *far, parts=parts)
    estate.night(*near, parts=parts)
    (entry,) = estate.drift().entries
    assert entry.change is Change.SUSPECTED_MASS_VANISH
    assert "us-east-1" in entry.sentence


def test_what_vanished_and_came_back_is_returned_and_compared_with_its_last_answer(estate):
    estate.night(Bucket("b0"), Bucket("b1", PASS))
    estate.night(Bucket("b0"))
    estate.night(Bucket("b0"), Bucket("b1", FAIL))
    assert changes(estate.drift()) == [(Change.REGRESSED, "b1"), (Change.RETURNED, "b1")]


def test_a_whole_target_seen_for_the_first_time_is_one_line_and_one_for_each_failure(estate):
    estate.night(reached=FAILED)
    estate.night(*many(20), Bucket("bad", FAIL))
    failing, rest = estate.drift().of(Change.NEWLY_VISIBLE)
    assert {failing.uid, rest.uid} == {"bad", ""}
    assert max(failing.count, rest.count) == 20
    assert "20 aws.s3.bucket in aws/111122223333" in failing.sentence + rest.sentence


def test_a_permission_given_back_is_one_line_and_one_for_what_regressed_meanwhile(estate):
    estate.night(*many(9))
    estate.night(*many(9, status=UNKNOWN))
    estate.night(*many(8), Bucket("b08", FAIL))
    regressed, again = estate.drift().entries
    assert (regressed.change, regressed.uid) == (Change.REGRESSED, "b08")
    assert (again.change, again.count) == (Change.SEEN_AGAIN, 8)


def test_a_mass_vanish_after_a_blind_night_is_held_as_well(estate):
    estate.night(*many(20))
    estate.night(reached=FAILED)
    estate.night()
    assert [entry.change for entry in estate.drift().entries] == [Change.SUSPECTED_MASS_VANISH]


def test_what_comes_back_after_a_mass_vanish_is_one_line(estate):
    estate.night(*many(20))
    estate.night()
    estate.night(*many(20))
    (entry,) = estate.drift().entries
    assert (entry.change, entry.count) == (Change.RETURNED, 20)


def test_a_changed_label_is_a_change_of_the_resource(estate):
    estate.night(Bucket("b1", owner="imaging"))
    estate.night(Bucket("b1", owner="billing"))
    (entry,) = estate.drift().entries
    assert entry.change is Change.CHANGED
    assert "(labels.owner from imaging to billing)" in entry.sentence


def test_a_rename_is_one_entry_and_neither_new_nor_gone(estate):
    estate.night(Bucket("b1", name="scans"))
    estate.night(Bucket("b1", name="old-scans"))
    (entry,) = estate.drift().entries
    assert entry.change is Change.RENAMED
    assert "scans is now called old-scans" in entry.sentence


def test_a_resource_recreated_under_its_name_inherits_nothing(estate):
    estate.night(Bucket("id-1", FAIL, name="scans"))
    estate.night(Bucket("id-2", PASS, name="scans"))
    (entry,) = estate.drift().entries
    assert (entry.change, entry.uid) == (Change.RECREATED, "id-2")
    assert (entry.before, entry.after) == (FAIL, PASS)


def test_a_resource_that_moved_to_another_part_is_one_entry(estate):
    parts = {"eu-west-1": COMPLETE, "us-east-1": COMPLETE}
    estate.night(Bucket("b1", part="eu-west-1"), parts=parts)
    estate.night(Bucket("b1", part="us-east-1"), parts=parts)
    assert changes(estate.drift()) == [(Change.MOVED, "b1")]


def test_facts_that_changed_under_the_same_verdict_are_named(estate):
    estate.night(Bucket("b1", fact="key-1"))
    estate.night(Bucket("b1", fact="key-2"))
    (entry,) = estate.drift().entries
    assert entry.change is Change.CHANGED
    assert "(encryption from key-1 to key-2)" in entry.sentence


def test_losing_sight_of_a_fact_is_not_a_change_of_it(estate):
    estate.night(Bucket("b1", PASS))
    estate.night(Bucket("b1", UNKNOWN))
    assert estate.drift().of(Change.CHANGED) == ()


@pytest.mark.parametrize("to", [PASS, FAIL])
def test_a_changed_rule_on_the_same_facts_is_not_a_change_of_the_world(estate, to):
    estate.night(Bucket("b1", FAIL if to is PASS else PASS), checks={ENC: "v1"})
    estate.night(Bucket("b1", to), checks={ENC: "v2"})
    (entry,) = estate.drift().entries
    assert (entry.change, entry.uid) == (Change.RULE_CHANGED, "b1")
    assert "facts are the same" in entry.sentence


@pytest.mark.parametrize(
    ("old_facts_now_give", "start", "end", "expected"),
    [
        (FAIL, PASS, FAIL, Change.RULE_CHANGED),
        (PASS, PASS, FAIL, Change.REGRESSED),
        (PASS, FAIL, PASS, Change.RULE_CHANGED),
        (FAIL, FAIL, PASS, Change.FIXED),
        (None, PASS, FAIL, Change.REGRESSED),
        (None, FAIL, PASS, Change.RULE_CHANGED),
        (UNKNOWN, PASS, FAIL, Change.REGRESSED),
        (UNKNOWN, FAIL, PASS, Change.RULE_CHANGED),
    ],
)
def test_old_facts_judged_by_the_new_rule_tell_rule_from_world(
    estate, old_facts_now_give, start, end, expected
):
    asked = []

    def rejudge(check, resource, facts):
        asked.append((check, resource.uid, dict(facts)))
        return old_facts_now_give

    estate.night(Bucket("b1", start, fact="aes"), checks={ENC: "v1"})
    estate.night(Bucket("b1", end, fact="kms"), checks={ENC: "v2"})
    (entry,) = estate.drift(rejudge=rejudge).of(Change.RULE_CHANGED, Change.REGRESSED, Change.FIXED)
    assert entry.change is expected
    assert asked[0] == (ENC, "b1", {"encryption": "aes"})


def test_an_unchanged_rule_is_not_put_to_old_facts(estate):
    estate.night(Bucket("b1", PASS))
    estate.night(Bucket("b1", FAIL))
    assert [e.change for e in estate.drift(rejudge=pytest.fail).entries] == [Change.REGRESSED]


def test_a_rule_that_changed_without_changing_an_answer_is_one_line(estate):
    estate.night(*many(5), checks={ENC: "v1"})
    estate.night(*many(5), checks={ENC: "v2"})
    (entry,) = estate.drift().entries
    assert entry.change is Change.RULE_CHANGED
    assert ENC in entry.sentence


def test_a_check_asked_for_the_first_time_is_one_line_and_no_regression(estate):
    estate.night(*many(5))
    estate.night(*many(4, logged=PASS), Bucket("b04", logged=FAIL), checks={ENC: "v1", LOG: "v1"})
    (entry,) = estate.drift().entries
    assert (entry.change, entry.check) == (Change.RULE_CHANGED, LOG)
    assert "1 of 5" in entry.sentence


def test_a_check_no_longer_asked_fixes_nothing(estate):
    both = {ENC: "v1", LOG: "v1"}
    estate.night(Bucket("b1", logged=FAIL), checks=both)
    estate.night(Bucket("b1"))
    (entry,) = estate.drift().entries
    assert entry.change is Change.RULE_CHANGED
    assert "no longer asked" in entry.sentence


def test_a_check_asked_again_is_compared_with_its_last_answer(estate):
    both = {ENC: "v1", LOG: "v1"}
    estate.night(Bucket("b1", logged=PASS), checks=both)
    estate.night(Bucket("b1"))
    estate.night(Bucket("b1", logged=FAIL), checks=both)
    assert changes(estate.drift()) == [(Change.REGRESSED, "b1")]


def test_an_answer_missing_without_a_word_is_a_blind_spot(estate):
    both = {ENC: "v1", LOG: "v1"}
    estate.night(Bucket("b1", logged=FAIL), checks=both)
    estate.night(Bucket("b1"), checks=both)
    (entry,) = estate.drift().entries
    assert (entry.change, entry.check, entry.before) == (Change.BLIND_SPOT, LOG, FAIL)


def test_an_on_demand_run_in_between_changes_nothing_for_the_nightly_series(estate):
    estate.night(*many(8))
    estate.night(Bucket("b1", FAIL), series="on-demand", day="2026-11-02")
    estate.night(*many(8))
    first, on_demand, last = estate.nights
    assert compare(estate.store, first, last).entries == ()
    assert baseline(estate.store, last).id == first
    with pytest.raises(NotComparable, match="series"):
        compare(estate.store, on_demand, last)


def test_two_nights_can_be_far_apart(estate):
    for status in (PASS, FAIL, FAIL):
        estate.night(Bucket("b1", status), Bucket("b2"))
    assert changes(compare(estate.store, 1, 3)) == [(Change.REGRESSED, "b1")]


def test_a_run_is_compared_only_with_an_earlier_finished_one(estate):
    estate.night(Bucket("b1"))
    estate.night(Bucket("b1"))
    with pytest.raises(NotComparable):
        compare(estate.store, 2, 1)
    with pytest.raises(NotComparable):
        compare(estate.store, 2, 2)


def test_the_baseline_is_the_last_sealed_night_rather_than_an_interrupted_one(estate):
    estate.night(Bucket("b1"))
    run = estate.store.begin_run(
        trigger="schedule",
        started="2026-11-02T01:00:00Z",
        tool="t",
        selection=None,
        checks={},
        planned=[UNIT],
    )
    estate.store.finish_run(run, "2026-11-02T02:00:00Z", state="interrupted")
    estate.night(Bucket("b1"), day="2026-11-03")
    assert baseline(estate.store, 3).id == 1
    assert baseline(estate.store, 1) is None


def waived(estate, subject, until, check=ENC):
    request = WaiverRequest(check, subject, "a reason that an auditor can read", "Ada", "Bo", until)
    return grant(estate.store, request, at=datetime(2026, 10, 1, tzinfo=UTC), zone=UTC)


@pytest.mark.parametrize(
    ("subject", "until", "check", "expected"),
    [
        (OnResource("b1"), date(2026, 11, 1), ENC, [Change.WAIVER_EXPIRED]),
        (OnResource("b1"), date(2026, 10, 15), ENC, []),
        (OnResource("b1"), date(2026, 11, 30), ENC, [Change.WAIVER_EXPIRING]),
        (OnResource("b1"), date(2027, 11, 30), ENC, []),
        (OnResource("b2"), date(2027, 11, 30), ENC, [Change.WAIVER_ORPHANED]),
        (OnResource("b1"), date(2027, 11, 30), LOG, [Change.WAIVER_ORPHANED]),
        (OnScope(UNIT.target), date(2027, 11, 30), ENC, []),
        (OnScope("aws/999999999999"), date(2027, 11, 30), ENC, [Change.WAIVER_ORPHANED]),
    ],
)
def test_waivers_that_need_a_word_are_named(estate, subject, until, check, expected):
    waiver = waived(estate, subject, until, check)
    estate.night(Bucket("b1", FAIL))
    estate.night(Bucket("b1", FAIL))
    told = [entry for entry in estate.drift().entries if entry.change.startswith("waiver")]
    assert [entry.change for entry in told] == expected
    assert all(entry.name == waiver.id for entry in told)
    assert [e.change for e in estate.drift().news] == [e for e in expected if e is Change.WAIVER_EXPIRED]


def test_a_waiver_hides_no_failure(estate):
    waived(estate, OnResource("b1"), date(2027, 11, 30))
    estate.night(Bucket("b1", PASS))
    estate.night(Bucket("b1", FAIL))
    assert changes(estate.drift()) == [(Change.REGRESSED, "b1")]


def test_findings_about_scopes_are_told_as_coverage_not_as_findings(estate):
    estate.night(reached=FAILED)
    estate.night(reached=FAILED)
    (entry,) = estate.drift().entries
    assert entry.change is Change.BLIND_SPOT
    assert not entry.uid.startswith(scope_uid(UNIT.kind, Scope(UNIT.target))[:6])


def test_what_needs_people_comes_first(estate):
    estate.night(*many(10), Bucket("c1", FAIL), Bucket("c2", FAIL), Bucket("c3", PASS), Bucket("c4", PASS))
    estate.night(*many(3), Bucket("c1", FAIL), Bucket("c2", PASS), Bucket("c3", FAIL), Bucket("c4", UNKNOWN))
    assert [entry.change for entry in estate.drift().entries] == [
        Change.SUSPECTED_MASS_VANISH,
        Change.BLIND_SPOT,
        Change.REGRESSED,
        Change.FIXED,
        Change.STILL_FAILING,
    ]


@pytest.mark.parametrize(
    ("granted", "revoked", "expected"),
    [
        (datetime(2026, 11, 1, 12, tzinfo=UTC), None, [Change.WAIVER_GRANTED]),
        (datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, 12, tzinfo=UTC), [Change.WAIVER_REVOKED]),
        (datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 9, tzinfo=UTC), []),
        (datetime(2026, 11, 3, tzinfo=UTC), None, []),
    ],
)
def test_what_somebody_accepted_or_took_back_between_two_nights_is_news(estate, granted, revoked, expected):
    request = WaiverRequest(
        ENC, OnResource("b1"), "a reason that an auditor can read", "Ada", "Bo", date(2027, 11, 30)
    )
    waiver = grant(estate.store, request, at=granted, zone=UTC)
    if revoked:
        revoke(estate.store, waiver.id, reason="the reason no longer holds", approver="Ada", at=revoked)
    estate.night(Bucket("b1", FAIL))
    estate.night(Bucket("b1", FAIL))
    told = [entry for entry in estate.drift().news if entry.change.startswith("waiver")]
    assert [entry.change for entry in told] == expected
    assert all(entry.name == waiver.id for entry in told)


def test_both_engines_tell_the_same(store):
    estate = Estate(store)
    waived(estate, OnResource("nobody"), date(2027, 11, 30))
    estate.night(*many(10), Bucket("c1", FAIL), Bucket("c2", FAIL), Bucket("c3"), Bucket("c4"))
    estate.night(*many(3), Bucket("c1", FAIL), Bucket("c2"), Bucket("c3", FAIL), Bucket("c4", UNKNOWN))
    assert [entry.change for entry in estate.drift().entries] == [
        Change.SUSPECTED_MASS_VANISH,
        Change.BLIND_SPOT,
        Change.REGRESSED,
        Change.FIXED,
        Change.WAIVER_ORPHANED,
        Change.STILL_FAILING,
    ]
    estate.night(reached=FAILED)
    (lost,) = estate.drift().of(Change.BLIND_SPOT)
    assert "run 2 of 2026-11-02: 7 known then with 2 fail, 4 pass, 1 unknown" in lost.sentence


STEPS = st.sampled_from(["pass", "fail", "unknown", "absent", "refused", "interrupted"])
CERTAIN = ("pass", "fail")


def expected_change(steps):
    """What one bucket's nights amount to, worked out from the words alone."""
    *earlier, before, after = steps
    if after in ("refused", "interrupted"):
        return {Change.BLIND_SPOT}
    present, known = None, None
    for step in [*earlier, before]:
        if step in ("pass", "fail", "unknown", "absent"):
            present = step != "absent"
            known = step if step in CERTAIN else known
    if after == "absent":
        seen_before = before not in ("refused", "interrupted", "absent")
        if not present:
            return set()
        return {Change.VANISHED} if seen_before else {Change.GONE_UNSEEN}
    ever = any(step in ("pass", "fail", "unknown") for step in [*earlier, before])
    arrival = set()
    if not present and ever:
        arrival = {Change.RETURNED}
    elif not ever:
        return {Change.NEWLY_VISIBLE} if before in ("refused", "interrupted") else {Change.NEW}
    return arrival | answer_change(after, known, steps)


def answer_change(after, known, steps):
    if after == "unknown":
        return {Change.BLIND_SPOT}
    if known is None:
        return {Change.NEWLY_VISIBLE}
    if after == known:
        return {Change.STILL_FAILING} if after == "fail" else {Change.SEEN_AGAIN}
    return {Change.REGRESSED} if after == "fail" else {Change.FIXED}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=2, max_size=6))
def test_any_sequence_of_nights_gives_the_change_its_words_say(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("estate")
    with Store.open(str(folder / "store.db"), keys=folder / "keys") as store:
        estate = Estate(store)
        for step in steps:
            match step:
                case "absent":
                    estate.night(*many(4))
                case "refused":
                    estate.night(reached=FAILED)
                case "interrupted":
                    estate.night(done=False)
                case _:
                    estate.night(*many(4), Bucket("b99", Status(step)))
        found = {e.change for e in estate.drift().entries if e.uid == "b99" or not e.uid}
    expected = expected_change(steps)
    # Whether an answer was away for a while, or turned often, is a matter of degree with tests of its own.
    assert found - {Change.SEEN_AGAIN, Change.FLAPPING} == expected - {Change.SEEN_AGAIN} or (
        Change.FLAPPING in found and expected & {Change.REGRESSED, Change.FIXED}
    )
