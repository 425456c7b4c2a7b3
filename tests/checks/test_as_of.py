"""Every check that is told the date, asked night after night about an unchanged world made up from the shapes of its facts."""

from __future__ import annotations

import ast
import inspect
import sys
import types
import typing
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.check import Verdict, check, failed, supporting
from checks.load import all_checks
from evidence.model import Resource, Scope

TODAY = date(2026, 11, 22)
DATED = sorted(name for name, held in all_checks().checks.items() if "as_of" in held.reserved)
RESOURCE = Resource("fake.box", "uid", "box", Scope("fake/shop"))


def moments():
    """Around each threshold that a check may have, as days and as moments."""
    days = st.integers(-800, 400).map(lambda days: TODAY + timedelta(days=days))
    return st.one_of(
        days.map(date.isoformat),
        days.map(
            lambda day: datetime(day.year, day.month, day.day, 8, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        ),
    )


def words_of(module):
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    held = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return sorted(word for word in held if 0 < len(word) < 30)


def world_of(hint, words):
    """Values of a fact's declared shape."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if typing.is_typeddict(hint):
        return st.fixed_dictionaries({k: world_of(v, words) for k, v in typing.get_type_hints(hint).items()})
    if origin in {typing.Union, types.UnionType}:
        return st.one_of(*(world_of(part, words) for part in inner))
    if origin is list:
        return st.lists(world_of(inner[0], words), max_size=2)
    if hint is str:
        return st.one_of(moments(), st.sampled_from(["", *words]))
    return st.integers(0, 3) if hint is int else st.from_type(hint)


def told(held, facts, as_of):
    reserved = {"as_of": as_of, "resource": RESOURCE}
    try:
        return held.judge(**facts, **held.policy, **{name: reserved[name] for name in held.reserved})
    except (ValueError, KeyError, IndexError):
        return None  # made-up words that no source says


def ages(held):
    """The sentences that were new each of three nights, and how many worlds kept their status that long.

    One night's change is no age: a certificate that expires becomes one that has expired.
    """
    hints, words = typing.get_type_hints(held.judge), words_of(held.module)
    changed, compared = [], 0

    @settings(
        max_examples=150,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.fixed_dictionaries({name: world_of(hints[name], words) for name in (*held.facts, *held.also)}))
    def four_nights(facts):
        nonlocal compared
        nights = [told(held, facts, TODAY + timedelta(days=days)) for days in range(4)]
        if None not in nights and len({verdict.status for verdict in nights}) == 1:
            compared += 1
            sentences = [verdict.sentence for verdict in nights]
            if len(set(sentences)) == len(nights):
                changed.append(sentences[0])

    four_nights()
    return changed, compared


@pytest.mark.parametrize("name", DATED)
def test_in_an_unchanged_world_no_sentence_is_new_every_night(name):
    changed, compared = ages(all_checks().checks[name])
    assert changed == []
    assert compared > 10


def test_a_sentence_that_names_an_age_would_be_noticed():
    link = supporting("164.312(d)", proves="x", does_not_prove="y")

    @check("old", on="fake.box", severity="low", links=[link])
    def old(made: str, as_of: date) -> Verdict:
        """How old is it?"""
        return failed(f"it is {(as_of - date.fromisoformat(made[:10])).days} days old")

    assert ages(old)[0] != []
