"""Spans: over which runs evidence and verdicts held.

A stored span ends when the evidence or the judgement changes; a span given here ends when its own value does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, TypeVar

from evidence.model import Unit
from evidence.store.backend import OPEN, Backend, chunks, marks
from evidence.store.judgements import JudgementReader
from evidence.store.objects import named
from evidence.store.rows import EvidenceSpan, FindingSpan, Verdict

Value = TypeVar("Value")


class SpanRow(NamedTuple):
    """One stored span with its resource; `evidence` is a digest or None, `judgement` an object's row or 0."""

    resource: int
    from_run: int
    to_run: int
    evidence: bytes | None
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


@dataclass(frozen=True, slots=True)
class ResourceSpans:
    """All spans ever held of one resource, oldest first."""

    unit: Unit
    rows: Sequence[SpanRow]

    @property
    def uid(self) -> str:
        """The resource's uid."""
        return self.rows[0].uid

    def evidence(self, window: Window | None = None) -> Iterator[EvidenceSpan]:
        """Its evidence, oldest first."""
        _, _, _, _, _, _, uid, name, part = self.rows[0]
        for begun, ended, digest in _joined((row.from_run, row.to_run, row.evidence) for row in self.rows):
            if digest is not None and (window is None or window.has_end_of(begun, ended)):
                yield EvidenceSpan(self.unit, uid, name, part, begun, ended, named(digest))

    def findings(self, judgements: JudgementReader, window: Window | None = None) -> Iterator[FindingSpan]:
        """Its findings, oldest first."""
        _, _, _, _, _, _, uid, name, part = self.rows[0]
        spans = [
            FindingSpan(self.unit, uid, name, part, check, begun, ended, verdict)
            for check, begun, ended, verdict in self._verdicts(judgements)
            if window is None or window.has_end_of(begun, ended)
        ]
        yield from sorted(spans, key=attrgetter("from_run", "check"))

    def _verdicts(self, judgements: JudgementReader) -> Iterator[tuple[str, int, int, Verdict]]:
        said = [(row.from_run, row.to_run, judgements.verdicts(row.judgement)) for row in self.rows]
        for check in dict.fromkeys(check for _, _, verdicts in said for check in verdicts):
            for begun, ended, verdict in _joined((b, e, verdicts.get(check)) for b, e, verdicts in said):
                if verdict is not None:
                    yield check, begun, ended, verdict


class Spans:
    """The spans of chosen resources; units are remembered, for they never change."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._units: dict[int, tuple[str, Unit]] = {}

    def of_uids(self, series: str, uids: Sequence[str]) -> Iterator[ResourceSpans]:
        """The resources of a series with these uids."""
        for chunk in chunks(uids):
            yield from self._of(series, f"r.uid IN ({marks(chunk)})", chunk)

    def of_resources(self, series: str, resources: Sequence[int]) -> Iterator[ResourceSpans]:
        """The resources with these row ids, as far as they are of the series."""
        for chunk in chunks(resources):
            yield from self._of(series, f"r.id IN ({marks(chunk)})", chunk)

    def evidence_changed(self, series: str, window: Window) -> Iterator[ResourceSpans]:
        """The resources of which evidence may have begun or ended in the window."""
        yield from self.of_resources(series, self._changed(window, "evidence_id"))

    def judgement_changed(self, series: str, window: Window) -> Iterator[ResourceSpans]:
        """The resources of which a finding may have begun or ended in the window."""
        for chunk in chunks(self._changed(window, "judgement_id")):
            yield from self._of(series, f"r.id IN ({marks(chunk)})", chunk, _SAID)

    def _changed(self, window: Window, column: str) -> list[int]:
        """The resources with a span of the window, without those whose value just goes on in the next span."""
        sql = _CHANGED.format(column)
        rows = self._backend.query(sql if window.after else sql.replace(_LATER, ""), (*window, *window, OPEN))
        balance: Counter[tuple[int, int, int]] = Counter()
        for resource, run, value, sign in rows:
            balance[resource, run, value] += sign
        return sorted({resource for (resource, _, _), left in balance.items() if left})

    def _of(
        self, series: str, condition: str, values: Sequence[int | str], select: str = ""
    ) -> Iterator[ResourceSpans]:
        rows = sorted(map(SpanRow._make, self._backend.query((select or _HELD) + condition, values)))
        units = self._known_units({row.unit for row in rows})
        for _, group in groupby(rows, key=attrgetter("resource")):
            spans = list(group)
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


def _joined(spans: Iterable[tuple[int, int, Value]]) -> Iterator[tuple[int, int, Value]]:
    """Spans in their order, those that follow one another with equal values made one."""
    held: tuple[int, int, Value] | None = None
    for span in spans:
        if held is not None and held[1] == span[0] and held[2] == span[2]:
            held = (held[0], span[1], held[2])
            continue
        if held is not None:
            yield held
        held = span
    if held is not None:
        yield held


_HELD = """
SELECT r.id, s.from_run, s.to_run, o.digest, s.judgement_id, r.unit_id, r.uid, r.name, r.part
FROM resource r JOIN span s ON s.resource_id = r.id LEFT JOIN object o ON o.id = s.evidence_id WHERE """

# Where only findings are asked for, the digests of evidence are not worth their look-up.
_SAID = """
SELECT r.id, s.from_run, s.to_run, NULL, s.judgement_id, r.unit_id, r.uid, r.name, r.part
FROM resource r JOIN span s ON s.resource_id = r.id WHERE """

# The indexes leave the first run out; a query has to say so itself to be answered from them.
_LATER = " AND from_run > 1"

_CHANGED = """
SELECT resource_id, from_run, {0}, 1 FROM span WHERE from_run > ? AND from_run <= ? AND from_run > 1
UNION ALL SELECT resource_id, to_run, {0}, -1 FROM span WHERE to_run > ? AND to_run <= ? AND to_run < ?"""
