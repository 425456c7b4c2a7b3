from __future__ import annotations

import math
from collections import OrderedDict
from enum import Enum

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from evidence.canonical import NotCanonical, canonical, digest

INTEGERS = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text(st.characters(max_codepoint=127))
SCALARS = st.none() | st.booleans() | INTEGERS | TEXTS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=30)


@given(VALUES)
def test_the_bytes_are_those_of_rfc_8785(value):
    assert canonical(value) == rfc8785.dumps(value)


@given(VALUES, st.floats())
def test_a_float_is_refused_wherever_it_hides(value, number):
    for holder in (
        [value, number],
        {"a": value, "b": number},
        [{"a": [number]}],
        number,
        {"n": (None, number)},
    ):
        with pytest.raises(NotCanonical):
            canonical(holder)


@pytest.mark.parametrize("number", [1.0, -0.0, 1e16, 1e-7, math.nan, math.inf, -math.inf])
def test_no_float_has_a_byte_form(number):
    with pytest.raises(NotCanonical):
        canonical({"value": number, "text": "é"})


@pytest.mark.parametrize("value", [2**53, -(2**53), 10**30])
def test_an_integer_that_others_would_round_is_refused(value):
    with pytest.raises(NotCanonical):
        canonical([value])


@pytest.mark.parametrize(
    "value", [{"é": 1}, {"a": [{"\U0001f511": None}]}, {1: 2}, {"a": {1, 2}}, b"x", "\ud800"]
)
def test_what_has_no_single_form_is_refused(value):
    with pytest.raises(NotCanonical):
        canonical(value)


class Half(Enum):
    VALUE = 0.5


@pytest.mark.parametrize("value", [Half.VALUE, OrderedDict(a=1.5), [OrderedDict(a=[Half.VALUE])]])
def test_a_float_is_refused_inside_subclasses_too(value):
    with pytest.raises(NotCanonical):
        canonical(value)


def test_text_that_looks_like_a_float_is_text():
    assert canonical({"a": ":1.5", "b": [",2.0e5"]}) == b'{"a":":1.5","b":[",2.0e5"]}'


def test_a_digest_names_its_algorithm():
    assert digest(b"abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
