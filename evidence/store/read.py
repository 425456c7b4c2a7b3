"""Reading: what held as of a run, what changed between two runs, and one resource's history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from evidence.documents import Document, JournalHead, decode_coverage, decode_facts, journal_document
from evidence.model import Resource, Scope, Unit
from evidence.store.backend import Backend
from evidence.store.errors import NotFound
from evidence.store.judgements import JudgementReader
from evidence.store.moments import moment
from evidence.store.objects import Objects, named
from evidence.store.rows import (
    EvidenceSpan,
    FindingRow,
    FindingSpan,
    ObservationRow,
    UnitRow,
    UnitState,
    Verdict,
    Window,
)
from evidence.store.spans import ResourceSpans, Spans

_AT_ONCE = 500
"""Observations whose evidence is looked up together, and held in memory."""


@dataclass(frozen=True, slots=True)
class Known:
    """One resource as of a run: the object of its evidence (0 for a scope), and what is said of it since when."""

    uid: str
    name: str
    part: str
    evidence: int
    since: int
    findings: tuple[tuple[str, Verdict, int], ...]


class Reader:
    """Reads committed rows; streams, so that memory stays that of one unit."""

    def __init__(self, backend: Backend, objects: Objects, judgements: JudgementReader, spans: Spans) -> None:
        self._backend = backend
        self._objects = objects
        self._judgements = judgements
        self._spans = spans

    def units(self, run: int) -> list[UnitRow]:
        """The units of a run in the order of their keys."""
        return [row for _, row in sorted(self._units(run), key=lambda pair: pair[1].unit)]

    def findings(self, run: int, kind: str | None) -> Iterator[FindingRow]:
        """The findings as of a run."""
        for unit, known in self.states(run, kind):
            for check, verdict, since in known.findings:
                yield FindingRow(
                    check=check,
                    source=unit.unit.source,
                    target=unit.unit.target,
                    kind=unit.unit.kind,
                    uid=known.uid,
                    name=known.name,
                    part=known.part,
                    status=verdict.status,
                    sentence=verdict.sentence,
                    facts=verdict.facts,
                    missing=verdict.missing,
                    since_run=since,
                    seen=_seen(unit, known.uid),
                )

    def observations(self, run: int, kind: str | None) -> Iterator[ObservationRow]:
        """The resources with their facts as of a run."""
        held = ((unit, known) for unit, known in self.states(run, kind) if known.evidence)
        while some := list(islice(held, _AT_ONCE)):
            documents = self._objects.get_rows({known.evidence for _, known in some})
            for unit, known in some:
                digest, data = documents[known.evidence]
                yield _observation(unit, known, digest, orjson.loads(data))

    def states(self, run: int, kind: str | None = None) -> Iterator[tuple[UnitRow, Known]]:
        """Every resource of the run's units as of the run, grouped by unit."""
        units = {row: unit for row, unit in self._units(run) if kind is None or unit.unit.kind == kind}
        kinds = " AND u.kind = ?" if kind is not None else ""
        values = (run, run, *([kind] if kind is not None else []))
        rows = map(_StateRow._make, self._backend.stream(_STATES + kinds + _STATES_ORDER, values))
        for _, group in groupby(rows, key=itemgetter(0, 1)):
            past = list(group)
            now = past[0]
            held = [(row.begun, row.evidence_before, row.judgement_before) for row in past if row.begun]
            if now.since <= run:
                held.append((now.since, now.evidence, now.judgement))
            if any(held[-1][1:]):
                yield units[now.unit], self._known(now, held)

    def _known(self, resource: _StateRow, held: list[tuple[int, int, int]]) -> Known:
        """A resource with all that held of it up to some run: from when on, evidence and judgement."""
        said = [(begun, self._judgements.verdicts(judgement)) for begun, _, judgement in held]
        evidence = [(begun, row) for begun, row, _ in held]
        return Known(
            uid=resource.uid,
            name=resource.name,
            part=resource.part,
            evidence=held[-1][1],
            since=_since(evidence) if held[-1][1] else 0,
            findings=tuple(
                (check, verdict, _since([(begun, then.get(check)) for begun, then in said]))
                for check, verdict in said[-1][1].items()
            ),
        )

    def evidence_changes(self, after: int, until: int, series: str) -> list[EvidenceSpan]:
        """Evidence that began or ended in (after, until]."""
        window = Window(after, until)
        changed = self._spans.changed(series, window)
        return [span for resource in changed for span in resource.evidence(window)]

    def finding_changes(self, after: int, until: int, series: str) -> list[FindingSpan]:
        """Findings that began or ended in (after, until]."""
        window = Window(after, until)
        changed = self._spans.changed(series, window)
        return [span for resource in changed for span in resource.findings(self._judgements, window)]

    def history(self, resource: str, series: str) -> tuple[list[EvidenceSpan], list[FindingSpan]]:
        """All spans of the resources with this uid, else with this name; raises NotFound."""
        found = self._found(resource, series)
        evidence = [span for one in found for span in one.evidence()]
        return evidence, [span for one in found for span in one.findings(self._judgements)]

    def evidence_at(self, resource: str, run: int, series: str) -> list[tuple[EvidenceSpan, Document]]:
        """The evidence of a uid (else a name) as of a run, with its document."""
        found = self._found(resource, series)
        spans = [span for one in found for span in one.evidence() if span.from_run <= run < span.to_run]
        return [(span, self.evidence(span)[1]) for span in spans]

    def evidence(self, span: EvidenceSpan) -> tuple[str, Document]:
        """The digest and the document of a span's evidence."""
        digest, data = self._objects.get_row(span.evidence)
        return digest, orjson.loads(data)

    def journal(self, run: int, unit: Unit) -> Document:
        """The journal of one unit of one run; raises NotFound."""
        rows = self._backend.query(_JOURNAL, (run, unit.source, unit.target, unit.kind, UnitState.DONE))
        if not rows:
            raise NotFound(f"run {run} has no journal of {unit}")
        principal, digest, owner, attempt, started, finished, packing, body = rows[0]
        head = JournalHead(unit, named(digest), principal, owner, attempt, moment(started), moment(finished))
        return journal_document(head, orjson.loads(self._objects.unpack(packing, body)))

    def _units(self, run: int) -> Iterator[tuple[int, UnitRow]]:
        for row in self._backend.query(_UNITS, (run,)):
            unit_id, s, t, k, state, principal, started, finished, digest, *coverage = row
            document = _NO_COVERAGE if coverage[0] is None else orjson.loads(self._objects.checked(*coverage))
            yield (
                int(unit_id),
                UnitRow(
                    unit=Unit(s, t, k),
                    state=UnitState(state),
                    principal=principal or "",
                    started=moment(started),
                    finished=moment(finished),
                    digest=named(digest) if digest else "",
                    coverage=decode_coverage(document),
                    carried=frozenset(document["carried"]),
                ),
            )

    def _found(self, resource: str, series: str) -> list[ResourceSpans]:
        """The resources with this uid, else with this name; raises NotFound."""
        found = list(self._spans.of_uids(series, [resource]))
        if not found:
            rows = self._backend.query("SELECT id FROM resource WHERE name = ?", (resource,))
            found = list(self._spans.of_resources(series, [int(row) for (row,) in rows]))
        if not found:
            raise NotFound(
                f"no resource has the uid or name {resource}", hint="`nightledger list resources` names them."
            )
        return found


class _StateRow(NamedTuple):
    unit: int
    resource: int
    uid: str
    name: str
    part: str
    since: int
    evidence: int
    judgement: int
    begun: int
    evidence_before: int
    judgement_before: int


def _since(history: Sequence[tuple[int, Any]]) -> int:
    """The run with which the last value began, looking back over spans that follow one another."""
    since, value = history[-1]
    for begun, before in reversed(history[:-1]):
        if before != value:
            break
        since = begun
    return since


def _seen(unit: UnitRow, uid: str) -> bool:
    return unit.state is UnitState.DONE and uid not in unit.carried


def _observation(unit: UnitRow, known: Known, digest: str, document: Document) -> ObservationRow:
    labels = tuple((key, value) for key, value in document["labels"])
    scope = Scope(unit.unit.target, document["part"])
    return ObservationRow(
        resource=Resource(unit.unit.kind, known.uid, document["name"], scope, labels),
        facts=decode_facts(document["facts"]),
        digest=digest,
        since_run=known.since,
        seen=_seen(unit, known.uid),
        source=unit.unit.source,
    )


_NO_COVERAGE: Document = {"scopes": [], "carried": []}

_UNITS = """
SELECT u.id, u.source, u.target, u.kind, ru.state, p.name, ru.started, ru.finished, ru.digest,
    c.digest, c.packing, c.data
FROM run_unit ru JOIN unit u ON u.id = ru.unit_id LEFT JOIN principal p ON p.id = ru.principal_id
LEFT JOIN object c ON c.id = ru.coverage_id WHERE ru.run_id = ? ORDER BY u.id"""

_STATES = """
SELECT ru.unit_id, r.id, r.uid, r.name, r.part, r.since_run, r.evidence_id, r.judgement_id,
    coalesce(p.from_run, 0), p.evidence_id, p.judgement_id
FROM run_unit ru JOIN unit u ON u.id = ru.unit_id JOIN resource r ON r.unit_id = ru.unit_id
LEFT JOIN past p ON p.resource_id = r.id AND p.from_run <= ? WHERE ru.run_id = ?"""

_STATES_ORDER = " ORDER BY 1, 2, p.from_run"

_JOURNAL = """
SELECT p.name, ru.digest, ru.owner, ru.attempt, ru.started, ru.finished, ru.packing, ru.body
FROM run_unit ru JOIN unit u ON u.id = ru.unit_id JOIN principal p ON p.id = ru.principal_id
WHERE ru.run_id = ? AND u.source = ? AND u.target = ? AND u.kind = ? AND ru.state = ?"""
