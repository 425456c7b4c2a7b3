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
from evidence.model import ScopeStatus, Status
from evidence.store.backend import OPEN, Backend, chunks, marks
from evidence.store.objects import Objects, named
from evidence.store.prepare import Held, Judgement, Prepared
from evidence.store.rows import STATUS_BITS

_NOTHING: Held = ("", "")
"""What is held of a resource that is gone; it has a span as well, so that what began is all that changed."""


@dataclass(slots=True)
class Remembered:
    """One unit's resources as they are stored: row ids, and what holds of those that are still there, by uid."""

    ids: dict[str, int] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)


def remember(backend: Backend, objects: Objects, units: Sequence[int]) -> dict[int, Remembered]:
    """Read what holds of some units: memory is that of the units, never of the estate."""
    remembered = {unit: Remembered() for unit in units}
    rows = backend.query(_OPEN.format(marks(units)), (OPEN, *units))
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
        self._places: dict[int, tuple[str, str]] = {}
        self._fresh: list[tuple[int, str, str, str]] = []
        self._ended: list[int] = []
        self._begun: list[tuple[int, str, Held]] = []
        self._ids: dict[int, dict[str, int]] = {}
        self._documents: dict[str, dict[str, bytes]] = defaultdict(dict)
        self._statuses: dict[str, int] = {"": 0}

    def add(self, unit_id: int, prepared: Prepared, remembered: Remembered, kept: Mapping[str, Held]) -> None:
        """Note what begins so that what was prepared or kept, and nothing else, holds of this unit from now on."""
        ids = self._ids[unit_id] = remembered.ids
        held = remembered.held
        now = {**dict.fromkeys(held, _NOTHING), **prepared.held, **kept}
        begun = [(unit_id, uid, holds) for uid, holds in now.items() if held.get(uid, _NOTHING) != holds]
        self._begun += begun
        self._ended += [ids[uid] for _, uid, _ in begun if uid in ids]
        documents = prepared.evidence()
        for _, uid, (evidence, judgement) in begun:
            if evidence in documents:
                # Evidence holds name and part too: where it goes on, so do they.
                self._place_of(unit_id, uid, documents[evidence])
                self._documents[f"evidence:{prepared.unit.kind}"][evidence] = documents[evidence]
            elif uid not in ids:
                scope = prepared.scopes[uid]
                self._fresh.append((unit_id, uid, str(scope), scope.part))
            if judgement:
                judged = prepared.judgements[judgement]
                self._documents[f"judgement:{prepared.unit.kind}"][judgement] = judged.data
                self._statuses[judgement] = judged.statuses

    def _place_of(self, unit_id: int, uid: str, document: bytes) -> None:
        held = orjson.loads(document)
        vet(held, document)
        place = (held["name"], held["part"])
        if uid in self._ids[unit_id]:
            self._places[self._ids[unit_id][uid]] = place
        else:
            self._fresh.append((unit_id, uid, *place))

    def write(self) -> None:
        """Write all that was noted, inside the caller's transaction."""
        stored = places(self._backend, list(self._places))
        moved = [(*place, row) for row, place in self._places.items() if stored[row] != place]
        self._backend.execute_many("UPDATE resource SET name = ?, part = ? WHERE id = ?", moved)
        if self._fresh:
            self._place()
        for chunk in chunks(self._ended):
            sql = f"UPDATE span SET to_run = ? WHERE to_run = ? AND resource_id IN ({marks(chunk)})"  # noqa: S608 - marks
            self._backend.execute(sql, (self._run, OPEN, *chunk))
        rows = self._objects.put(self._documents)
        # Evidence that is kept while its judgement loses a check was stored by an earlier run.
        kept = {evidence for _, _, (evidence, _) in self._begun} - rows.keys() - {""}
        rows |= {"": 0, **self._objects.ids(kept)}
        self._backend.insert_many(
            "span",
            "resource_id, from_run, to_run, evidence_id, judgement_id, statuses",
            [
                (self._ids[unit][uid], self._run, OPEN, rows[said[0]], rows[said[1]], self._statuses[said[1]])
                for unit, uid, said in self._begun
            ],
            ignore=False,
        )

    def _place(self) -> None:
        """Make rows for new resources and learn their ids."""
        self._backend.insert_many("resource", "unit_id, uid, name, part", self._fresh, ignore=False)
        for chunk in chunks(sorted({unit for unit, *_ in self._fresh})):
            sql = f"SELECT unit_id, uid, id FROM resource WHERE unit_id IN ({marks(chunk)})"  # noqa: S608 - marks
            for unit, uid, row in self._backend.query(sql, chunk):
                self._ids[unit][uid] = row


_OPEN = """
SELECT r.unit_id, r.id, r.uid, e.digest, s.judgement_id FROM resource r
LEFT JOIN span s ON s.resource_id = r.id AND s.to_run = ?
LEFT JOIN object e ON e.id = s.evidence_id WHERE r.unit_id IN ({})"""
