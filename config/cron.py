"""The nightly schedule as cron text: one time of day, on chosen days. Pure; no clock, no scheduler.

Weekdays are standard cron (0 and 7 are Sunday). At most one run a day, so that a run belongs to a local date
and a night with two 01:30s gives one run.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

_WEEKDAYS = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_LEAP_YEAR = 2024


@dataclass(frozen=True, slots=True)
class Nightly:
    """A time of day and the days it falls on; `weekdays` count from Sunday = 0."""

    hour: int
    minute: int
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def falls_on(self, day: date) -> bool:
        """Whether a run is due on this local date."""
        return day.day in self.days and day.month in self.months and day.isoweekday() % 7 in self.weekdays

    @property
    def ever_falls(self) -> bool:
        """Whether any date is among these, as 30 February is not."""
        return min(self.days) <= max(monthrange(_LEAP_YEAR, month)[1] for month in self.months)

    def instant(self, day: date, zone: ZoneInfo) -> datetime:
        """The one UTC instant of that local date: the first where a time comes twice, an hour on where it is skipped."""
        return datetime.combine(day, time(self.hour, self.minute), zone).astimezone(UTC)


def parse(text: str) -> Nightly:
    """Read "minute hour day month weekday"; raises ValueError with a sentence for what cannot be kept."""
    fields = text.lower().split()
    if len(fields) != 5:
        raise ValueError('a cron text has five fields, as in "0 2 * * *" for 02:00 every night')
    minute, hour, day, month, weekday = fields
    if day != "*" and weekday != "*":
        raise ValueError("limit the day of the month or the weekday, not both")
    return Nightly(
        hour=_single("hour", hour, 23),
        minute=_single("minute", minute, 59),
        days=_some("day", day, 1, 31, {}),
        months=_some("month", month, 1, 12, _MONTHS),
        weekdays=frozenset(number % 7 for number in _some("weekday", weekday, 0, 7, _WEEKDAYS)),
    )


def _single(field: str, text: str, highest: int) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > highest:
        raise ValueError(f"the {field} is one number from 0 to {highest}, because there is one run a night")
    return int(text)


def _some(field: str, text: str, lowest: int, highest: int, names: dict[str, int]) -> frozenset[int]:
    chosen: set[int] = set()
    for item in text.split(","):
        span, _, step = item.partition("/")
        first, dash, last = span.partition("-")
        if span == "*":
            numbers = range(lowest, 7 if field == "weekday" else highest + 1)
        else:
            low = _number(field, first, lowest, highest, names)
            high = _number(field, last, lowest, highest, names) if dash else highest if step else low
            if low > high:
                raise ValueError(f"the {field} range {span} runs backwards")
            numbers = range(low, high + 1)
        chosen.update(numbers[:: _step(field, step)])
    return frozenset(chosen)


def _step(field: str, text: str) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdigit()) or int(text) == 0:
        raise ValueError(f"the {field} step {text!r} is not a positive number")
    return int(text)


def _number(field: str, text: str, lowest: int, highest: int, names: dict[str, int]) -> int:
    number = names.get(text, int(text) if text.isascii() and text.isdigit() else -1)
    if not lowest <= number <= highest:
        raise ValueError(f"the {field} {text!r} is not a number from {lowest} to {highest}")
    return number
