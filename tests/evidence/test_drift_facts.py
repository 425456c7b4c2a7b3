from __future__ import annotations

import pytest

from evidence.drift_facts import changed_facts, turned

LONG = "k" * 81


def document(labels=(), **facts):
    return {"name": "b1", "part": "global", "labels": [list(pair) for pair in labels], "facts": facts}


def told(then, now):
    before, after = document(fact=then), document(fact=now)
    return turned(before, after, changed_facts(before, after))


@pytest.mark.parametrize(
    ("then", "now", "words"),
    [
        (True, False, ["fact from yes to no"]),
        (90, 30, ["fact from 90 to 30"]),
        ("AES256", "aws:kms", ["fact from AES256 to aws:kms"]),
        (None, "aws:kms", ["fact from nothing to aws:kms"]),
        ([22, 443], [443], ["fact from 22, 443 to 443"]),
        (["a"], [], ["fact from a to nothing"]),
        ("two words", "one", ['fact from "two words" to one']),
        ("x\x1b[2J", "y", ['fact from "x\\u001b[2J" to y']),
        ({"mfa": True, "age": 3}, {"mfa": False, "age": 3}, ["fact.mfa from yes to no"]),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, ["fact.a.b from 1 to 2"]),
        ({"a": 1}, {"b": 2}, ["fact.a from 1 to nothing", "fact.b from nothing to 2"]),
        (None, {"a": "x", "b": {"c": 1}}, ["fact.a from nothing to x", "fact.b.c from nothing to 1"]),
        ({"a": {}}, None, ["fact"]),
        ([], [{"id": 1}], ['fact from nothing to {"id": 1}']),
        ([{"id": 1}], [{"id": 2}], ['fact from {"id": 1} to {"id": 2}']),
        (None, {"a": None, "b": "x"}, ["fact.b from nothing to x"]),
        (LONG, "short", ["fact"]),
        ([{"Effect": "Deny", "Resource": LONG}], [], ["fact"]),
    ],
)
def test_a_changed_fact_is_told_with_what_it_was_and_is_as_far_as_a_sentence_can_hold_it(then, now, words):
    assert told(then, now) == words


@pytest.mark.parametrize(("then", "now"), [({"a": None}, {}), (None, ""), ([], None)])
def test_what_reads_alike_before_and_after_is_named_alone(then, now):
    assert all(" from " not in place for place in told(then, now))
    assert told(then, now)


def test_a_fact_that_could_not_be_read_on_one_of_the_nights_did_not_change():
    missing = {"$missing": "denied", "need": "s3:GetBucketPolicy", "detail": ""}
    assert told(missing, {"a": 1}) == told({"a": 1}, missing) == []


def test_labels_are_told_by_their_keys():
    before, after = document(labels=[("Owner", "imaging"), ("Zone", "b")]), document(labels=[("Zone", "b")])
    assert turned(before, after, changed_facts(before, after)) == ["labels.Owner from imaging to nothing"]
