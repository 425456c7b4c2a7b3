"""What stood as of a run, counted or found without reading evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evidence.model import Status, Unit
from evidence.store.backend import Backend
from evidence.store.held import AS_OF, EVIDENCE, JUDGEMENT, SPANS
from evidence.store.judgements import JudgementReader
from evidence.store.rows import STATUS_BITS, UnitState


def standing(backend: Backend, series: str, run: int, statuses: Sequence[Status]) -> list[str]:
    """The uids that have a finding of one of these statuses as of a run."""
    bits = sum(STATUS_BITS[status] for status in statuses)
    return [str(uid) for (uid,) in backend.query(_STANDING, (bits, run, run, series))]


def held_per_part(backend: Backend, series: str, unit: Unit, run: int) -> dict[str, int]:
    """How many resources were known in each part of a unit as of a run."""
    rows = backend.query(_HELD, (run, run, series, unit.source, unit.target, unit.kind))
    return {str(part): int(count) for part, count in rows}


def verdicts_in(
    backend: Backend, judgements: JudgementReader, series: str, unit: Unit, part: str | None, run: int
) -> tuple[int, Counter[Status]]:
    """How many resources one part (None: all parts) of a unit held as of a run, and what was said of them."""
    resources = sum(n for p, n in held_per_part(backend, series, unit, run).items() if part in (None, p))
    rows = backend.query(_SAID, (run, run, series, unit.source, unit.target, unit.kind))
    said: Counter[Status] = Counter()
    for held, judgement, count in rows:
        if part in (None, held):
            for verdict in judgements.verdicts(judgement).values():
                said[verdict.status] += int(count)
    return resources, said


def runs_of(backend: Backend, series: str, unit: Unit, until: int) -> list[int]:
    """The runs up to `until` in which a unit was done, newest first."""
    values = (series, unit.source, unit.target, unit.kind, until, UnitState.DONE)
    return [int(run) for (run,) in backend.query(_DONE, values)]


def units_of(backend: Backend, series: str) -> list[Unit]:
    """Every unit a series ever planned."""
    rows = backend.query("SELECT source, target, kind FROM unit WHERE series = ?", (series,))
    return sorted(Unit(source, target, kind) for source, target, kind in rows)


_STANDING = f"""
SELECT DISTINCT r.uid FROM {SPANS} s JOIN resource r ON r.id = s.resource_id JOIN unit u ON u.id = r.unit_id
WHERE (s.statuses & ?) <> 0 AND s.from_run <= ? AND s.to_run > ? AND u.series = ?"""  # noqa: S608 - our words

_OF_UNIT = f"""
FROM unit u JOIN resource r ON r.unit_id = u.id {AS_OF}
WHERE u.series = ? AND u.source = ? AND u.target = ? AND u.kind = ?"""

_HELD = f"SELECT r.part, count(*) {_OF_UNIT} AND {EVIDENCE} <> 0 GROUP BY 1"

_SAID = f"SELECT r.part, {JUDGEMENT}, count(*) {_OF_UNIT} GROUP BY 1, 2"

_DONE = """
SELECT ru.run_id FROM unit u JOIN run_unit ru ON ru.unit_id = u.id
WHERE u.series = ? AND u.source = ? AND u.target = ?
AND u.kind = ? AND ru.run_id <= ? AND ru.state = ? ORDER BY ru.run_id DESC"""
