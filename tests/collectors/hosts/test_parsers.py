from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.hosts.parsers.text import lines, number
from evidence.canonical import canonical
from evidence.model import Missing
from tests.collectors.hosts import parsers
from tests.collectors.hosts.parsers import FIXTURES, PARSERS


@pytest.mark.parametrize("path", parsers.cases(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_section_is_read_as_its_fixture_says(path):
    fact = PARSERS[path.parent.name](*parsers.given(path))
    expected = json.loads(path.read_text())["expected"]
    if isinstance(expected, dict) and set(expected) == {"missing"}:
        assert isinstance(fact, Missing)
        assert fact.reason == expected["missing"]
    else:
        assert fact == expected
        assert json.loads(canonical(fact)) == expected


def test_every_parser_has_fixtures_and_every_fixture_a_parser():
    assert {path.parent.name for path in parsers.cases()} == set(PARSERS)
    assert {path.name for path in FIXTURES.iterdir()} == set(PARSERS)


def _is_a_fact(value):
    return isinstance(value, Missing) or canonical(value) is not None


@settings(max_examples=400, deadline=None)
@given(path=st.sampled_from(parsers.cases()), data=st.data())
def test_mutated_text_never_raises_and_always_gives_a_fact(path, data):
    values = parsers.given(path)
    which = data.draw(st.sampled_from([i for i, value in enumerate(values) if isinstance(value, bytes)]))
    text = bytearray(values[which])
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(at, min(len(text), at + 6)))
        text[at:end] = data.draw(st.binary(max_size=6))
    values[which] = bytes(text)
    assert _is_a_fact(PARSERS[path.parent.name](*values))


@settings(max_examples=300, deadline=None)
@given(path=st.sampled_from(parsers.cases()), data=st.binary(max_size=300))
def test_random_bytes_never_raise_and_always_give_a_fact(path, data):
    values = [data if isinstance(value, bytes) else value for value in parsers.given(path)]
    assert _is_a_fact(PARSERS[path.parent.name](*values))


@settings(max_examples=300, deadline=None)
@given(
    path=st.sampled_from([path for path in parsers.cases() if path.parent.name in {"mounts", "swaps"}]),
    data=st.data(),
)
def test_nothing_is_encrypted_without_an_encrypting_mapping_or_dataset(path, data):
    values = [
        value.replace(b"CRYPT-LUKS", b"CRYPT-XXXX")
        .replace(b"CRYPT-PLAIN", b"CRYPT-XXXXX")
        .replace(b"aes-", b"off")
        .replace(b"ecryptfs", b"x")
        for value in parsers.given(path)
    ]
    which = data.draw(st.integers(0, len(values) - 2))
    values[which] = values[which][: data.draw(st.integers(0, len(values[which])))]
    values[-1] = b""
    fact = PARSERS[path.parent.name](*values)
    assert isinstance(fact, Missing) or all(row["storage"] != "encrypted" for row in fact)


@given(st.binary(max_size=60))
def test_lines_are_the_same_whether_they_come_at_once_or_behind_one_that_has_to_be_cut(data):
    cut = b"x" * 70_000
    assert list(lines(data + b"\n" + cut))[:-1] == list(lines(data))


@given(st.text(max_size=30))
def test_a_number_is_decimal_and_small_enough_for_evidence(text):
    value = number(text)
    assert value is None or (str(value) == text.lstrip("0") or value == 0)
    assert value is None or value < 2**53
