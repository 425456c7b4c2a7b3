"""Verifying objects and dictionaries: every stored byte gives its digest, and every object is referred to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from evidence.canonical import digest
from evidence.store import Store, StoreBroken, UnitState
from evidence.store.held import SPANS
from evidence.store.objects import dictionary_digest, named
from evidence.verify_journals import answers
from evidence.verify_problem import Events, Problem, ProblemKind
from evidence.verify_read import Columns, Reader, json

_ALTERED, _MISSING, _PLANTED = ProblemKind.ALTERED, ProblemKind.MISSING, ProblemKind.PLANTED


@dataclass(slots=True)
class ObjectsCheck:
    """What verifying objects gave, and how many were recomputed."""

    problems: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, kind: ProblemKind, where: str, what: str) -> None:
        """Note one problem."""
        self.problems.append(Problem(kind, where, what))


def check_objects(read: Reader, check: ObjectsCheck, events: Events, run: int | None) -> None:
    """Verify the objects first used in one run, or all objects and dictionaries with their references."""
    if run is not None:
        with read.reading("table object"):
            _check_bytes(read, check, f"{_ROWS} WHERE id IN ({_BEGUN})", (run, run))
        return
    with read.reading("table dictionary"):
        _check_dictionaries(read, check)
    with read.reading("table object"):
        _check_bytes(read, check, _ROWS, ())
    with read.reading("references to objects"):
        _check_references(read.store, check)
    with read.reading("references to objects"):
        _check_loose(read, check, events)


def _check_bytes(read: Reader, check: ObjectsCheck, sql: str, values: Sequence[int]) -> None:
    for _, stored, packing, data in read.typed(_OBJECT, read.store.backend.stream(sql, values)):
        check.count += 1
        name = named(stored)
        try:
            sound = digest(read.unpack(packing, data)) == name
        except StoreBroken:
            sound = False
        if not sound:
            check.add(_ALTERED, f"object {name}", "its bytes do not give its digest")


def _check_dictionaries(read: Reader, check: ObjectsCheck) -> None:
    known = set()
    rows = read.store.backend.stream("SELECT id, digest, family, data FROM dictionary")
    for number, stored, family, data in read.typed(_DICTIONARY, rows):
        known.add(number)
        if dictionary_digest(family, data) != stored:
            check.add(_ALTERED, f"dictionary {number}", "its family and bytes do not give its digest")
    used = "SELECT packing FROM object WHERE packing > 0 UNION SELECT packing FROM run_unit WHERE packing > 0"
    for (number,) in read.store.backend.query(used):
        if number not in known:
            check.add(_MISSING, f"dictionary {number}", "objects or journals packed with it cannot be read")


def _check_references(store: Store, check: ObjectsCheck) -> None:
    """Rows that point nowhere are missing objects."""
    for table, column in _REFERENCES:
        dangling = (
            f"SELECT count(*) FROM {table} t LEFT JOIN object o ON o.id = t.{column} "  # noqa: S608 - our names
            f"WHERE o.id IS NULL AND coalesce(t.{column}, -1) <> 0"
        )
        if lost := store.backend.query(dangling)[0][0]:
            check.add(_MISSING, f"table {table}", f"{lost} rows refer to objects that are not in the store")


def _check_loose(read: Reader, check: ObjectsCheck, events: Events) -> None:
    """Objects nothing points to were planted."""
    rows = read.store.backend.stream(_LOOSE)
    loose = {named(stored) for _, stored in read.typed(_NAMED, rows)}
    for name in sorted(loose - _named_elsewhere(read, events) if loose else loose):
        check.add(_PLANTED, f"object {name}", "nothing in the store refers to it")


def _named_elsewhere(read: Reader, events: Events) -> set[str]:
    """Objects that documents name by digest: raw answers in journals, lists of units in sealed events."""
    names = {str(event.get("units", "")) for _, event in events.values()}
    rows = read.store.backend.stream(_BODIES, (UnitState.DONE,))
    for _, _, packing, body in read.typed(_JOURNAL, rows):
        try:
            names |= answers(json(read.unpack(packing, body)))
        except StoreBroken:
            continue
    return names


_ROWS = "SELECT id, digest, packing, data FROM object"
_OBJECT = Columns(
    "object row {0}",
    {"object.id": int, "object.digest": bytes, "object.packing": int, "object.data": bytes},
)
_NAMED = Columns("object row {0}", {"object.id": int, "object.digest": bytes})

_DICTIONARY = Columns(
    "dictionary {0}",
    {"dictionary.id": int, "dictionary.digest": bytes, "dictionary.family": str, "dictionary.data": bytes},
)

_BODIES = "SELECT run_id, unit_id, packing, body FROM run_unit WHERE state = ?"
_JOURNAL = Columns(
    "run {0}, unit {1}",
    {"run_unit.run_id": int, "run_unit.unit_id": int, "run_unit.packing": int, "run_unit.body": bytes},
)


_BEGUN = (
    f"SELECT evidence_id FROM {SPANS} s WHERE from_run = ? UNION "  # noqa: S608 - our words
    f"SELECT judgement_id FROM {SPANS} s WHERE from_run = ?"
)

_REFERENCES = (
    ("resource", "evidence_id"),
    ("resource", "judgement_id"),
    ("past", "evidence_id"),
    ("past", "judgement_id"),
    ("run_unit", "coverage_id"),
    ("run", "plan_id"),
)

_LOOSE = """
SELECT o.id, o.digest FROM object o WHERE o.id IN (
SELECT id FROM object EXCEPT SELECT evidence_id FROM resource EXCEPT SELECT judgement_id FROM resource
EXCEPT SELECT evidence_id FROM past EXCEPT SELECT judgement_id FROM past
EXCEPT SELECT coverage_id FROM run_unit EXCEPT SELECT plan_id FROM run)"""
