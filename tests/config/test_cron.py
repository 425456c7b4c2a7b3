import contextlib
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.cron import parse

NEW_YORK = ZoneInfo("America/New_York")


def test_weekdays_are_numbered_as_in_cron():
    assert parse("0 2 * * 1-5").weekdays == {1, 2, 3, 4, 5}
    assert parse("0 2 * * 0").weekdays == parse("0 2 * * 7").weekdays == parse("0 2 * * sun").weekdays == {0}
    assert parse("0 2 * * 5-7").weekdays == {5, 6, 0}
    sunday, monday = date(2026, 11, 22), date(2026, 11, 23)
    assert parse("0 2 * * mon-fri").falls_on(monday)
    assert not parse("0 2 * * mon-fri").falls_on(sunday)


def test_lists_ranges_and_steps_choose_days():
    assert parse("0 2 1,15 * *").days == {1, 15}
    assert parse("0 2 */10 * *").days == {1, 11, 21, 31}
    assert parse("0 2 20/5 * *").days == {20, 25, 30}
    assert parse("0 2 * jan-mar *").months == {1, 2, 3}
    assert parse("0 2 * * */2").weekdays == {0, 2, 4, 6}


@pytest.mark.parametrize(
    "text",
    [
        "", "0 2 * *", "* 2 * * *", "0 */6 * * *", "60 2 * * *", "0 24 * * *", "0 2 0 * *", "0 2 32 * *",
        "0 2 * 13 *", "0 2 * * 8", "0 2 * * fri-mon", "0 2 1 * mon", "0 2 */0 * *", "0 2 */x * *", "0 2 1- * *",
        "0 2 , * *", "0 2 * * funday", "-1 2 * * *", "@daily", "0 \u0662 * * *",
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused(text):
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        parse(text)


@pytest.mark.parametrize("never", ["0 2 30 feb *", "0 2 30-31 2 *", "0 2 31 4,jun,9,nov *"])
def test_a_night_may_be_one_that_never_comes(never):
    assert not parse(never).ever_falls


@pytest.mark.parametrize("rare", ["0 2 29 feb *", "0 2 31 feb,mar *", "0 2 30,28 2 *"])
def test_a_night_that_comes_at_least_in_leap_years_does_come(rare):
    days = (date(2024, 1, 1) + timedelta(days=ahead) for ahead in range(366))
    assert any(parse(rare).falls_on(day) for day in days)
    assert parse(rare).ever_falls


def test_a_time_that_comes_twice_is_one_instant():
    autumn = date(2026, 11, 1)
    assert parse("30 1 * * *").instant(autumn, NEW_YORK) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_a_time_that_is_skipped_still_comes():
    spring = date(2026, 3, 8)
    assert parse("30 2 * * *").instant(spring, NEW_YORK) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


@given(st.text(alphabet="0123456789*/,-abcdefmnostuw ", max_size=30))
def test_any_text_is_read_or_refused_with_a_sentence(text):
    with contextlib.suppress(ValueError):
        nightly = parse(text)
        assert nightly.days
        assert nightly.months
        assert nightly.weekdays
