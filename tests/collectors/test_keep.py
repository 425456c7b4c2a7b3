from __future__ import annotations

import string
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.keep import KeepError, parse
from evidence.canonical import canonical

names = st.sampled_from(["Name", "Region", "Tags", "Key", "Policy", "Secret", "é", "", "a" * 200])
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.datetimes(timezones=st.none() | st.just(UTC) | st.just(timezone(timedelta(hours=14))))
    | st.dates()
    | st.text(st.characters(min_codepoint=0xD7FE, max_codepoint=0xE001))
    | st.just(Decimal("1.5"))
    | st.builds(object)
)
answers = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)
structures = st.dictionaries(names, answers, max_size=5)


def project(text, answer):
    dropped: list[str] = []
    return parse(text).project(answer, dropped.append), dropped


def test_only_named_fields_are_kept_and_the_others_are_counted_by_path():
    answer = {"Buckets": [{"Name": "b", "CreationDate": "x"}, {"Name": "a"}], "Owner": {"ID": "1"}}
    kept, dropped = project("Buckets[]{Name, BucketRegion}", answer)
    assert kept == {"Buckets": [{"Name": "a"}, {"Name": "b"}]}
    assert sorted(dropped) == ["Buckets[].CreationDate", "Owner"]


def test_a_bare_name_keeps_scalars_and_lists_of_scalars_but_no_structure():
    kept, dropped = project("A, B, C, D", {"A": 1, "B": ["y", "x"], "C": {"secret": 1}, "D": [{"secret": 1}]})
    assert kept == {"A": 1, "B": ["x", "y"]}
    assert sorted(dropped) == ["C", "D"]


def test_a_list_marked_ordered_keeps_its_order():
    assert project("A[ordered], B[ordered]{n}", {"A": [2, 1], "B": [{"n": 2}, {"n": 1}]})[0] == {
        "A": [2, 1],
        "B": [{"n": 2}, {"n": 1}],
    }


def test_a_star_keeps_everything_below_and_sorts_its_lists():
    kept, _ = project("P{*}", {"P": {"Action": ["b", "a"], "deep": {"x": [1, {"y": 2.5}]}}})
    assert kept == {"P": {"Action": ["a", "b"], "deep": {"x": [1, {"y": "2.5"}]}}}


def test_a_json_text_is_decoded_before_it_is_kept():
    kept, _ = project("Policy:json{*}", {"Policy": '{"Statement": [{"Effect": "Deny"}]}'})
    assert kept == {"Policy": {"Statement": [{"Effect": "Deny"}]}}


def test_a_json_text_can_be_kept_in_part():
    kept, dropped = project("P:json{a{b}}", {"P": '{"a": {"b": 1, "c": 2}, "d": 3}'})
    assert kept == {"P": {"a": {"b": 1}}}
    assert sorted(dropped) == ["P.a.c", "P.d"]


def test_a_csv_text_becomes_rows_of_the_named_columns_whatever_their_order():
    one, _ = project("Content:csv{arn, mfa}", {"Content": b"arn,mfa,secret\nb,true,s\na,false,s\n"})
    two, _ = project("Content:csv{arn, mfa}", {"Content": "secret,mfa,arn\ns,false,a\ns,true,b\n"})
    assert one == two == {"Content": [{"arn": "a", "mfa": "false"}, {"arn": "b", "mfa": "true"}]}


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "\x00", "nan-", '{"a": 1'])
def test_a_text_that_does_not_decode_is_absent_rather_than_empty(text):
    kept, dropped = project("Policy:json{*}", {"Policy": text})
    assert kept == {}
    assert dropped == ["Policy"]


def test_a_document_nested_too_deep_is_dropped_whole_rather_than_cut():
    kept, dropped = project("P:json{*}", {"P": '{"Condition": ' + "[" * 100 + "1" + "]" * 100 + "}"})
    assert kept == {}
    assert dropped == ["P"]


def test_times_become_utc_text_floats_text_and_bytes_are_dropped():
    answer = {
        "t": datetime(2026, 1, 2, 5, 4, 5, 999, tzinfo=timezone(timedelta(hours=2))),
        "n": datetime(2026, 1, 2, 3, 4, 5),  # noqa: DTZ001 - a naive time is the case
        "d": date(2026, 1, 2),
        "f": 0.5,
        "b": b"secret",
    }
    kept, dropped = project("t, n, d, f, b", answer)
    assert kept == {"t": "2026-01-02T03:04:05Z", "n": "2026-01-02T03:04:05Z", "d": "2026-01-02", "f": "0.5"}
    assert dropped == ["b"]


def test_a_name_that_is_not_ascii_stays_under_a_star_in_an_ascii_form():
    kept, _ = project("P{*}", {"P": {"aws:PrincipalTag/é": "x"}})
    assert kept == {"P": {"aws:PrincipalTag/\\xe9": "x"}}


def test_a_payload_used_as_a_field_name_does_not_travel_as_a_statistic():
    _, dropped = project("A", {"Jane Doé": 1, "x" * 300: 2})
    assert dropped == ["?", "?"]


@given(structures)
def test_no_answer_makes_it_raise_and_all_it_keeps_can_be_evidence(answer):
    for text in (
        "Name, Tags[]{Key}, Policy:json{*}",
        "Region{*}",
        "Name[ordered], Tags{Key, Name{*}}",
        "Name:csv{Key}",
    ):
        kept, _ = project(text, answer)
        canonical(kept)


@given(structures)
def test_nothing_below_a_field_it_does_not_name_is_kept(answer):
    kept, _ = project("Name, Tags[]{Key}, Region{Name}", answer)
    assert set(kept) <= {"Name", "Tags", "Region"}
    assert not isinstance(kept.get("Name"), dict)
    assert set(kept.get("Region") or {}) <= {"Name"}
    assert all(set(row) <= {"Key"} for row in kept.get("Tags", []))


@given(
    st.lists(st.dictionaries(st.sampled_from(["Key", "Value"]), st.text() | st.integers()), max_size=6),
    st.randoms(),
)
def test_the_order_of_an_api_list_never_shows(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert project("T[]{Key, Value}", {"T": rows})[0] == project("T[]{Key, Value}", {"T": shuffled})[0]


@given(st.text(string.ascii_letters + "[]{},:* ordejscv", max_size=30))
def test_a_keep_list_parses_or_says_why_not(text):
    try:
        parse(text)
    except KeepError as error:
        assert text in str(error) or repr(text) in str(error)  # noqa: PT017 - both ends are allowed


@pytest.mark.parametrize(
    "text",
    ["", "A{", "A{}", "A[]", "A:xml{b}", "A:json", "A, A", "A}", "A B", "{A}", "A[sorted]{b}", "A{*", "A$"],
)
def test_a_wrong_keep_list_is_refused(text):
    with pytest.raises(KeepError):
        parse(text)
