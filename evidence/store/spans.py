"""Spans: over which runs evidence and verdicts held.

A resource's stored spans follow one another without a gap, from the run that first saw it until now; one with neither
evidence nor judgement says that nothing was known. A span given here ends when its own value does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from evidence.model import Unit
from evidence.store.backend import OPEN, Backend, chunks, marks
from evidence.store.judgements import JudgementReader
from evidence.store.rows import EvidenceSpan, FindingSpan, Window

# A named tuple's own constructor is a function in Python; thousands are made here.
_evidence_span: Callable[[tuple[Any, ...]], EvidenceSpan] = partial(tuple.__new__, EvidenceSpan)
_finding_span: Callable[[tuple[Any, ...]], FindingSpan] = partial(tuple.__new__, FindingSpan)

EVER = Window(-1, OPEN)
"""The window that every span is of."""


class ResourceSpans(NamedTuple):
    """All that ever held of one resource, oldest first; what was last known holds until now.

    `begun` are the runs at which its stored spans began, the others the objects that held from each on, 0 for none.
    """

    unit: Unit
    uid: str
    name: str
    part: str
    begun: Sequence[int]
    evidence_rows: Sequence[int]
    judgement_rows: Sequence[int]

    def evidence(self, window: Window = EVER) -> list[EvidenceSpan]:
        """Its evidence that began or ended in the window, oldest first."""
        unit, uid, name, part, begun, rows, _ = self
        after, until = window
        found, held, since = [], 0, 0
        for at, row in zip([*begun, OPEN], [*rows, 0]):  # noqa: B905 - as long as each other, and this is hot
            if row != held:
                if held and (after < at <= until or after < since <= until):
                    found.append(_evidence_span((unit, uid, name, part, since, at, held)))
                held, since = row, at
        return found

    def findings(self, judgements: JudgementReader, window: Window = EVER) -> list[FindingSpan]:
        """Its findings that began or ended in the window, oldest first, those of one begin by check."""
        unit, uid, name, part, begun, _, rows = self
        said = judgements.said(tuple(begun), tuple(rows), window)
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
            yield from self._of(series, f"{_OF} WHERE r.uid IN ({marks(chunk)})", chunk)

    def of_resources(self, series: str, resources: Sequence[int]) -> Iterator[ResourceSpans]:
        """The resources with these row ids, as far as they are of the series."""
        for chunk in chunks(resources):
            yield from self._of(series, f"{_OF} WHERE r.id IN ({marks(chunk)})", chunk)

    def changed(self, series: str, window: Window) -> list[ResourceSpans]:
        """The resources of which a stored span began in the window: as there are no gaps, all that changed in it."""
        sql = _CHANGED if window.after else _CHANGED.replace(_LATER, "")
        return self._of(series, sql, window)

    def _of(self, series: str, sql: str, values: Sequence[int | str]) -> list[ResourceSpans]:
        rows = sorted(self._backend.query(sql, values))
        units = self._known_units({row[4] for row in rows} - {None})
        found: list[ResourceSpans] = []
        begun: list[int] = []
        held: list[int] = []
        said: list[int] = []
        last = placed = 0
        for resource, at, evidence, judgement, unit_row, uid, name, part in rows:
            if resource != last:
                last = resource
                begun, held, said = [], [], []
            if unit_row is not None and resource != placed:
                placed = resource
                its_series, unit = units[unit_row]
                if its_series == series:
                    found.append(_resource_spans((unit, uid, name, part, begun, held, said)))
            begun.append(at)
            held.append(evidence)
            said.append(judgement)
        return found

    def _known_units(self, rows: set[int]) -> Mapping[int, tuple[str, Unit]]:
        for chunk in chunks(sorted(rows - self._units.keys())):
            sql = f"SELECT id, series, source, target, kind FROM unit WHERE id IN ({marks(chunk)})"  # noqa: S608 - marks
            self._units |= {
                row: (series, Unit(*key)) for row, series, *key in self._backend.query(sql, chunk)
            }
        return self._units


_WHOSE = ("r.unit_id", "r.uid", "r.name", "r.part")

_OF = f"""
SELECT r.id, s.from_run, s.evidence_id, s.judgement_id, {", ".join(_WHOSE)}
FROM resource r JOIN span s ON s.resource_id = r.id"""  # noqa: S608 - our names

# The index leaves out the first run; a query has to say so itself, in a number, to be answered from it whatever it is
# asked with.
_LATER = " AND from_run > 1"

# The few rows first: both engines follow joins in the order they are written. Whose spans they are is sent once.
_CHANGED = f"""
SELECT r.id, s.from_run, s.evidence_id, s.judgement_id,
    {", ".join(f"CASE s.from_run WHEN c.newest THEN {column} END" for column in _WHOSE)}
FROM (SELECT resource_id, max(from_run) AS newest FROM span
    WHERE from_run > ? AND from_run <= ? AND from_run > 1 GROUP BY resource_id) c
JOIN resource r ON r.id = c.resource_id JOIN span s ON s.resource_id = r.id"""  # noqa: S608 - our names
