"""Verifying what digests do not reach: spans between runs, statuses and names repeated for speed, stray rows."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from evidence.model import Scope, scope_uid
from evidence.store import OPEN, Store, StoreError, UnitState
from evidence.store.objects import named
from evidence.store.rows import STATUS_BITS
from evidence.verify_problem import Problem, ProblemKind

_ALTERED, _PLANTED = ProblemKind.ALTERED, ProblemKind.PLANTED


def check_spans(store: Store) -> list[Problem]:
    """All contradictions between the rows that the sealed digests do not cover."""
    return [*_boundaries(store), *_statuses(store), *_names(store), *_strays(store)]


def _boundaries(store: Store) -> Iterator[Problem]:
    """A span begins and ends with runs that did the unit; one that does not lies outside every digest."""
    for uid, begun, ended in store.backend.query(_BOUNDARIES, (UnitState.DONE, UnitState.DONE, OPEN)):
        what = f"a span of runs {begun} to {ended} is stored, which no run of its unit wrote"
        yield Problem(_ALTERED, f"resource {uid}", what)


def _statuses(store: Store) -> Iterator[Problem]:
    """The statuses stored beside a judgement are those of its verdicts."""
    for judgement, statuses, name in store.backend.query(_STATUSES):
        try:
            verdicts = store.judgements.verdicts(judgement)
        except (StoreError, KeyError, ValueError, TypeError):
            continue
        said = sum({STATUS_BITS[verdict.status] for verdict in verdicts.values()})
        if statuses != said:
            what = f"spans with this judgement are stored with statuses {statuses}, it says {said}"
            yield Problem(_ALTERED, f"judgement {named(name) if name else 'of nothing'}", what)


def _names(store: Store) -> Iterator[Problem]:
    """The name and part stored beside a resource are those of its newest evidence, or of its scope."""
    for uid, name, part, target, kind, *packed in store.backend.stream(_NAMES):
        if packed[-1] is None:
            scope = Scope(target, part)
            if (uid, name) != (scope_uid(kind, scope), str(scope)):
                yield Problem(
                    _ALTERED, f"resource {uid}", "it has no evidence, and is not named like a scope"
                )
            continue
        try:
            document = orjson.loads(store.objects.unpack(*packed))
        except (StoreError, orjson.JSONDecodeError):
            continue
        if (document.get("name"), document.get("part")) != (name, part):
            yield Problem(_ALTERED, f"resource {uid}", "its name or part is not that of its newest evidence")


def _strays(store: Store) -> Iterator[Problem]:
    """Rows that hang on no other row: what they hung on was deleted, or they were planted."""
    for table, sql in _STRAYS.items():
        if strays := store.backend.query(sql)[0][0]:
            yield Problem(_PLANTED, f"table {table}", f"{strays} rows belong to nothing in the store")


_BOUNDARIES = """
SELECT r.uid, s.from_run, s.to_run FROM span s JOIN resource r ON r.id = s.resource_id
LEFT JOIN run_unit b ON b.run_id = s.from_run AND b.unit_id = r.unit_id AND b.state = ?
LEFT JOIN run_unit e ON e.run_id = s.to_run AND e.unit_id = r.unit_id AND e.state = ?
WHERE b.run_id IS NULL OR (e.run_id IS NULL AND s.to_run <> ?) OR s.from_run >= s.to_run"""

_STATUSES = """
SELECT DISTINCT s.judgement_id, s.statuses, o.digest FROM span s LEFT JOIN object o ON o.id = s.judgement_id"""

_NAMES = """
SELECT r.uid, r.name, r.part, u.target, u.kind, o.packing, o.data
FROM resource r JOIN unit u ON u.id = r.unit_id
LEFT JOIN span s ON s.resource_id = r.id AND s.evidence_id <> 0 AND s.from_run = (
    SELECT max(n.from_run) FROM span n WHERE n.resource_id = r.id AND n.evidence_id <> 0)
LEFT JOIN object o ON o.id = s.evidence_id"""

_STRAYS = {
    "resource": "SELECT count(*) FROM resource r LEFT JOIN unit u ON u.id = r.unit_id WHERE u.id IS NULL",
    "span": "SELECT count(*) FROM span s LEFT JOIN resource r ON r.id = s.resource_id WHERE r.id IS NULL",
    "unit": "SELECT count(*) FROM unit u LEFT JOIN run_unit n ON n.unit_id = u.id WHERE n.unit_id IS NULL",
    "run_unit": """
SELECT count(*) FROM run_unit n LEFT JOIN unit u ON u.id = n.unit_id
LEFT JOIN run ON run.id = n.run_id WHERE u.id IS NULL OR run.id IS NULL""",
    "principal": """
SELECT count(*) FROM principal p LEFT JOIN run_unit n ON n.principal_id = p.id WHERE n.unit_id IS NULL""",
}
