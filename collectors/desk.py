"""What the parts of the engine ask of its coordinator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from collectors.kind import Step
from collectors.unit import ScopeRun, UnitRun
from evidence.model import Missing

Done = Callable[[Any, Exception | None], None]


class Desk(Protocol):
    """The coordinator, as lookups, listings and facts see it; all on its one thread."""

    def send(self, unit: UnitRun, step: Step, part: str, call: Callable[[], Any], done: Done) -> None:
        """Give a call to a worker; `done` gets its value or its exception."""

    def fail(self, unit: UnitRun, why: Missing) -> None:
        """End the unit as failed."""

    def settle(self, scope: ScopeRun) -> None:
        """Close the scope if nothing of it is open, and the unit with its last scope."""
