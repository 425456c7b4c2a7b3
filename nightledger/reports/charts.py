"""Charts as numbers for SVG: stacked bars with their positions, drawn by the template. Units are SVG user units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, BOTTOM = 720, 180, 52, 24


@dataclass(frozen=True, slots=True)
class Segment:
    """One coloured and hatched piece of a bar; `look` is its CSS class."""

    look: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its label, which the template shows where there is room, and its middle."""

    label: str
    middle: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of upright stacked bars; `ticks` are (value, y) of the scale's lines."""

    title: str
    looks: tuple[tuple[str, str], ...]
    bars: tuple[Bar, ...]
    ticks: tuple[tuple[int, int], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


Row = tuple[str, Sequence[int]]
"""A bar's label with one number for each look, bottom first."""


def stacked(title: str, looks: Sequence[tuple[str, str]], rows: Sequence[Row], least: int) -> Chart:
    """Upright bars, with room for at least `least`; `looks` are (CSS class, word) for each number.

    A number above 0 is never less than 2 units high.
    """
    top = _rounded(max((sum(numbers) for _, numbers in rows), default=0))
    step = (WIDTH - LEFT) // max(len(rows), least)
    bars = tuple(
        _bar(label, numbers, looks, LEFT + position * step, step, top)
        for position, (label, numbers) in enumerate(rows)
    )
    ticks = tuple((value, _y(value, top)) for value in dict.fromkeys((0, top // 2, top)))
    return Chart(title, tuple(looks), bars, ticks)


def shares(
    numbers: Sequence[int], looks: Sequence[str], width: int = 240, height: int = 14
) -> tuple[Segment, ...]:
    """One lying bar of full width, cut in proportion to the numbers; empty when there is nothing to share."""
    whole = sum(numbers)
    segments, x = [], 0
    for number, look in zip(numbers, looks, strict=True):
        if number:
            long = max(3, number * width // whole)
            segments.append(Segment(look, x, 0, long, height))
            x += long
    return tuple(segments)


def _bar(
    label: str, numbers: Sequence[int], looks: Sequence[tuple[str, str]], x: int, step: int, top: int
) -> Bar:
    segments, y = [], _y(0, top)
    for number, (look, _) in zip(numbers, looks, strict=True):
        if number:
            high = max(2, _y(0, top) - _y(number, top))
            y -= high
            segments.append(Segment(look, x + 2, y, step - 4, high))
    return Bar(label, x + step // 2, tuple(segments))


def _y(value: int, top: int) -> int:
    room = HEIGHT - BOTTOM - 10
    return HEIGHT - BOTTOM - (value * room // top if top else 0)


def _rounded(value: int) -> int:
    """The next even number of at most two digits, times a power of ten, so that halves stay whole."""
    scale = 1
    while value > 16 * scale:
        scale *= 10
    return next(even * scale for even in range(2, 17, 2) if even * scale >= value)
