from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightledger.reports.charts import BOTTOM, HEIGHT, WIDTH, shares, stacked

LOOKS = (("fail", "fail"), ("pass", "pass"))


def test_a_stacked_bar_is_as_high_as_its_numbers() -> None:
    chart = stacked("t", LOOKS, [("a", (0, 100)), ("b", (50, 50))], 12)
    (whole,), (lower, upper) = chart.bars[0].segments, chart.bars[1].segments

    assert whole.look == "pass"
    assert lower.height == upper.height == whole.height // 2
    assert lower.y + lower.height == HEIGHT - BOTTOM
    assert upper.y + upper.height == lower.y
    assert [value for value, _ in chart.ticks] == [0, 50, 100]


def test_one_failure_beside_many_passes_can_be_seen() -> None:
    failing = stacked("t", LOOKS, [("a", (1, 100_000))], 12).bars[0].segments[0]

    assert (failing.look, failing.height) == ("fail", 2)


def test_nothing_at_all_is_an_empty_chart() -> None:
    assert stacked("t", LOOKS, [], 12).bars == ()
    assert stacked("t", LOOKS, [("a", (0, 0))], 12).bars[0].segments == ()


@pytest.mark.parametrize(("most", "top"), [(1, 2), (17, 20), (100, 100), (1134, 1200), (99_999, 100_000)])
def test_the_scale_ends_on_a_round_number(most: int, top: int) -> None:
    assert stacked("t", LOOKS, [("a", (0, most))], 12).ticks[-1][0] == top


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), max_size=30))
def test_bars_stay_inside_the_picture(rows: list[tuple[int, int]]) -> None:
    chart = stacked("t", LOOKS, [("x", row) for row in rows], 12)

    for bar in chart.bars:
        for segment in bar.segments:
            assert segment.x >= 0
            assert segment.x + segment.width <= WIDTH
            assert segment.y >= 0
            assert segment.y + segment.height <= HEIGHT - BOTTOM


def test_a_share_is_cut_in_proportion() -> None:
    looks = ("pass", "fail")

    assert [(s.x, s.width) for s in shares((3, 1), looks)] == [(0, 180), (180, 60)]
    assert shares((0, 0), looks) == ()
