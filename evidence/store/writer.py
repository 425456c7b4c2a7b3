"""Committing a run's units together: a transaction for many costs little more than a transaction for one."""

from __future__ import annotations

import time
from collections.abc import Callable

from evidence.store.commits import Coming

_MOST_UNITS, _MOST_RESOURCES, _MOST_SECONDS = 100, 5_000, 1.0
"""What may wait to be committed: beyond any of these, all that waits is."""


class Writer:
    """Prepared units that wait for their common transaction."""

    def __init__(self, commit: Callable[[list[Coming]], object]) -> None:
        self._commit = commit
        self._waiting: list[Coming] = []
        self._resources = 0
        self._since = 0.0

    def put(self, coming: Coming) -> None:
        """Let one unit wait, and commit all that waits once it is much or has waited long."""
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting.append(coming)
        self._resources += len(coming.prepared.documents)
        if (
            len(self._waiting) >= _MOST_UNITS
            or self._resources >= _MOST_RESOURCES
            or time.monotonic() - self._since > _MOST_SECONDS
        ):
            self.flush()

    def flush(self) -> None:
        """Commit all that waits; what a failed commit was given does not wait any longer."""
        waiting, self._waiting, self._resources = self._waiting, [], 0
        if waiting:
            self._commit(waiting)
