"""The nouns of verification: a problem with its kind and place, and the events that runs are held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

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
