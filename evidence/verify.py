"""Verification: whether every byte of the store still gives what its signed ledger says, and if not, where.

The report names problems; the absence of problems means that nothing was altered since it was sealed by the
holder of the signing key. Until a checkpoint is held by an outsider, that holder could have rewritten all.
"""

from __future__ import annotations

from dataclasses import dataclass

from evidence.seal import PublicKey
from evidence.store import Store
from evidence.verify_ledger import Trust, check_ledger
from evidence.verify_objects import check_objects
from evidence.verify_problem import Problem, ProblemKind
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
    ledger = check_ledger(store, Trust(key, witness))
    runs = check_runs(store, ledger.sealed, run)
    objects = check_objects(store, ledger.sealed, run)
    spans = check_spans(store) if run is None else []
    problems = [*ledger.problems, *runs.problems, *objects.problems, *spans]
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
