"""Verifying what digests do not reach: spans between runs, statuses and names repeated for speed, stray rows."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from evidence.model import Scope, scope_uid
from evidence.store import OPEN, Store, StoreError, UnitState
from evidence.store.objects import named
from evidence.store.rows import STATUSES
from evidence.verify_problem import Problem, ProblemKind

_ALTERED, _PLANTED = ProblemKind.ALTERED, ProblemKind.PLANTED


def check_spans(store: Store) -> list[Problem]:
    """All contradictions between the rows that the sealed digests do not cover."""
    return [*_boundaries(store), *_statuses(store), *_names(store), *_strays(store)]


def _boundaries(store: Store) -> Iterator[Problem]:
    """A span begins and ends with runs that did the unit; one that does not lies outside every digest."""
    for table in ("evidence", "finding"):
        sql = _BOUNDARIES.format(table)
        for uid, begun, ended in store.backend.query(sql, (UnitState.DONE, UnitState.DONE, OPEN)):
            what = f"a row of table {table} spans runs {begun} to {ended}, which no run of its unit wrote"
            yield Problem(_ALTERED, f"resource {uid}", what)


def _statuses(store: Store) -> Iterator[Problem]:
    """The status stored beside a finding is that of its verdict."""
    for verdict, status, name in store.backend.query(_STATUSES):
        try:
            said = orjson.loads(store.objects.get_row(verdict)[1])["status"]
        except (StoreError, KeyError, orjson.JSONDecodeError):
            continue
        if status not in STATUSES or STATUSES[status] != said:
            what = f"findings with this verdict are stored as {STATUSES.get(status, status)}, it says {said}"
            yield Problem(_ALTERED, f"finding with verdict {named(name)}", what)


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
SELECT r.uid, s.from_run, s.to_run FROM {0} s JOIN resource r ON r.id = s.resource_id
LEFT JOIN run_unit b ON b.run_id = s.from_run AND b.unit_id = r.unit_id AND b.state = ?
LEFT JOIN run_unit e ON e.run_id = s.to_run AND e.unit_id = r.unit_id AND e.state = ?
WHERE b.run_id IS NULL OR (e.run_id IS NULL AND s.to_run <> ?) OR s.from_run >= s.to_run"""

_STATUSES = """
SELECT DISTINCT f.verdict_id, f.status, o.digest FROM finding f JOIN object o ON o.id = f.verdict_id"""

_NAMES = """
SELECT r.uid, r.name, r.part, u.target, u.kind, o.codec, o.dictionary_id, o.data
FROM resource r JOIN unit u ON u.id = r.unit_id
LEFT JOIN evidence e ON e.resource_id = r.id
    AND e.from_run = (SELECT max(n.from_run) FROM evidence n WHERE n.resource_id = r.id)
LEFT JOIN object o ON o.id = e.object_id"""

_STRAYS = {
    "resource": "SELECT count(*) FROM resource r LEFT JOIN unit u ON u.id = r.unit_id WHERE u.id IS NULL",
    "evidence": """
SELECT count(*) FROM evidence e LEFT JOIN resource r ON r.id = e.resource_id WHERE r.id IS NULL""",
    "finding": """
SELECT count(*) FROM finding f LEFT JOIN resource r ON r.id = f.resource_id WHERE r.id IS NULL""",
    "unit": "SELECT count(*) FROM unit u LEFT JOIN run_unit n ON n.unit_id = u.id WHERE n.unit_id IS NULL",
    "run_unit": """
SELECT count(*) FROM run_unit n LEFT JOIN unit u ON u.id = n.unit_id
LEFT JOIN run ON run.id = n.run_id WHERE u.id IS NULL OR run.id IS NULL""",
    "journal": """
SELECT count(*) FROM journal j LEFT JOIN run_unit n ON n.run_id = j.run_id AND n.unit_id = j.unit_id
WHERE n.unit_id IS NULL""",
    "principal": """
SELECT count(*) FROM principal p LEFT JOIN run_unit n ON n.principal_id = p.id WHERE n.unit_id IS NULL""",
    "check_name": """
SELECT count(*) FROM check_name c LEFT JOIN finding f ON f.check_id = c.id WHERE f.check_id IS NULL""",
}
