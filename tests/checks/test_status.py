from dataclasses import dataclass, replace

import pytest

from checks.check import Check, context, direct, passed, supporting
from checks.guards import NOT_MEASURED
from checks.rule import UnknownProvision, catalog
from checks.status import Declared, Overlay, ProvisionState, roll_up
from evidence.model import Coverage, Missing, Reason, Scope, ScopeStatus, Status, Unit

ENCRYPTION = "164.312(a)(2)(iv)"
BUCKETS = "aws.s3.bucket"


@dataclass(frozen=True)
class Row:
    check: str
    uid: str
    status: Status
    kind: str = BUCKETS
    sentence: str = "because"
    seen: bool = True

    @property
    def name(self):
        return self.uid.upper()


@dataclass(frozen=True)
class Polled:
    unit: Unit
    coverage: tuple[Coverage, ...]


def check(id_, *links, on=(BUCKETS,)):
    return Check(id_, on, "high", links, "Is it?", "access", "checks.access", (), {}, lambda: passed(""))


def link(type_, provision=ENCRYPTION):
    return type_(provision, proves="a", does_not_prove="b")


def polled(status=ScopeStatus.COMPLETE, kind=BUCKETS, why=None):
    scope = Scope("aws/111122223333")
    return Polled(Unit("aws", scope.target, kind), (Coverage(scope, status, why=why),))


def status_of(provision, checks, rows, units=None, **overlay):
    units = [polled()] if units is None else units
    lines = roll_up(catalog(), checks, rows, units, Overlay(**overlay))
    return next(line for line in lines if line.provision.id == provision)


def encryption_by(checks, rows):
    return status_of(ENCRYPTION, checks, rows)


def encryption(rows, units=None, type_=direct, **overlay):
    return status_of(ENCRYPTION, [check("c", link(type_))], rows, units, **overlay)


PASS, FAIL, UNKNOWN, NOT_APPLICABLE = Status


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        ([PASS, PASS], ProvisionState.EVIDENCED),
        ([PASS, NOT_APPLICABLE], ProvisionState.EVIDENCED),
        ([PASS, FAIL], ProvisionState.FAILING),
        ([PASS, UNKNOWN], ProvisionState.PARTLY_EVIDENCED),
        ([UNKNOWN, FAIL], ProvisionState.FAILING),
        ([UNKNOWN], ProvisionState.NOT_COVERED),
        ([NOT_APPLICABLE], ProvisionState.NOT_COVERED),
        ([], ProvisionState.NOT_COVERED),
    ],
)
def test_the_state_follows_from_what_direct_checks_answered(statuses, state):
    rows = [Row("c", f"b{n}", status) for n, status in enumerate(statuses)]
    assert encryption(rows).state is state


def test_supporting_links_alone_never_evidence_and_never_fail():
    assert encryption([Row("c", "b1", PASS)], type_=supporting).state is ProvisionState.PARTLY_EVIDENCED
    mixed = encryption([Row("c", "b1", PASS), Row("c", "b2", FAIL)], type_=supporting)
    assert mixed.state is ProvisionState.PARTLY_EVIDENCED
    assert "1 supporting failing" in mixed.sentence


def test_context_links_lift_nothing():
    assert encryption([Row("c", "b1", PASS)], type_=context).state is ProvisionState.NOT_COVERED


@pytest.mark.parametrize("status", [ScopeStatus.PARTIAL, ScopeStatus.FAILED, ScopeStatus.NOT_ATTEMPTED])
def test_incomplete_coverage_caps_at_partly_evidenced_and_says_where(status):
    why = Missing(Reason.DENIED, need="s3:ListAllMyBuckets")
    line = encryption([Row("c", "b1", PASS)], [polled(status, why=why)])
    assert line.state is ProvisionState.PARTLY_EVIDENCED
    assert "aws/111122223333" in line.sentence
    assert "s3:ListAllMyBuckets" in line.sentence


def test_a_region_that_is_not_enabled_is_no_gap():
    line = encryption([Row("c", "b1", PASS)], [polled(), polled(ScopeStatus.NOT_APPLICABLE)])
    assert line.state is ProvisionState.EVIDENCED


def test_a_unit_that_reached_nothing_is_a_gap():
    line = encryption([Row("c", "b1", PASS)], [polled(), Polled(Unit("aws", "aws/2", BUCKETS), ())])
    assert line.state is ProvisionState.PARTLY_EVIDENCED
    assert "aws.s3.bucket of aws/2: nothing was reached" in line.gaps


def test_findings_without_recorded_coverage_are_no_evidence_of_the_whole():
    line = encryption([Row("c", "b1", PASS)], [])
    assert line.state is ProvisionState.PARTLY_EVIDENCED


def test_a_direct_check_that_was_not_asked_is_named_and_caps():
    checks = [check("c", link(direct)), check("d", link(direct))]
    line = status_of(ENCRYPTION, checks, [Row("c", "b1", PASS)])
    assert line.state is ProvisionState.PARTLY_EVIDENCED
    assert line.gaps == ("d was not asked of aws.s3.bucket",)


def test_a_check_of_a_kind_nobody_configured_is_out_of_scope():
    checks = [check("c", link(direct)), check("d", link(direct), on=("host.linux",))]
    assert status_of(ENCRYPTION, checks, [Row("c", "b1", PASS)]).state is ProvisionState.EVIDENCED


def test_a_run_that_asked_only_some_questions_evidences_nothing_wholly():
    line = encryption([Row("c", "b1", PASS)], narrowed="only bucket checks were asked")
    assert line.state is ProvisionState.PARTLY_EVIDENCED
    assert line.gaps == ("only bucket checks were asked",)


def test_a_waived_failure_is_not_failing_but_named_and_never_evidenced():
    rows = [Row("c", "b1", PASS), Row("c", "b2", FAIL)]
    line = encryption(rows, waived={("c", "b2"): "accepted by Ada until 2027-01-31"})
    assert line.state is ProvisionState.PARTLY_EVIDENCED
    assert [bad.waiver for bad in line.direct.waived] == ["accepted by Ada until 2027-01-31"]
    assert line.direct.waived[0].name == "B2"
    assert "1 failing but waived" in line.sentence


def test_a_waiver_for_another_resource_does_not_help():
    assert encryption([Row("c", "b2", FAIL)], waived={("c", "b1"): "x"}).state is ProvisionState.FAILING


def test_a_waiver_does_not_make_known_what_was_not_seen():
    line = encryption([Row("c", "b1", UNKNOWN)], waived={("c", "b1"): "x"})
    assert [bad.uid for bad in line.direct.unknown] == ["b1"]
    assert line.direct.waived == ()


def test_n_of_n_counts_resources_that_pass_every_question_and_names_their_kinds():
    checks = [check("c", link(direct)), check("d", link(direct), on=(BUCKETS, "aws.rds.instance"))]
    rows = [
        Row("c", "b1", PASS),
        Row("d", "b1", PASS),
        Row("c", "b2", PASS),
        Row("d", "b2", UNKNOWN),
        Row("d", "db1", PASS, kind="aws.rds.instance"),
    ]
    line = status_of(ENCRYPTION, checks, rows, [polled(), polled(kind="aws.rds.instance")])
    assert (line.direct.passing, line.direct.asked) == (2, 3)
    assert line.direct.kinds == (("aws.rds.instance", 1), (BUCKETS, 2))
    assert "2 of 3 (1 aws.rds.instance, 2 aws.s3.bucket)" in line.sentence


def test_a_scope_that_could_not_be_listed_is_unknown_but_no_resource():
    rows = [Row("c", "b1", PASS), Row("c", "scope:aws.s3.bucket:aws/2", UNKNOWN)]
    line = encryption(rows)
    assert line.state is ProvisionState.PARTLY_EVIDENCED
    assert line.direct.asked == 1
    assert len(line.direct.unknown) == 1


@pytest.mark.parametrize("status", [PASS, FAIL])
def test_what_is_only_remembered_from_an_earlier_run_counts_as_unknown(status):
    line = encryption([Row("c", "b1", PASS), Row("c", "b2", status, seen=False)])
    assert line.state is ProvisionState.PARTLY_EVIDENCED
    assert "last known" in line.direct.unknown[0].sentence


def test_not_applicable_everywhere_is_said():
    line = encryption([Row("c", "b1", NOT_APPLICABLE), Row("c", "b2", NOT_APPLICABLE)])
    assert line.arises_nowhere
    assert "arises nowhere" in line.sentence
    assert not encryption([Row("c", "b1", PASS), Row("c", "b2", NOT_APPLICABLE)]).arises_nowhere
    assert not encryption([Row("c", "b1", UNKNOWN), Row("c", "b2", NOT_APPLICABLE)]).arises_nowhere


def test_no_parent_inherits_a_childs_pass():
    parent = status_of("164.312(a)(1)", [check("c", link(direct))], [Row("c", "b1", PASS)])
    assert parent.state is ProvisionState.NOT_COVERED


def test_a_failing_specification_keeps_its_standard_from_being_evidenced():
    checks = [check("c", link(direct)), check("p", link(direct, "164.312(a)(1)"))]
    rows = [Row("c", "b1", FAIL), Row("p", "b1", PASS)]
    parent = status_of("164.312(a)(1)", checks, rows)
    assert parent.state is ProvisionState.PARTLY_EVIDENCED
    assert parent.failing_below == (ENCRYPTION,)


def test_attestations_and_inheritance_fill_only_what_nothing_measured():
    plan = "164.310(a)(2)(ii)"
    attested = Declared(plan, "facility plan, approved by Ada until 2027-06-30")
    inherited = Declared(plan, "provider report, period 2026", inherited=True)
    assert status_of(plan, [], [], declared=[attested]).state is ProvisionState.ATTESTED
    assert status_of(plan, [], [], declared=[inherited]).state is ProvisionState.INHERITED
    both = status_of(plan, [], [], declared=[attested, inherited])
    assert both.state is ProvisionState.ATTESTED
    assert attested.sentence in both.sentence


def test_an_attestation_does_not_override_a_failure():
    record = Declared(ENCRYPTION, "all is well")
    line = encryption([Row("c", "b1", FAIL)], declared=[record])
    assert line.state is ProvisionState.FAILING
    assert line.declared == (record,)


def test_a_check_cannot_evidence_what_only_people_can_attest():
    line = status_of("164.310(b)", [check("c", link(direct, "164.310(b)"))], [Row("c", "b1", PASS)])
    assert line.state is ProvisionState.PARTLY_EVIDENCED


def test_every_physical_and_technical_paragraph_has_a_line_with_what_is_left_to_people():
    lines = roll_up(catalog(), [], [], [])
    assert [line.provision for line in lines] == list(catalog().safeguards())
    assert {line.state for line in lines} == {ProvisionState.NOT_COVERED}
    for line in lines:
        assert "left to people: " in line.sentence


def test_a_line_says_how_evidence_speaks_to_it_and_keeps_a_providers_word_apart():
    checks = [check("c", link(context)), replace(check("p", link(context)), topic="inherited")]
    line = encryption_by(checks, [Row("c", "b1", PASS), Row("p", "b1", PASS)])
    assert line.state is ProvisionState.NOT_COVERED
    assert "context only: 1 of 1 (1 aws.s3.bucket) pass" in line.sentence
    assert "inherited, by the provider's word: 1 of 1 (1 aws.s3.bucket) pass" in line.sentence
    assert [role for role, _ in line.roles] == ["context", "inherited"]


def test_a_line_tells_what_was_asked_of_nothing_from_what_does_not_arise():
    assert "measured directly: asked of nothing that was looked at" in encryption([], []).sentence
    nowhere = encryption([Row("c", "b1", NOT_APPLICABLE)])
    assert "measured directly: found nothing to ask about" in nowhere.sentence
    unknown = encryption([Row("c", "b1", UNKNOWN)], type_=context)
    assert "1 context unknown" in unknown.sentence


def test_a_line_that_nothing_speaks_to_says_so_and_why():
    lines = {line.provision.id: line for line in roll_up(catalog(), [], [], [])}
    assert "nothing collected speaks to it; left to people" in lines["164.310(a)(2)(i)"].sentence
    for provision, why in NOT_MEASURED.items():
        assert f"nothing collected speaks to it: {why}" in lines[provision].sentence


def test_other_paragraphs_have_a_line_when_something_speaks_to_them():
    backup = status_of(
        "164.308(a)(7)(ii)(A)", [check("c", link(direct, "164.308(a)(7)(ii)(A)"))], [Row("c", "b1", PASS)]
    )
    assert backup.state is ProvisionState.EVIDENCED
    assert backup.left_to_people


def test_a_link_by_alias_reaches_the_true_paragraph():
    line = status_of("164.308(a)(1)(i)", [check("c", link(direct, "164.308(a)(1)"))], [Row("c", "b1", PASS)])
    assert line.direct.checks == ("c",)


def test_a_link_to_no_paragraph_is_an_error_not_a_silent_gap():
    with pytest.raises(UnknownProvision):
        roll_up(catalog(), [check("c", link(direct, "164.312(z)"))], [], [])


def test_no_line_speaks_of_percent_or_compliance():
    line = encryption([Row("c", "b1", PASS), Row("c", "b2", FAIL)])
    assert "%" not in line.sentence
    assert "complian" not in line.sentence
