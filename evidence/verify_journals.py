"""Verifying journals: their digests, what they repeat of the unit's row, and the raw answers they name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from evidence.canonical import digest
from evidence.documents import unit_key
from evidence.store import Store, StoreError
from evidence.store.prepare import seconds
from evidence.store.run_rows import moment
from evidence.verify_problem import ProblemKind, RunsCheck, StoredUnit

_ALTERED, _MISSING, _PLANTED = ProblemKind.ALTERED, ProblemKind.MISSING, ProblemKind.PLANTED


def check_journals(store: Store, check: RunsCheck, run: int, units: Mapping[int, StoredUnit]) -> None:
    """Verify the journals of the done units of a run, and that the raw answers they name are stored."""
    found = set()
    for number, *packed in store.backend.stream(_JOURNALS, (run,)):
        found.add(number)
        if number not in units:
            check.add(
                _PLANTED, f"run {run}, journal of unit row {number}", "no unit of the run is done there"
            )
            continue
        unit = units[number]
        where = f"run {run}, journal of {unit.unit}"
        try:
            data = store.objects.unpack(*packed)
        except StoreError as error:
            check.add(_ALTERED, where, str(error))
            continue
        if digest(data) != unit.journal:
            check.add(_ALTERED, where, "its bytes do not give the digest stored for it")
        else:
            _compare_journal(store, check, where, unit, orjson.loads(data))
    for number in units.keys() - found:
        check.add(_MISSING, f"run {run}, journal of {units[number].unit}", "there is none")


def _compare_journal(
    store: Store, check: RunsCheck, where: str, unit: StoredUnit, journal: Mapping[str, Any]
) -> None:
    stored = {"unit": unit_key(unit.unit), "manifest": unit.digest, "principal": unit.principal, **unit.told}
    for name, value in stored.items():
        if journal[name] != value and not _same_moment(name, journal[name], value):
            check.add(_ALTERED, where, f"it says {name} {journal[name]!r}, the unit's row {value!r}")
    answers = {call[4] for call in journal["calls"] if call[4]}
    for answer in sorted(answers - store.objects.ids(answers).keys()):
        check.add(_MISSING, where, f"the raw answer {answer} it names is not in the store")


def _same_moment(name: str, told: Any, stored: Any) -> bool:
    """Journals keep a moment as it was given; rows keep its second in UTC."""
    return name in {"started", "finished"} and moment(seconds(str(told))) == stored


_JOURNALS = "SELECT unit_id, codec, dictionary_id, data FROM journal WHERE run_id = ?"
