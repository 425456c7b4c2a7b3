from collections import Counter

import pytest

from checks.rule import Catalog, Designation, ProvisionKind, UnknownProvision, catalog, read_catalog


@pytest.fixture
def rule() -> Catalog:
    return catalog()


def counted(provisions) -> tuple[int, int, int, int]:
    standards = sum(p.kind is ProvisionKind.STANDARD for p in provisions)
    specs = [p for p in provisions if p.kind is ProvisionKind.SPECIFICATION]
    labels = Counter(p.designation for p in specs)
    return standards, len(specs), labels[Designation.REQUIRED], labels[Designation.ADDRESSABLE]


@pytest.mark.parametrize(
    ("family", "standards", "specs", "required", "addressable", "bare_standards"),
    [
        ("administrative", 9, 21, 10, 11, 2),
        ("physical", 4, 8, 2, 6, 2),
        ("technical", 5, 7, 2, 5, 2),
        ("organizational", 2, 9, 9, 0, 0),
        ("documentation", 2, 3, 3, 0, 1),
    ],
)
def test_each_family_has_the_paragraphs_of_the_regulation(
    rule, family, standards, specs, required, addressable, bare_standards
):
    members = [p for p in rule if p.family == family]
    assert counted(members) == (standards, specs, required, addressable)
    bare = [p for p in members if p.kind is ProvisionKind.STANDARD and not specifications_below(rule, p)]
    assert len(bare) == bare_standards


def specifications_below(rule, provision):
    return [child for child in rule.children(provision) if child.kind is ProvisionKind.SPECIFICATION]


def test_appendix_a_counts_18_standards_and_36_specifications_of_which_22_are_addressable(rule):
    assert counted([p for p in rule if p.in_appendix_a]) == (18, 36, 14, 22)


def test_subpart_c_counts_22_standards_and_48_specifications(rule):
    assert counted(rule) == (22, 48, 26, 22)
    assert len(rule) == 81


def test_every_standard_is_required_and_every_general_rule_outside_308_unlabelled(rule):
    assert {p.designation for p in rule if p.kind is ProvisionKind.STANDARD} == {Designation.REQUIRED}
    assert {p.designation for p in rule if p.family == "general"} == {None}


def test_parents_are_standards_of_the_same_family(rule):
    for provision in rule:
        if provision.parent is not None:
            parent = rule.get(provision.parent)
            assert parent.kind is ProvisionKind.STANDARD
            assert parent.family == provision.family
            assert provision.id[:7] == parent.id[:7]


def test_every_specification_has_a_parent(rule):
    assert all(p.parent for p in rule if p.kind is ProvisionKind.SPECIFICATION)


def test_every_safeguard_says_what_auditors_ask_and_what_is_left_to_people(rule):
    assert len(rule.safeguards()) == 24
    for provision in rule.safeguards():
        assert provision.auditor_asks, provision.id
        assert provision.left_to_people, provision.id
        assert provision.evidence_mode in rule.evidence_modes


def test_crosswalk_numbers_stay_text(rule):
    assert "5.1" in rule.get("164.312(a)(2)(i)").cis_v8_1
    assert "8.10" in rule.get("164.312(b)").cis_v8_1


def test_workforce_clearance_is_addressable_although_appendix_a_forgets_the_mark(rule):
    assert rule.get("164.308(a)(3)(ii)(B)").designation is Designation.ADDRESSABLE


@pytest.mark.parametrize(
    "citation",
    [
        "164.312(a)(2)(iv)",
        "312(a)(2)(iv)",
        "164_312_a_2_iv",
        "164.312.a.2.iv",
        "§ 164.312 (a)(2)(iv)",
        "45 CFR 164.312(a)(2)(iv)",
        "45 cfr § 164.312(A)(2)(IV)",
    ],
)
def test_one_paragraph_answers_to_its_usual_spellings(rule, citation):
    assert rule.get(citation).title == "Encryption and decryption"


def test_the_short_form_of_a_standard_is_an_alias(rule):
    assert rule.get("164.308(a)(1)").id == "164.308(a)(1)(i)"
    assert rule.get("164.316(b)").title == "Documentation"


def test_an_unknown_id_suggests_the_nearest(rule):
    with pytest.raises(UnknownProvision) as caught:
        rule.get("164.312(a)(2)(v)")
    assert "164.312(a)(2)(iv)" in caught.value.hint
    assert caught.value.exit_code == 2


def test_nonsense_gets_an_example_instead_of_a_guess(rule):
    with pytest.raises(UnknownProvision) as caught:
        rule.get("backups")
    assert "look like" in caught.value.hint


def test_the_catalog_is_read_once_and_cannot_be_changed(rule):
    assert catalog() is rule
    with pytest.raises(TypeError):
        rule.evidence_modes["automated"] = "no"


def test_two_provisions_may_not_share_a_spelling():
    entry = "{kind: general_rule, family: general, title: t, summary: s, id: %s}"
    text = f"evidence_modes: {{}}\nprovisions:\n- {entry % '164.306(a)'}\n- {entry % '164.306.A'}\n"
    with pytest.raises(ValueError, match="names two provisions"):
        read_catalog(text)
