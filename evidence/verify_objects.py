"""Verifying objects and dictionaries: every stored byte gives its digest, and every object is referred to."""

from __future__ import annotations

from dataclasses import dataclass, field

import orjson

from evidence.canonical import digest
from evidence.store import Store, StoreError, UnitState
from evidence.store.objects import dictionary_digest, named
from evidence.verify_problem import Events, Problem, ProblemKind

_ALTERED, _MISSING, _PLANTED = ProblemKind.ALTERED, ProblemKind.MISSING, ProblemKind.PLANTED


@dataclass(slots=True)
class ObjectsCheck:
    """What verifying objects gave, and how many were recomputed."""

    problems: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, kind: ProblemKind, where: str, what: str) -> None:
        """Note one problem."""
        self.problems.append(Problem(kind, where, what))


def check_objects(store: Store, events: Events, run: int | None) -> ObjectsCheck:
    """Verify the objects first used in one run, or all objects and dictionaries with their references."""
    check = ObjectsCheck()
    sql = "SELECT digest, packing, data FROM object"
    if run is None:
        _check_dictionaries(store, check)
        rows = store.backend.stream(sql)
    else:
        rows = store.backend.stream(f"{sql} WHERE id IN ({_BEGUN})", (run, run))
    for stored, packing, data in rows:
        check.count += 1
        name = named(bytes(stored))
        try:
            sound = digest(store.objects.unpack(packing, bytes(data))) == name
        except StoreError:
            sound = False
        if not sound:
            check.add(_ALTERED, f"object {name}", "its bytes do not give its digest")
    if run is None:
        _check_references(store, check, events)
    return check


def _check_dictionaries(store: Store, check: ObjectsCheck) -> None:
    known = set()
    for number, stored, family, data in store.backend.stream(
        "SELECT id, digest, family, data FROM dictionary"
    ):
        known.add(number)
        if dictionary_digest(family, bytes(data)) != bytes(stored):
            check.add(_ALTERED, f"dictionary {number}", "its family and bytes do not give its digest")
    used = "SELECT packing FROM object WHERE packing > 0 UNION SELECT packing FROM run_unit WHERE packing > 0"
    for (number,) in store.backend.query(used):
        if number not in known:
            check.add(_MISSING, f"dictionary {number}", "objects or journals packed with it cannot be read")


def _check_references(store: Store, check: ObjectsCheck, events: Events) -> None:
    """Rows that point nowhere are missing objects; objects nothing points to were planted."""
    for table, column in _REFERENCES:
        dangling = (
            f"SELECT count(*) FROM {table} t LEFT JOIN object o ON o.id = t.{column} "  # noqa: S608 - our names
            f"WHERE o.id IS NULL AND t.{column} <> 0"
        )
        if lost := store.backend.query(dangling)[0][0]:
            check.add(_MISSING, f"table {table}", f"{lost} rows refer to objects that are not in the store")
    loose = {named(bytes(row[0])) for row in store.backend.stream(_LOOSE)}
    for name in sorted(loose - _named_elsewhere(store, events) if loose else loose):
        check.add(_PLANTED, f"object {name}", "nothing in the store refers to it")


def _named_elsewhere(store: Store, events: Events) -> set[str]:
    """Objects that documents name by digest: raw answers in journals, lists of units in sealed events."""
    names = {str(event.get("units", "")) for _, event in events.values()}
    for packed in store.backend.stream(
        "SELECT packing, body FROM run_unit WHERE state = ?", (UnitState.DONE,)
    ):
        try:
            journal = orjson.loads(store.objects.unpack(*packed))
        except (StoreError, orjson.JSONDecodeError):
            continue
        names.update(call[4] for call in journal["calls"])
    return names


_BEGUN = (
    "SELECT evidence_id FROM span WHERE from_run = ? UNION SELECT judgement_id FROM span WHERE from_run = ?"
)

_REFERENCES = (
    ("span", "evidence_id"),
    ("span", "judgement_id"),
    ("run_unit", "coverage_id"),
    ("run", "plan_id"),
)

_LOOSE = """
SELECT o.digest FROM object o WHERE o.id IN (
SELECT id FROM object EXCEPT SELECT evidence_id FROM span EXCEPT SELECT judgement_id FROM span
EXCEPT SELECT coverage_id FROM run_unit EXCEPT SELECT plan_id FROM run)"""
