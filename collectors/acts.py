"""Who changed a resource, where a platform keeps a record of that: asked only about what drifted, stored nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from evidence.model import Missing


@dataclass(frozen=True, slots=True)
class Drifted:
    """One resource that differs between two runs; `part` is its home region, "global" where it has none."""

    target: str
    kind: str
    uid: str
    part: str


@dataclass(frozen=True, slots=True)
class Act:
    """One recorded change: who made it, when (UTC ISO-8601), through which operation, under which event id."""

    actor: str
    at: str
    operation: str
    event: str


@dataclass(frozen=True, slots=True)
class Window:
    """The time between two runs, UTC ISO-8601, both ends included."""

    since: str
    until: str


Acts = tuple[Act, ...] | Missing
"""The changes on record, the latest first; () when the record was read and names none."""


@runtime_checkable
class NamesActors(Protocol):
    """A platform that can look up who changed its resources."""

    def actors(
        self, source: Any, drifted: Sequence[Drifted], window: Window
    ) -> Iterator[tuple[Drifted, Acts]]:
        """One answer per resource, Missing where the record could not be read; raises nothing."""
