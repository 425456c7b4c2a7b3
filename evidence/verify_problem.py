"""The nouns of verification: problems, the events that runs are held against, and units as they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from evidence.documents import JournalHead
from evidence.model import Unit

Events = Mapping[int, tuple[int, dict[str, Any]]]
"""The sealed event of each run by run id, with its index in the ledger."""


class ProblemKind(StrEnum):
    """What happened to the thing named: its bytes differ, it is not there, or it was never sealed."""

    ALTERED = "altered"
    MISSING = "missing"
    PLANTED = "planted"
    UNTRUSTED = "untrusted"


@dataclass(frozen=True, slots=True)
class Problem:
    """One contradiction; `where` names the row, unit, run or checkpoint, `what` is one sentence."""

    kind: ProblemKind
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.kind.value}: {self.what}"


@dataclass(slots=True)
class RunsCheck:
    """What verifying runs gave, and how many runs and units were recomputed."""

    problems: list[Problem] = field(default_factory=list)
    runs: int = 0
    units: int = 0

    def add(self, kind: ProblemKind, where: str, what: str) -> None:
        """Note one problem."""
        self.problems.append(Problem(kind, where, what))


@dataclass(frozen=True, slots=True)
class StoredUnit:
    """One row of run_unit with what it refers to; digests are "" where there is none.

    `head` is what the row says of how the unit was polled, `packing` and `body` hold the rest of its journal.
    """

    id: int
    unit: Unit
    series: str
    state: int
    principal: str
    coverage: str
    digest: str
    journal: str
    head: JournalHead
    packing: int
    body: bytes
    untouched: bool
