"""Committing a run's units together: a transaction for many costs little more than a transaction for one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from evidence.model import Finding, UnitResult
from evidence.store.commits import PendingUnit

MOST_UNITS, MOST_RESOURCES, MOST_SECONDS = 100, 5_000, 1.0
"""What may wait to be committed: beyond any of these, all that waits is."""


class Writer:
    """A run's way into its store: units wait for a common transaction, but not long."""

    def __init__(
        self,
        prepare: Callable[[UnitResult, Sequence[Finding]], PendingUnit],
        commit: Callable[[list[PendingUnit]], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._prepare = prepare
        self._commit = commit
        self._clock = clock
        self._waiting: list[PendingUnit] = []
        self._resources = 0
        self._since = 0.0

    def commit(self, result: UnitResult, findings: Sequence[Finding]) -> None:
        """Hand over one unit: it is committed at the latest when the writer's block ends."""
        pending = self._prepare(result, findings)
        if not self._waiting:
            self._since = self._clock()
        self._waiting.append(pending)
        self._resources += len(pending.prepared.documents)
        if len(self._waiting) >= MOST_UNITS or self._resources >= MOST_RESOURCES:
            self.flush()
        self.tick()

    def tick(self) -> None:
        """Commit what has waited long; called now and then while no unit comes."""
        if self._waiting and self._clock() - self._since > MOST_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Commit all that waits; what a failed commit was given does not wait any longer."""
        waiting, self._waiting, self._resources = self._waiting, [], 0
        if waiting:
            self._commit(waiting)
