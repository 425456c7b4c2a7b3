"""Verifying journals: that row and body give the journal's digest, and that the raw answers it names are stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from evidence.canonical import NotCanonical, canonical, digest
from evidence.documents import journal_document
from evidence.store import Store, StoreError
from evidence.verify_problem import ProblemKind, RunsCheck, StoredUnit

_ALTERED, _MISSING = ProblemKind.ALTERED, ProblemKind.MISSING


def check_journals(store: Store, check: RunsCheck, run: int, units: Sequence[StoredUnit]) -> None:
    """Verify the journals of the done units of a run."""
    answers: dict[str, str] = {}
    for unit in units:
        where = f"run {run}, journal of {unit.unit}"
        try:
            body = orjson.loads(store.objects.unpack(unit.packing, unit.body))
            name = digest(canonical(journal_document(unit.head, body)))
        except (StoreError, NotCanonical, orjson.JSONDecodeError, TypeError) as error:
            check.add(_ALTERED, where, f"it cannot be read: {error}")
            continue
        if name != unit.journal:
            check.add(_ALTERED, where, "the unit's row with it does not give the digest stored for it")
        else:
            answers |= dict.fromkeys(_answers(body), where)
    for answer in sorted(answers.keys() - store.objects.ids(answers).keys()):
        check.add(_MISSING, answers[answer], f"the raw answer {answer} it names is not in the store")


def _answers(body: dict[str, Any]) -> set[str]:
    return {call[4] for call in body["calls"] if call[4]}
