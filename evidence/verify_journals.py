"""Verifying journals: that row and body give the journal's digest, and that the raw answers it names are stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evidence.canonical import NotCanonical, canonical, digest
from evidence.documents import journal_document
from evidence.store import StoreBroken
from evidence.verify_problem import ProblemKind, RunsCheck, StoredUnit
from evidence.verify_read import Reader, is_digest, json

_ALTERED, _MISSING = ProblemKind.ALTERED, ProblemKind.MISSING


def check_journals(read: Reader, check: RunsCheck, run: int, units: Sequence[StoredUnit]) -> None:
    """Verify the journals of the done units of a run."""
    named: dict[str, str] = {}
    for unit in units:
        where = f"run {run}, journal of {unit.unit}"
        try:
            body = json(read.unpack(unit.packing, unit.body))
            name = digest(canonical(journal_document(unit.head, body)))
            calls = answers(body)
        except (StoreBroken, NotCanonical, TypeError) as error:
            check.add(_ALTERED, where, f"it cannot be read: {error}")
            continue
        if name != unit.journal:
            check.add(_ALTERED, where, "the unit's row with it does not give the digest stored for it")
        else:
            named |= dict.fromkeys(calls, where)
    for answer in sorted(named.keys() - read.store.objects.ids(named).keys()):
        check.add(_MISSING, named[answer], f"the raw answer {answer} it names is not in the store")


def answers(body: Any) -> set[str]:
    """The digests of the raw answers that a journal's body names; raises StoreBroken where it is no such body."""
    try:
        names = {call[4] for call in body["calls"] if call[4]}
    except (KeyError, IndexError, TypeError):
        raise StoreBroken("it does not list calls as a journal does") from None
    if not all(map(is_digest, names)):
        raise StoreBroken("it names answers by what is no digest")
    return names
