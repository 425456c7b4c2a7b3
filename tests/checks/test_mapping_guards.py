import pytest

from checks.check import Check, context, direct, passed, supporting
from checks.guards import FORBIDDEN, NOT_MEASURED, TOPICS, uncovered, violations
from checks.load import all_checks
from checks.rule import catalog


def real_checks() -> list[Check]:
    return list(all_checks().checks.values())


def a_check(topic: str, *links) -> Check:
    return Check(
        id=f"wrong-{topic}",
        on=("aws.s3.bucket",),
        severity="high",
        links=links,
        question="Is it so?",
        topic=topic,
        module=f"checks.{topic}.aws",
        facts=("encryption",),
        policy={},
        judge=lambda encryption: passed("it is so"),
    )


def linked(type_, provision):
    return type_(provision, proves="something", does_not_prove="something else")


def test_no_real_check_is_linked_to_what_it_does_not_speak_of():
    assert [str(violation) for violation in violations(catalog(), real_checks())] == []


def test_every_automatable_safeguard_has_a_real_check():
    assert [str(violation) for violation in uncovered(catalog(), real_checks())] == []


@pytest.mark.parametrize("type_", [direct, supporting, context])
@pytest.mark.parametrize(
    ("topic", "provision", "guard"),
    [
        ("encryption_at_rest", "164.312(e)(2)(ii)", "no at-rest check under 312(e)"),
        ("encryption_at_rest", "164.312(e)(1)", "no at-rest check under 312(e)"),
        ("transmission", "164.312(a)(2)(iv)", "no in-transit check under 312(a)(2)(iv)"),
        ("exposure", "164.310(a)(1)", "no network check under 310"),
        ("transmission", "164.310(c)", "no network check under 310"),
        ("encryption_at_rest", "164.312(c)(1)", "no encryption check under 312(c)"),
        ("transmission", "164.312(c)(2)", "no encryption check under 312(c)"),
        ("backup", "164.312(a)(2)(ii)", "no backup check under 312(a)(2)(ii)"),
        ("audit_controls", "164.312(d)", "no logging check under 312(d) or 312(a)(2)(i)"),
        ("audit_controls", "164.312(a)(2)(i)", "no logging check under 312(d) or 312(a)(2)(i)"),
    ],
)
def test_each_forbidden_link_trips_its_guard_however_weak(topic, provision, guard, type_):
    found = violations(catalog(), [a_check(topic, linked(type_, provision))])
    assert guard in {violation.guard for violation in found}


def test_another_spelling_of_the_paragraph_does_not_slip_through():
    found = violations(catalog(), [a_check("backup", linked(direct, "312.a.2.ii"))])
    assert [violation.provision for violation in found] == ["164.312(a)(2)(ii)"]


def test_a_paragraph_that_does_not_exist_is_named_with_its_neighbours():
    (violation,) = violations(catalog(), [a_check("access", linked(direct, "164.312(a)(2)(v)"))])
    assert violation.guard == "every cited id exists"
    assert "164.312(a)(2)(iv)" in str(violation)


def test_no_check_may_lift_what_only_people_can_attest():
    wrong = a_check("workstation", linked(direct, "164.310(b)"))
    right = a_check("workstation", linked(supporting, "164.310(b)"))
    assert [violation.guard for violation in violations(catalog(), [wrong, right])] == [
        "no check lifts what people attest"
    ]


def test_a_check_that_measures_a_specification_may_not_lift_its_standard_too():
    links = (linked(direct, "164.312(a)(1)"), linked(direct, "164.312(a)(2)(i)"))
    (violation,) = violations(catalog(), [a_check("access", *links)])
    assert violation.guard == "no parent inherits a child's pass"
    assert violation.provision == "164.312(a)(1)"


def test_a_safeguard_without_any_check_is_reported_unless_people_carry_it():
    missing = {violation.provision for violation in uncovered(catalog(), [])}
    assert "164.312(a)(2)(iii)" in missing
    assert "164.310(a)(2)(iv)" not in missing
    one = a_check("automatic_logoff", linked(direct, "164.312(a)(2)(iii)"))
    assert missing - {v.provision for v in uncovered(catalog(), [one])} == {"164.312(a)(2)(iii)"}


def test_a_safeguard_left_to_attestation_has_a_reason_until_a_check_overtakes_it():
    assert NOT_MEASURED.keys().isdisjoint({v.provision for v in uncovered(catalog(), [])})
    assert all(NOT_MEASURED.values())
    one = a_check("media", linked(supporting, "164.310(d)(2)(iii)"))
    assert "164.310(d)(2)(iii)" in {v.provision for v in uncovered(catalog(), [one])}


def test_a_check_outside_the_known_topics_is_reported():
    (violation,) = violations(catalog(), [a_check("misc", linked(direct, "164.312(b)"))])
    assert violation.guard == "every check lives in a topic"


def test_a_sound_mapping_trips_nothing():
    sound = [
        a_check("encryption_at_rest", linked(direct, "164.312(a)(2)(iv)")),
        a_check("transmission", linked(direct, "164.312(e)(2)(ii)"), linked(supporting, "164.312(e)(1)")),
        a_check("audit_controls", linked(direct, "164.312(b)"), linked(supporting, "164.312(c)(2)")),
    ]
    assert violations(catalog(), sound) == []


def test_every_forbidden_paragraph_and_topic_exists():
    for forbidden in FORBIDDEN:
        assert set(forbidden.topics) <= set(TOPICS)
        for paragraph in forbidden.paragraphs:
            assert any(provision.id.startswith(paragraph) for provision in catalog())
