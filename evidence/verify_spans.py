"""Verifying what digests do not reach: spans between runs, statuses and names repeated for speed, stray rows."""

from __future__ import annotations

from collections.abc import Iterator

from evidence.model import Scope, Status, scope_uid
from evidence.store import Store, StoreBroken, UnitState
from evidence.store.backend import FIRST
from evidence.store.held import SPANS
from evidence.store.objects import named
from evidence.store.rows import STATUS_BITS
from evidence.verify_problem import Problem, ProblemKind
from evidence.verify_read import BLOB_OR_NULL, Columns, Reader, json

_ALTERED, _PLANTED = ProblemKind.ALTERED, ProblemKind.PLANTED


def check_spans(read: Reader) -> Iterator[Problem]:
    """All contradictions between the rows that the sealed digests do not cover."""
    with read.reading("tables resource and past"):
        yield from _beginnings(read.store)
    with read.reading("tables resource and past"):
        yield from _gaps(read.store)
    with read.reading("tables resource and past"):
        yield from _statuses(read)
    with read.reading("table resource"):
        yield from _names(read)
    with read.reading("rows that belong to nothing"):
        yield from _strays(read.store)


def _beginnings(store: Store) -> Iterator[Problem]:
    """A span begins with a run that did the unit, or says that nothing was known from the first run on.

    One that does neither lies outside every digest.
    """
    for uid, begun in store.backend.query(_BEGINNINGS, (UnitState.DONE, FIRST)):
        what = f"a span that begins with run {begun} is stored, which no run of its unit wrote"
        yield Problem(_ALTERED, f"resource {uid}", what)


def _gaps(store: Store) -> Iterator[Problem]:
    """The spans of a resource follow one another without a gap from the first run until now."""
    for uid, begun, ended, due in store.backend.query(_GAPS, (FIRST,)):
        what = f"a span of runs {begun} to {ended} stands where one from run {due} on is due"
        yield Problem(_ALTERED, f"resource {uid}", what)


def _statuses(read: Reader) -> Iterator[Problem]:
    """The statuses stored beside a judgement are those of its verdicts."""
    for judgement, statuses, name, *packed in read.typed(_JUDGED, read.store.backend.stream(_STATUSES)):
        try:
            said = _said(read, *packed) if judgement else 0
        except StoreBroken:
            continue
        if statuses != said:
            what = f"spans with this judgement are stored with statuses {statuses}, it says {said}"
            yield Problem(_ALTERED, f"judgement {named(name) if name else 'of nothing'}", what)


def _said(read: Reader, packing: int, data: bytes | None) -> int:
    """The sum of the statuses that a judgement's verdicts say; raises StoreBroken for what is no judgement."""
    if data is None:
        raise StoreBroken("it is not in the store")
    document = json(read.unpack(packing, data))
    try:
        return sum({STATUS_BITS[Status(verdict["status"])] for verdict in document.values()})
    except (AttributeError, KeyError, ValueError, TypeError):
        raise StoreBroken("it is no judgement") from None


def _names(read: Reader) -> Iterator[Problem]:
    """The name and part stored beside a resource are those of its newest evidence, or of its scope."""
    rows = read.typed(_RESOURCE, read.store.backend.stream(_NAMES))
    for _, uid, name, part, target, kind, packing, data in rows:
        if data is None:
            scope = Scope(target, part)
            if (uid, name) != (scope_uid(kind, scope), str(scope)):
                yield Problem(
                    _ALTERED, f"resource {uid}", "it has no evidence, and is not named like a scope"
                )
            continue
        try:
            document = json(read.unpack(packing, data))
        except StoreBroken:
            continue
        if not _says(document, name, part):
            yield Problem(_ALTERED, f"resource {uid}", "its name or part is not that of its newest evidence")


def _says(document: object, name: str, part: str) -> bool:
    """Whether evidence is of this name and part; what is no evidence says neither."""
    return isinstance(document, dict) and (document.get("name"), document.get("part")) == (name, part)


def _strays(store: Store) -> Iterator[Problem]:
    """Rows that hang on no other row: what they hung on was deleted, or they were planted."""
    for table, sql in _STRAYS.items():
        if strays := store.backend.query(sql)[0][0]:
            yield Problem(_PLANTED, f"table {table}", f"{strays} rows belong to nothing in the store")


_BEGINNINGS = f"""
SELECT r.uid, s.from_run FROM {SPANS} s JOIN resource r ON r.id = s.resource_id
LEFT JOIN run_unit b ON b.run_id = s.from_run AND b.unit_id = r.unit_id AND b.state = ? WHERE b.run_id IS NULL
AND NOT (s.from_run = ? AND s.evidence_id = 0 AND s.judgement_id = 0)"""  # noqa: S608 - our words

_GAPS = f"""
SELECT r.uid, s.from_run, s.to_run, s.due
FROM (SELECT resource_id, from_run, to_run,
    lag(to_run, 1, ?) OVER (PARTITION BY resource_id ORDER BY from_run, to_run) AS due FROM {SPANS} h) s
JOIN resource r ON r.id = s.resource_id WHERE s.from_run <> s.due OR s.to_run <= s.from_run"""  # noqa: S608 - our words

_STATUSES = """
SELECT s.judgement_id, s.statuses, o.digest, coalesce(o.packing, 0), o.data
FROM (SELECT judgement_id, statuses FROM resource UNION SELECT judgement_id, statuses FROM past) s
LEFT JOIN object o ON o.id = s.judgement_id"""

_JUDGED = Columns(
    "judgement of object row {0}",
    {
        "judgement_id of a span": int,
        "statuses of a span": int,
        "object.digest": BLOB_OR_NULL,
        "object.packing": int,
        "object.data": BLOB_OR_NULL,
    },
)

_RESOURCE = Columns(
    "resource row {0}",
    {
        "resource.id": int,
        "resource.uid": str,
        "resource.name": str,
        "resource.part": str,
        "unit.target": str,
        "unit.kind": str,
        "object.packing": int,
        "object.data": BLOB_OR_NULL,
    },
)

_NAMES = """
SELECT r.id, r.uid, r.name, r.part, u.target, u.kind, coalesce(o.packing, 0), o.data
FROM resource r JOIN unit u ON u.id = r.unit_id
LEFT JOIN object o ON o.id = CASE WHEN r.evidence_id <> 0 THEN r.evidence_id ELSE (
    SELECT p.evidence_id FROM past p WHERE p.resource_id = r.id AND p.evidence_id <> 0 ORDER BY p.to_run DESC LIMIT 1) END"""

_STRAYS = {
    "resource": "SELECT count(*) FROM resource r LEFT JOIN unit u ON u.id = r.unit_id WHERE u.id IS NULL",
    "past": "SELECT count(*) FROM past p LEFT JOIN resource r ON r.id = p.resource_id WHERE r.id IS NULL",
    "unit": "SELECT count(*) FROM unit u LEFT JOIN run_unit n ON n.unit_id = u.id WHERE n.unit_id IS NULL",
    "run_unit": """
SELECT count(*) FROM run_unit n LEFT JOIN unit u ON u.id = n.unit_id
LEFT JOIN run ON run.id = n.run_id WHERE u.id IS NULL OR run.id IS NULL""",
    "principal": """
SELECT count(*) FROM principal p LEFT JOIN run_unit n ON n.principal_id = p.id WHERE n.unit_id IS NULL""",
}
