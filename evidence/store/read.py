"""Reading: what held as of a run, what changed between two runs, and one resource's history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson

from evidence.documents import Document, decode_coverage, decode_facts, decode_missing
from evidence.model import Resource, Scope, Unit
from evidence.store.backend import OPEN, Backend, Row
from evidence.store.errors import NotFound
from evidence.store.objects import Objects, named
from evidence.store.rows import (
    STATUSES,
    EvidenceSpan,
    FindingRow,
    FindingSpan,
    ObservationRow,
    UnitRow,
    UnitState,
)
from evidence.store.run_rows import moment


@dataclass(frozen=True, slots=True)
class Known:
    """One resource row as of a run: where its evidence lies and the findings (check, status, object, since)."""

    row: int
    uid: str
    name: str
    part: str
    evidence: int | None
    since: int
    findings: tuple[tuple[str, int, int, int], ...]


class Reader:
    """Reads committed rows; streams, so that memory stays that of one unit."""

    def __init__(self, backend: Backend, objects: Objects) -> None:
        self._backend = backend
        self._objects = objects
        self._document = lru_cache(maxsize=20_000)(self._load)

    def units(self, run: int) -> list[UnitRow]:
        """The units of a run in the order of their keys."""
        return [row for _, row in sorted(self._units(run), key=lambda pair: pair[1].unit)]

    def findings(self, run: int, kind: str | None) -> Iterator[FindingRow]:
        """The findings as of a run."""
        for unit, known in self.states(run, kind):
            for check, status, verdict, since in known.findings:
                document, digest = self._document(verdict)
                yield FindingRow(
                    check=check,
                    source=unit.unit.source,
                    target=unit.unit.target,
                    kind=unit.unit.kind,
                    uid=known.uid,
                    name=known.name,
                    part=known.part,
                    status=STATUSES[status],
                    sentence=document["sentence"],
                    facts=tuple(document["facts"]),
                    missing=decode_missing(document["missing"]),
                    since_run=since,
                    seen=_seen(unit, known.uid),
                    verdict=digest,
                )

    def observations(self, run: int, kind: str | None) -> Iterator[ObservationRow]:
        """The resources with their facts as of a run."""
        for unit, known in self.states(run, kind):
            if known.evidence is not None:
                digest, data = self._objects.get_row(known.evidence)
                yield _observation(unit, known, digest, orjson.loads(data))

    def states(self, run: int, kind: str | None = None) -> Iterator[tuple[UnitRow, Known]]:
        """Every resource of the run's units as of the run, grouped by unit."""
        units = {row: unit for row, unit in self._units(run) if kind is None or unit.unit.kind == kind}
        kinds = " AND u.kind = ?" if kind is not None else ""
        values = (run, run, run, *([kind] if kind is not None else []))
        findings = _grouped(self._backend.stream(_FINDINGS + kinds + " ORDER BY 1, 2, 3", values))
        pending = next(findings, None)
        for unit_id, row, *rest in self._backend.stream(_RESOURCES + kinds + " ORDER BY 1, 2", values):
            said: tuple[tuple[str, int, int, int], ...] = ()
            if pending is not None and pending[0] == (unit_id, row):
                said, pending = pending[1], next(findings, None)
            uid, name, part, evidence, since = rest
            if evidence is not None or said:
                yield units[unit_id], Known(row, uid, name, part, evidence, since or 0, said)

    def evidence_changes(self, after: int, until: int, series: str) -> list[EvidenceSpan]:
        """Evidence that began or ended in (after, until]."""
        sql = _EVIDENCE_CHANGES if after else _EVIDENCE_CHANGES.replace(_LATER, "")
        rows = self._backend.query(sql, (after, until, after, until, OPEN, series))
        return [_evidence_span(row) for row in rows]

    def finding_changes(self, after: int, until: int, series: str) -> list[FindingSpan]:
        """Findings that began or ended in (after, until]."""
        sql = _FINDING_CHANGES if after else _FINDING_CHANGES.replace(_LATER, "")
        rows = self._backend.query(sql, (after, until, after, until, OPEN, series))
        return [_finding_span(row) for row in rows]

    def history(self, resource: str, series: str) -> tuple[list[EvidenceSpan], list[FindingSpan]]:
        """All spans of the resources with this uid, else with this name; raises NotFound."""
        ids = self._resources(resource, series)
        marks = ", ".join("?" * len(ids))
        evidence = self._backend.query(_EVIDENCE_HISTORY.format(marks), ids)
        findings = self._backend.query(_FINDING_HISTORY.format(marks), ids)
        return [_evidence_span(row) for row in evidence], [_finding_span(row) for row in findings]

    def evidence_at(self, resource: str, run: int, series: str) -> list[tuple[EvidenceSpan, Document]]:
        """The evidence of a uid (else a name) as of a run, with its document."""
        ids = self._resources(resource, series)
        sql = _EVIDENCE_HISTORY.format(", ".join("?" * len(ids))).replace(
            "ORDER", "AND e.from_run <= ? AND e.to_run > ? ORDER"
        )
        spans = [_evidence_span(row) for row in self._backend.query(sql, (*ids, run, run))]
        return [(span, orjson.loads(self._objects.get(span.digest))) for span in spans]

    def journal(self, run: int, unit: Unit) -> Any:
        """The journal of one unit of one run; raises NotFound."""
        rows = self._backend.query(
            "SELECT j.codec, j.dictionary_id, j.data FROM journal j JOIN unit u ON u.id = j.unit_id "
            "WHERE j.run_id = ? AND u.source = ? AND u.target = ? AND u.kind = ?",
            (run, unit.source, unit.target, unit.kind),
        )
        if not rows:
            raise NotFound(f"run {run} has no journal of {unit}")
        return orjson.loads(self._objects.unpack(*rows[0]))

    def _units(self, run: int) -> Iterator[tuple[int, UnitRow]]:
        for unit_id, s, t, k, state, principal, started, finished, digest, coverage in self._backend.query(
            _UNITS, (run,)
        ):
            document = self._document(coverage)[0] if coverage else {"scopes": [], "carried": []}
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

    def _resources(self, resource: str, series: str) -> list[int]:
        by = "SELECT r.id FROM resource r JOIN unit u ON u.id = r.unit_id WHERE r.{} = ? AND u.series = ?"
        rows = self._backend.query(by.format("uid"), (resource, series))
        rows = rows or self._backend.query(by.format("name"), (resource, series))
        if not rows:
            raise NotFound(
                f"no resource has the uid or name {resource}", hint="`nightledger list resources` names them."
            )
        return [int(row[0]) for row in rows]

    def _load(self, row: int) -> tuple[Document, str]:
        digest, data = self._objects.get_row(row)
        return orjson.loads(data), digest


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


def _grouped(rows: Iterator[Row]) -> Iterator[tuple[tuple[int, int], tuple[tuple[str, int, int, int], ...]]]:
    for key, group in groupby(rows, key=itemgetter(0, 1)):
        yield key, tuple((check, status, verdict, since) for _, _, _, check, status, verdict, since in group)


def _evidence_span(row: Sequence[Any]) -> EvidenceSpan:
    s, t, k, uid, name, part, begun, ended, digest = row
    return EvidenceSpan(Unit(s, t, k), uid, name, part, begun, ended, named(digest))


def _finding_span(row: Sequence[Any]) -> FindingSpan:
    s, t, k, uid, name, part, check, begun, ended, status, digest = row
    return FindingSpan(Unit(s, t, k), uid, name, part, check, begun, ended, STATUSES[status], named(digest))


_UNITS = """
SELECT u.id, u.source, u.target, u.kind, ru.state, p.name, ru.started, ru.finished, ru.digest, ru.coverage_id
FROM run_unit ru JOIN unit u ON u.id = ru.unit_id LEFT JOIN principal p ON p.id = ru.principal_id
WHERE ru.run_id = ? ORDER BY u.id"""

_RESOURCES = """
SELECT ru.unit_id, r.id, r.uid, r.name, r.part, e.object_id, e.from_run
FROM run_unit ru JOIN unit u ON u.id = ru.unit_id JOIN resource r ON r.unit_id = ru.unit_id
LEFT JOIN evidence e ON e.resource_id = r.id AND e.from_run <= ? AND e.to_run > ?
WHERE ru.run_id = ?"""

_FINDINGS = """
SELECT ru.unit_id, r.id, f.check_id, c.name, f.status, f.verdict_id, f.from_run
FROM run_unit ru JOIN unit u ON u.id = ru.unit_id JOIN resource r ON r.unit_id = ru.unit_id
JOIN finding f ON f.resource_id = r.id AND f.from_run <= ? AND f.to_run > ?
JOIN check_name c ON c.id = f.check_id WHERE ru.run_id = ?"""

_EVIDENCE_SPAN = """
SELECT u.source, u.target, u.kind, r.uid, r.name, r.part, e.from_run, e.to_run, o.digest
FROM {} CROSS JOIN resource r CROSS JOIN unit u CROSS JOIN object o
WHERE r.id = e.resource_id AND u.id = r.unit_id AND o.id = e.object_id AND """

_FINDING_SPAN = """
SELECT u.source, u.target, u.kind, r.uid, r.name, r.part, c.name, f.from_run, f.to_run, f.status, o.digest
FROM {} CROSS JOIN resource r CROSS JOIN unit u CROSS JOIN check_name c CROSS JOIN object o
WHERE r.id = f.resource_id AND u.id = r.unit_id AND c.id = f.check_id AND o.id = f.verdict_id AND """

# The indexes leave the first run out; a query has to say so itself to be answered from them.
_LATER = " AND from_run > 1"

_CHANGED = """(
SELECT * FROM {0} WHERE from_run > ? AND from_run <= ? AND from_run > 1
UNION SELECT * FROM {0} WHERE to_run > ? AND to_run <= ? AND to_run < ?) {1}"""

_EVIDENCE_CHANGES = _EVIDENCE_SPAN.format(_CHANGED.format("evidence", "e")) + "u.series = ?"
_FINDING_CHANGES = _FINDING_SPAN.format(_CHANGED.format("finding", "f")) + "u.series = ?"

_EVIDENCE_HISTORY = _EVIDENCE_SPAN.format("evidence e") + "r.id IN ({}) ORDER BY e.from_run, r.id"
_FINDING_HISTORY = _FINDING_SPAN.format("finding f") + "r.id IN ({}) ORDER BY f.from_run, r.id, c.name"
