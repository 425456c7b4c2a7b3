"""Spans: over which runs evidence and verdicts held.

A resource's stored spans follow one another without a gap, from the first run until now; one with neither evidence nor
judgement says that nothing was known. A span given here ends when its own value does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from evidence.model import Unit
from evidence.store.backend import FIRST, OPEN, Backend, Row, chunks, marks
from evidence.store.held import SPANS
from evidence.store.judgements import JudgementReader
from evidence.store.rows import EvidenceSpan, FindingSpan, Window

# A named tuple's own constructor is a function in Python; thousands are made here.
_evidence_span: Callable[[tuple[Any, ...]], EvidenceSpan] = partial(tuple.__new__, EvidenceSpan)
_finding_span: Callable[[tuple[Any, ...]], FindingSpan] = partial(tuple.__new__, FindingSpan)

EVER = Window(-1, OPEN)
"""The window that every span is of."""


class ResourceSpans(NamedTuple):
    """All that ever held of one resource: object rows, 0 for none; what holds now does so until more is known.

    `begun`, `evidence_rows` and `judgement_rows` are what held before, oldest first, each from the run of its beginning.
    """

    unit: Unit
    uid: str
    name: str
    part: str
    since: int
    evidence_row: int
    judgement_row: int
    begun: list[int]
    evidence_rows: list[int]
    judgement_rows: list[int]

    def evidence(self, window: Window = EVER) -> list[EvidenceSpan]:
        """Its evidence that began or ended in the window, oldest first."""
        unit, uid, name, part, begins, now, _, begun, rows, _ = self
        after, until = window
        found, held, since = [], 0, 0
        for at, row in zip([*begun, begins, OPEN], [*rows, now, 0]):  # noqa: B905 - as long as each other, and hot
            if row != held:
                if held and (after < at <= until or after < since <= until):
                    found.append(_evidence_span((unit, uid, name, part, since, at, held)))
                held, since = row, at
        return found

    def findings(self, judgements: JudgementReader, window: Window = EVER) -> list[FindingSpan]:
        """Its findings that began or ended in the window, oldest first, those of one begin by check."""
        unit, uid, name, part, begins, _, now, begun, _, rows = self
        said = judgements.said((*begun, begins), (*rows, now), window)
        return [_finding_span((unit, uid, name, part, *span)) for span in said]


_resource_spans: Callable[[tuple[Any, ...]], ResourceSpans] = partial(tuple.__new__, ResourceSpans)


class Spans:
    """The spans of chosen resources; units are remembered, for they never change."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._units: dict[int, tuple[str, Unit]] = {}

    def of_uids(self, series: str, uids: Sequence[str]) -> Iterator[ResourceSpans]:
        """The resources of a series with these uids."""
        for chunk in chunks(uids):
            yield from self._of(series, self._backend.query(f"{_OF} WHERE r.uid IN ({marks(chunk)})", chunk))

    def of_resources(self, series: str, resources: Sequence[int]) -> Iterator[ResourceSpans]:
        """The resources with these row ids, as far as they are of the series."""
        for chunk in chunks(resources):
            yield from self._of(series, self._backend.query(f"{_OF} WHERE r.id IN ({marks(chunk)})", chunk))

    def changed(self, series: str, window: Window) -> list[ResourceSpans]:
        """The resources of which something else held after one of the window's runs than before it."""
        after, until = window
        if after < FIRST:
            return self._of(series, self._backend.query(_FROM_THE_FIRST, window))
        rows = self._backend.query(_CHANGED, (*window, *window, after))
        if any(since > until for _, _, _, _, since, *_ in rows):
            rows += self._backend.query(_LATER, (*window, until))
        return self._of(series, rows)

    def _of(self, series: str, rows: list[Row]) -> list[ResourceSpans]:
        """Resources from rows of one past span each; of its rows at least one says whose it is and what holds now."""
        units = self._known_units({row[7] for row in rows if row[7]})
        found: list[ResourceSpans] = []
        last = placed = 0
        for resource, at, evidence, judgement, since, held, said, unit_row, uid, name, part in sorted(rows):
            if resource != last:
                last = resource
                past: tuple[list[int], list[int], list[int]] = ([], [], [])
                begun, held_before, said_before = past
            if unit_row and resource != placed:
                placed = resource
                its_series, unit = units[unit_row]
                if its_series == series:
                    found.append(_resource_spans((unit, uid, name, part, since, held, said, *past)))
            if at:
                begun.append(at)
                held_before.append(evidence)
                said_before.append(judgement)
        return found

    def _known_units(self, rows: set[int]) -> Mapping[int, tuple[str, Unit]]:
        for chunk in chunks(sorted(rows - self._units.keys())):
            sql = f"SELECT id, series, source, target, kind FROM unit WHERE id IN ({marks(chunk)})"  # noqa: S608 - marks
            self._units |= {
                row: (series, Unit(*key)) for row, series, *key in self._backend.query(sql, chunk)
            }
        return self._units


_PAST = "p.resource_id, p.from_run, p.evidence_id, p.judgement_id"
_NOW = "r.since_run, r.evidence_id, r.judgement_id, r.unit_id, r.uid, r.name, r.part"
_SAID_ELSEWHERE = "0, 0, 0, 0, '', '', ''"

_OF = f"""
SELECT r.id, coalesce(p.from_run, 0), p.evidence_id, p.judgement_id, {_NOW}
FROM resource r LEFT JOIN past p ON p.resource_id = r.id"""  # noqa: S608 - our names

# What ended in the window, with whose it is; then what ended before it, which nothing did that began with the first run.
_CHANGED = f"""
SELECT {_PAST}, {_NOW}
FROM past p JOIN resource r ON r.id = p.resource_id WHERE p.to_run > ? AND p.to_run <= ?
UNION ALL
SELECT {_PAST}, {_SAID_ELSEWHERE}
FROM (SELECT DISTINCT resource_id FROM past WHERE to_run > ? AND to_run <= ? AND from_run > {FIRST}) c
JOIN past p ON p.resource_id = c.resource_id WHERE p.to_run <= ?"""  # noqa: S608 - our names

_LATER = f"""
SELECT {_PAST}, {_SAID_ELSEWHERE}
FROM (SELECT DISTINCT resource_id FROM past WHERE to_run > ? AND to_run <= ?) c
JOIN past p ON p.resource_id = c.resource_id WHERE p.to_run > ?"""  # noqa: S608 - our names

# Before the first run nothing was known of anything: what held at some time until the window's end has changed in it.
_FROM_THE_FIRST = f"""{_OF} WHERE r.id IN (
SELECT resource_id FROM {SPANS} s WHERE from_run > ? AND from_run <= ? AND (evidence_id <> 0 OR judgement_id <> 0))"""  # noqa: S608 - our words
