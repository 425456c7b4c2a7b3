"""Verification: whether every byte of the store still gives what its signed ledger says, and if not, where.

The report names problems; the absence of problems means that nothing was altered since it was sealed by the
holder of the signing key. Until a checkpoint is held by an outsider, that holder could have rewritten all.
"""

from __future__ import annotations

from dataclasses import dataclass

from evidence.seal import PublicKey
from evidence.store import Store
from evidence.verify_ledger import LedgerCheck, Trust, check_ledger
from evidence.verify_objects import ObjectsCheck, check_objects
from evidence.verify_problem import Problem, ProblemKind, RunsCheck
from evidence.verify_read import Reader
from evidence.verify_runs import check_runs
from evidence.verify_spans import check_spans

__all__ = ["Problem", "ProblemKind", "Report", "verify"]


@dataclass(frozen=True, slots=True)
class Report:
    """What was verified and every contradiction found; `objects` and `units` count what was recomputed.

    `key` is the fingerprint all checkpoints were checked against and `key_source` where it came from: "given",
    or "store", which proves only that the store agrees with itself. `whole` is False for a single run.
    """

    problems: tuple[Problem, ...]
    key: str
    key_source: str
    events: int
    runs: int
    units: int
    objects: int
    whole: bool
    anchor: str = "unanchored"

    @property
    def sound(self) -> bool:
        """Whether nothing contradicts the ledger."""
        return not self.problems


def verify(
    store: Store, *, key: PublicKey | str | None = None, witness: str | None = None, run: int | None = None
) -> Report:
    """Recompute the ledger and one run, or everything; `key` is a public key or its fingerprint.

    `witness` is an older checkpoint note held elsewhere; the copy in the key directory is always consulted.
    Altered, missing and planted rows become problems, never exceptions.
    """
    read, ledger, runs, objects = Reader(store), LedgerCheck(), RunsCheck(), ObjectsCheck()
    spans: list[Problem] = []
    with read.reading("ledger"):  # Without it there is nothing that the rest could be held against.
        check_ledger(read, ledger, Trust(key, witness))
        with read.reading("table run"):
            check_runs(read, runs, ledger.sealed, run)
        check_objects(read, objects, ledger.sealed, run)
        spans.extend(check_spans(read) if run is None else ())
    problems = [*read.problems, *ledger.problems, *runs.problems, *objects.problems, *spans]
    return Report(
        problems=tuple(dict.fromkeys(problems)),
        key=ledger.key,
        key_source="store" if key is None else "given",
        events=ledger.events,
        runs=runs.runs,
        units=runs.units,
        objects=objects.count,
        whole=run is None,
    )
