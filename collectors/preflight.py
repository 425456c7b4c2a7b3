"""The preflight a platform may offer: which permissions would be refused, found out without using any of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from evidence.model import Missing


@dataclass(frozen=True, slots=True)
class Preflight:
    """What one target would refuse: (permission, why) pairs; `missing` where it, or some of it, could not be asked."""

    target: str
    asked: int
    refused: tuple[tuple[str, str], ...] = ()
    missing: Missing | None = None


@runtime_checkable
class CanPreflight(Protocol):
    """A platform that can say beforehand what its targets would refuse."""

    def preflight(self, source: Any, permissions: Iterable[str]) -> Iterator[Preflight]:
        """One answer per target that can be opened; asks the source, raises nothing."""
