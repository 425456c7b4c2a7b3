"""Committing one unit: compare what it gave with what is open, and write the difference.

Closing rule: what is absent closes only where its own scope was listed completely in this run; elsewhere it is
carried, and the unit's coverage names it as not seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from evidence.canonical import canonical, digest, vet
from evidence.model import Scope, ScopeStatus, Status
from evidence.store.backend import FIRST, Backend, chunks, marks
from evidence.store.objects import Objects, named
from evidence.store.prepare import Held, Judgement, Prepared
from evidence.store.rows import STATUS_BITS

_NOTHING: Held = ("", "")
"""What is held of a resource that is gone, or was not known yet."""


@dataclass(slots=True)
class Remembered:
    """One unit's resources as they are stored: row ids, and what holds of those that are still there, by uid."""

    ids: dict[str, int] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)


def remember(backend: Backend, objects: Objects, units: Sequence[int]) -> dict[int, Remembered]:
    """Read what holds of some units: memory is that of the units, never of the estate."""
    remembered = {unit: Remembered() for unit in units}
    rows = backend.query(_HELD.format(marks(units)), units)
    names = objects.named_rows({row[4] for row in rows if row[4]})
    for unit, row, uid, evidence, judgement in rows:
        known = remembered[unit]
        known.ids[uid] = row
        if evidence or judgement:
            known.held[uid] = (named(evidence) if evidence else "", names.get(judgement, ""))
    return remembered


def places(backend: Backend, rows: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Name and part of some resources as they are stored."""
    found: dict[int, tuple[str, str]] = {}
    for chunk in chunks(rows):
        sql = f"SELECT id, name, part FROM resource WHERE id IN ({marks(chunk)})"  # noqa: S608 - marks
        found |= {row: (name, part) for row, name, part in backend.query(sql, chunk)}
    return found


class Carrying:
    """What is remembered, was not seen and may still be there; verdicts of deselected checks are let go.

    Only resources: what is to be said of a scope, every finished unit says anew.
    """

    def __init__(self, backend: Backend, objects: Objects, checks: Mapping[str, str]) -> None:
        self._backend = backend
        self._objects = objects
        self._checks = checks

    def carried(self, prepared: Prepared, remembered: Remembered) -> dict[str, Held]:
        """What to hold of the unseen; a judgement that loses a check is added to the prepared ones."""
        listed = {c.scope.part for c in prepared.coverage if c.status is ScopeStatus.COMPLETE}
        unseen = {u: said for u, said in remembered.held.items() if said[0] and u not in prepared.held}
        known = places(self._backend, [remembered.ids[uid] for uid in unseen])
        return {
            uid: (evidence, self._still_asked(prepared, judgement) if judgement else "")
            for uid, (evidence, judgement) in unseen.items()
            if known[remembered.ids[uid]][1] not in listed
        }

    def _still_asked(self, prepared: Prepared, name: str) -> str:
        document = self._objects.document(name)
        asked = {check: verdict for check, verdict in document.items() if check in self._checks}
        if not asked:
            return ""
        data = canonical(asked)
        statuses = sum({STATUS_BITS[Status(verdict["status"])] for verdict in asked.values()})
        judged = prepared.judgements.setdefault(digest(data), Judgement(digest(data), data, statuses))
        return judged.digest


class Difference:
    """Gathers what changed in some units between what is remembered and what holds now, then writes it at once."""

    def __init__(self, backend: Backend, objects: Objects, run: int) -> None:
        self._backend = backend
        self._objects = objects
        self._run = run
        self._fresh: list[tuple[int, str, str, str, Held]] = []
        self._changed: list[tuple[int, Held]] = []
        self._places: dict[int, tuple[str, str]] = {}
        self._documents: dict[str, dict[str, bytes]] = defaultdict(dict)
        self._statuses: dict[str, int] = {"": 0}

    def add(self, unit_id: int, prepared: Prepared, remembered: Remembered, kept: Mapping[str, Held]) -> None:
        """Note what changes so that what was prepared or kept, and nothing else, holds of this unit from now on."""
        held, ids = remembered.held, remembered.ids
        now = {**dict.fromkeys(held, _NOTHING), **prepared.held, **kept}
        changed = {uid: holds for uid, holds in now.items() if held.get(uid, _NOTHING) != holds}
        documents = prepared.evidence()
        for uid, holds in changed.items():
            evidence, judgement = holds
            document = documents.get(evidence)
            if uid in ids:
                self._changed.append((ids[uid], holds))
                if document:
                    # Evidence holds name and part too: where it goes on, so do they.
                    self._places[ids[uid]] = _place(document)
            else:
                place = _place(document) if document else _scope_place(prepared.scopes[uid])
                self._fresh.append((unit_id, uid, *place, holds))
            if document:
                self._documents[f"evidence:{prepared.unit.kind}"][evidence] = document
            if judgement:
                judged = prepared.judgements[judgement]
                self._documents[f"judgement:{prepared.unit.kind}"][judgement] = judged.data
                self._statuses[judgement] = judged.statuses

    def write(self) -> None:
        """Write all that was noted, inside the caller's transaction."""
        rows = self._objects.put(self._documents)
        # Evidence that is kept while its judgement loses a check was stored by an earlier run.
        kept = {evidence for _, (evidence, _) in self._changed} - rows.keys() - {""}
        rows |= {"": 0, **self._objects.ids(kept)}
        if self._fresh:
            self._arrive(rows)
        if self._changed:
            self._turn(rows)
        stored = places(self._backend, list(self._places))
        moved = [(*place, row) for row, place in self._places.items() if stored[row] != place]
        self._backend.execute_many("UPDATE resource SET name = ?, part = ? WHERE id = ?", moved)

    def _state(self, rows: Mapping[str, int], holds: Held) -> tuple[int, int, int, int]:
        """What holds from this run on, as a resource's row says it."""
        evidence, judgement = holds
        return self._run, rows[evidence], rows[judgement], self._statuses[judgement]

    def _arrive(self, rows: Mapping[str, int]) -> None:
        """Make rows for new resources; before a later run than the first, nothing held of them."""
        fresh = [(unit, uid, *place, *self._state(rows, holds)) for unit, uid, *place, holds in self._fresh]
        columns = "unit_id, uid, name, part, since_run, evidence_id, judgement_id, statuses"
        self._backend.insert_many("resource", columns, fresh, ignore=False)
        if self._run > FIRST:
            for chunk in chunks(sorted({unit for unit, *_ in self._fresh})):
                self._backend.execute(
                    _UNKNOWN_BEFORE.format(marks(chunk)), (FIRST, self._run, self._run, *chunk)
                )

    def _turn(self, rows: Mapping[str, int]) -> None:
        """What held of the changed becomes past, and what holds now takes its place."""
        for chunk in chunks([row for row, _ in self._changed]):
            self._backend.execute(_ENDED.format(marks(chunk)), (self._run, *chunk))
        turned = [(*self._state(rows, holds), row) for row, holds in self._changed]
        self._backend.execute_many(_BEGUN, turned)


def _place(document: bytes) -> tuple[str, str]:
    """Name and part of the resource that a new evidence document is of; raises NotCanonical."""
    held = orjson.loads(document)
    vet(held, document)
    return held["name"], held["part"]


def _scope_place(scope: Scope) -> tuple[str, str]:
    return str(scope), scope.part


_HELD = """
SELECT r.unit_id, r.id, r.uid, e.digest, r.judgement_id FROM resource r
LEFT JOIN object e ON e.id = r.evidence_id WHERE r.unit_id IN ({})"""

_PAST = "INSERT INTO past (resource_id, from_run, to_run, evidence_id, judgement_id, statuses)"

_UNKNOWN_BEFORE = (
    _PAST
    + """
SELECT id, ?, ?, 0, 0, 0 FROM resource WHERE since_run = ? AND unit_id IN ({})"""
)

_ENDED = (
    _PAST
    + """
SELECT id, since_run, ?, evidence_id, judgement_id, statuses FROM resource WHERE id IN ({})"""
)

_BEGUN = "UPDATE resource SET since_run = ?, evidence_id = ?, judgement_id = ?, statuses = ? WHERE id = ?"
