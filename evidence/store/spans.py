"""Spans: over which runs evidence and verdicts held.

A stored span ends when the evidence or the judgement changes; a span given here ends when its own value does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from evidence.model import Unit
from evidence.store.backend import OPEN, Backend, chunks, marks
from evidence.store.judgements import JudgementReader
from evidence.store.rows import EvidenceSpan, FindingSpan, Verdict


class SpanRow(NamedTuple):
    """One stored span with its resource; `evidence` and `judgement` are rows of objects, or 0."""

    resource: int
    from_run: int
    to_run: int
    evidence: int
    judgement: int
    unit: int
    uid: str
    name: str
    part: str


class Window(NamedTuple):
    """The runs (after, until]; a span is of the window when it began or ended in it."""

    after: int
    until: int

    def has_end_of(self, begun: int, ended: int) -> bool:
        """Whether an end of the span lies in the window."""
        return self.after < begun <= self.until or self.after < ended <= self.until


EVER = Window(-1, OPEN)
"""The window that every span is of."""


class ResourceSpans(NamedTuple):
    """All spans ever held of one resource, oldest first."""

    unit: Unit
    rows: Sequence[SpanRow]

    @property
    def uid(self) -> str:
        """The resource's uid."""
        return self.rows[0].uid

    def evidence(self, window: Window = EVER) -> Iterator[EvidenceSpan]:
        """Its evidence that began or ended in the window, oldest first."""
        _, _, _, _, _, _, uid, name, part = self.rows[0]
        held, since = 0, 0
        for at, evidence, _ in self._turns():
            if evidence != held:
                if held and window.has_end_of(since, at):
                    yield EvidenceSpan(self.unit, uid, name, part, since, at, held)
                held, since = evidence, at

    def findings(self, judgements: JudgementReader, window: Window = EVER) -> Iterator[FindingSpan]:
        """Its findings that began or ended in the window, oldest first."""
        _, _, _, _, _, _, uid, name, part = self.rows[0]
        for begun, check, ended, verdict in sorted(self._said(judgements, window)):
            yield FindingSpan(self.unit, uid, name, part, check, begun, ended, verdict)

    def _said(self, judgements: JudgementReader, window: Window) -> Iterator[tuple[int, str, int, Verdict]]:
        """Begin, check, end and verdict of the findings, in the order of their ends."""
        since: dict[str, int] = {}
        said = 0
        for at, _, judgement in self._turns():
            verdicts = judgements.verdicts(said)
            for check in judgements.differ(said, judgement):
                if check in verdicts and window.has_end_of(since[check], at):
                    yield since[check], check, at, verdicts[check]
                since[check] = at
            said = judgement

    def _turns(self) -> Iterator[tuple[int, int, int]]:
        """The runs at which something else began to hold, with evidence and judgement; 0 for none."""
        last = self.rows[0].from_run
        for _, begun, ended, evidence, judgement, *_ in self.rows:
            if begun != last:
                yield last, 0, 0
            yield begun, evidence, judgement
            last = ended
        yield last, 0, 0


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
        yield from self._of(series, _SPANS.format(tables), (*window, *window, OPEN))

    def _of(self, series: str, sql: str, values: Sequence[int | str]) -> Iterator[ResourceSpans]:
        rows = sorted(self._backend.query(sql, values))
        units = self._known_units({row[5] for row in rows})
        for _, group in groupby(rows, key=itemgetter(0)):
            spans = list(map(SpanRow._make, group))
            its_series, unit = units[spans[0].unit]
            if its_series == series:
                yield ResourceSpans(unit, spans)

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

# The indexes leave the first run out; a query has to say so itself to be answered from them.
_LATER = " AND from_run > 1"

_CHANGED = """
SELECT resource_id FROM span WHERE from_run > ? AND from_run <= ? AND from_run > 1
UNION SELECT resource_id FROM span WHERE to_run > ? AND to_run <= ? AND to_run < ?"""
