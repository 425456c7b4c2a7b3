"""Spans for drift: those of chosen resources, those standing at a status, and what a scope last held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from evidence.model import Status, Unit
from evidence.store.backend import Backend
from evidence.store.objects import named
from evidence.store.rows import STATUS_CODES, STATUSES, EvidenceSpan, FindingSpan, UnitState

_CHUNK = 500


def evidence_of(backend: Backend, series: str, uids: Sequence[str]) -> Iterator[EvidenceSpan]:
    """All evidence ever held of some uids in a series, each resource's oldest first."""
    for chunk, marks in _chunks(uids):
        for row in backend.query(_EVIDENCE.format(marks), (series, *chunk)):
            s, t, k, uid, name, part, begun, ended, evidence = row
            yield EvidenceSpan(Unit(s, t, k), uid, name, part, begun, ended, named(evidence))


def findings_of(backend: Backend, series: str, uids: Sequence[str]) -> Iterator[FindingSpan]:
    """All findings ever held of some uids in a series, each resource's oldest first."""
    for chunk, marks in _chunks(uids):
        for row in backend.query(_FINDINGS.format(marks), (series, *chunk)):
            s, t, k, uid, name, part, check, begun, ended, status, verdict = row
            unit = Unit(s, t, k)
            yield FindingSpan(unit, uid, name, part, check, begun, ended, STATUSES[status], named(verdict))


def standing(backend: Backend, series: str, run: int, statuses: Sequence[Status]) -> list[str]:
    """The uids that have a finding of one of these statuses as of a run."""
    marks = ", ".join("?" * len(statuses))
    codes = [STATUS_CODES[status] for status in statuses]
    return [str(uid) for (uid,) in backend.query(_STANDING.format(marks), (*codes, run, run, series))]


def held_per_part(backend: Backend, series: str, unit: Unit, run: int) -> dict[str, int]:
    """How many resources were known in each part of a unit as of a run."""
    rows = backend.query(_HELD, (series, unit.source, unit.target, unit.kind, run, run))
    return {str(part): int(count) for part, count in rows}


def verdicts_in(
    backend: Backend, series: str, unit: Unit, part: str | None, run: int
) -> tuple[int, Counter[Status]]:
    """How many resources one part (None: all parts) of a unit held as of a run, and what was said of them."""
    resources = sum(n for p, n in held_per_part(backend, series, unit, run).items() if part in (None, p))
    rows = backend.query(_SAID, (series, unit.source, unit.target, unit.kind, run, run))
    said: Counter[Status] = Counter()
    for held, status, count in rows:
        if part in (None, held):
            said[STATUSES[status]] += int(count)
    return resources, said


def runs_of(backend: Backend, series: str, unit: Unit, until: int) -> list[int]:
    """The runs up to `until` in which a unit was done, newest first."""
    values = (series, unit.source, unit.target, unit.kind, until, UnitState.DONE)
    return [int(run) for (run,) in backend.query(_DONE, values)]


def units_of(backend: Backend, series: str) -> list[Unit]:
    """Every unit a series ever planned."""
    rows = backend.query("SELECT source, target, kind FROM unit WHERE series = ?", (series,))
    return sorted(Unit(source, target, kind) for source, target, kind in rows)


def _chunks(uids: Sequence[str]) -> Iterator[tuple[Sequence[str], str]]:
    for start in range(0, len(uids), _CHUNK):
        chunk = uids[start : start + _CHUNK]
        yield chunk, ", ".join("?" * len(chunk))


_EVIDENCE = """
SELECT u.source, u.target, u.kind, r.uid, r.name, r.part, e.from_run, e.to_run, o.digest
FROM resource r JOIN unit u ON u.id = r.unit_id JOIN evidence e ON e.resource_id = r.id
JOIN object o ON o.id = e.object_id WHERE u.series = ? AND r.uid IN ({}) ORDER BY r.id, e.from_run"""

_FINDINGS = """
SELECT u.source, u.target, u.kind, r.uid, r.name, r.part, c.name, f.from_run, f.to_run, f.status, o.digest
FROM resource r JOIN unit u ON u.id = r.unit_id JOIN finding f ON f.resource_id = r.id
JOIN check_name c ON c.id = f.check_id JOIN object o ON o.id = f.verdict_id
WHERE u.series = ? AND r.uid IN ({}) ORDER BY r.id, f.check_id, f.from_run"""

_STANDING = """
SELECT DISTINCT r.uid FROM finding f JOIN resource r ON r.id = f.resource_id JOIN unit u ON u.id = r.unit_id
WHERE f.status IN ({}) AND f.from_run <= ? AND f.to_run > ? AND u.series = ?"""

_HELD = """
SELECT r.part, count(*) FROM unit u JOIN resource r ON r.unit_id = u.id
JOIN evidence e ON e.resource_id = r.id WHERE u.series = ? AND u.source = ? AND u.target = ?
AND u.kind = ? AND e.from_run <= ? AND e.to_run > ? GROUP BY r.part"""

_SAID = """
SELECT r.part, f.status, count(*) FROM unit u JOIN resource r ON r.unit_id = u.id
JOIN finding f ON f.resource_id = r.id WHERE u.series = ? AND u.source = ? AND u.target = ?
AND u.kind = ? AND f.from_run <= ? AND f.to_run > ?
GROUP BY r.part, f.status"""

_DONE = """
SELECT ru.run_id FROM unit u JOIN run_unit ru ON ru.unit_id = u.id
WHERE u.series = ? AND u.source = ? AND u.target = ?
AND u.kind = ? AND ru.run_id <= ? AND ru.state = ? ORDER BY ru.run_id DESC"""
