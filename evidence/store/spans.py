"""Spans: over which runs evidence and verdicts held.

A stored span ends when the evidence or the judgement changes; a span given here ends when its own value does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from evidence.model import Unit
from evidence.store.backend import OPEN, Backend, chunks, marks
from evidence.store.judgements import JudgementReader
from evidence.store.rows import EvidenceSpan, FindingSpan

# A named tuple's own constructor is a function in Python; thousands are made here.
_evidence_span: Callable[[tuple[Any, ...]], EvidenceSpan] = partial(tuple.__new__, EvidenceSpan)
_finding_span: Callable[[tuple[Any, ...]], FindingSpan] = partial(tuple.__new__, FindingSpan)

SpanRow = tuple[int, int, int, int, int, int, str, str, str]
"""One stored span with its resource, as `_SPANS` selects them; evidence and judgement are rows of objects, or 0."""

Turn = tuple[int, int, int]
"""A run at which something else began to hold, with evidence and judgement; 0 for none."""

_AT_AND_JUDGEMENT = itemgetter(0, 2)


class Window(NamedTuple):
    """The runs (after, until]; a span is of the window when it began or ended in it."""

    after: int
    until: int


EVER = Window(-1, OPEN)
"""The window that every span is of."""


class ResourceSpans(NamedTuple):
    """All that ever held of one resource; its turns are in the order of the runs, the last ends what holds."""

    unit: Unit
    uid: str
    name: str
    part: str
    turns: Sequence[Turn]

    def evidence(self, window: Window = EVER) -> list[EvidenceSpan]:
        """Its evidence that began or ended in the window, oldest first."""
        unit, uid, name, part, turns = self
        after, until = window
        found, held, since = [], 0, 0
        for at, evidence, _ in turns:
            if evidence != held:
                if held and (after < at <= until or after < since <= until):
                    found.append(_evidence_span((unit, uid, name, part, since, at, held)))
                held, since = evidence, at
        return found

    def findings(self, judgements: JudgementReader, window: Window = EVER) -> list[FindingSpan]:
        """Its findings that began or ended in the window, oldest first, those of one begin by check."""
        unit, uid, name, part, turns = self
        said = judgements.said(tuple(map(_AT_AND_JUDGEMENT, turns)), window)
        return [_finding_span((unit, uid, name, part, *span)) for span in said]


def turns(spans: Iterable[SpanRow]) -> list[Turn]:
    """The turns of one resource, from its spans, oldest first; between two spans nothing may be known of it."""
    found: list[Turn] = []
    last = 0
    for _, begun, ended, evidence, judgement, _, _, _, _ in spans:
        if begun != last:
            found.append((last, 0, 0))
        found.append((begun, evidence, judgement))
        last = ended
    found.append((last, 0, 0))
    return found


class Spans:
    """The spans of chosen resources; units are remembered, for they never change."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._units: dict[int, tuple[str, Unit]] = {}

    def of_uids(self, series: str, uids: Sequence[str]) -> Iterator[ResourceSpans]:
        """The resources of a series with these uids."""
        for chunk in chunks(uids):
            sql = f"{_SPANS.format('resource r')} WHERE r.uid IN ({marks(chunk)})"
            yield from self._of(series, sql, chunk)

    def of_resources(self, series: str, resources: Sequence[int]) -> Iterator[ResourceSpans]:
        """The resources with these row ids, as far as they are of the series."""
        for chunk in chunks(resources):
            sql = f"{_SPANS.format('resource r')} WHERE r.id IN ({marks(chunk)})"
            yield from self._of(series, sql, chunk)

    def changed(self, series: str, window: Window) -> Iterator[ResourceSpans]:
        """The resources with a stored span of the window."""
        changed = _CHANGED if window.after else _CHANGED.replace(_LATER, "")
        # The few rows first: both engines follow joins in the order they are written.
        tables = f"({changed}) c JOIN resource r ON r.id = c.resource_id"
        yield from self._of(series, _SPANS.format(tables), (*window, *window))

    def _of(self, series: str, sql: str, values: Sequence[int | str]) -> Iterator[ResourceSpans]:
        rows = sorted(self._backend.query(sql, values))
        units = self._known_units({row[5] for row in rows})
        for _, group in groupby(rows, key=itemgetter(0)):
            spans = list(group)
            _, _, _, _, _, row, uid, name, part = spans[0]
            its_series, unit = units[row]
            if its_series == series:
                yield ResourceSpans(unit, uid, name, part, turns(spans))

    def _known_units(self, rows: set[int]) -> Mapping[int, tuple[str, Unit]]:
        for chunk in chunks(sorted(rows - self._units.keys())):
            sql = f"SELECT id, series, source, target, kind FROM unit WHERE id IN ({marks(chunk)})"  # noqa: S608 - marks
            self._units |= {
                row: (series, Unit(*key)) for row, series, *key in self._backend.query(sql, chunk)
            }
        return self._units


_SPANS = """
SELECT r.id, s.from_run, s.to_run, s.evidence_id, s.judgement_id, r.unit_id, r.uid, r.name, r.part
FROM {} JOIN span s ON s.resource_id = r.id"""

# The indexes leave out the first run and what still holds; a query has to say so itself, in numbers, to be answered
# from them whatever it is asked with.
_LATER = " AND from_run > 1"

_CHANGED = f"""
SELECT resource_id FROM span WHERE from_run > ? AND from_run <= ? AND from_run > 1
UNION SELECT resource_id FROM span WHERE to_run > ? AND to_run <= ? AND to_run < {OPEN}"""  # noqa: S608 - our number
