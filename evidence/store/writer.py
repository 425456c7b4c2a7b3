"""Writing behind a run's back: a thread of its own commits the units handed over, all that wait at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, Queue
from threading import Thread

from evidence.store.commits import Coming

_MOST_WAITING = 64
"""Units that may wait; whoever hands over more waits until the writer has caught up."""


class Writer:
    """A queue of prepared units and the thread that empties it; an error of the thread reaches the next caller."""

    def __init__(self, commit: Callable[[list[Coming]], object]) -> None:
        self._commit = commit
        self._waiting: Queue[Coming | None] = Queue(_MOST_WAITING)
        self._error: BaseException | None = None
        self._thread = Thread(target=self._work, name="store-writer")

    @contextmanager
    def running(self) -> Iterator[None]:
        """Write until the block ends, and then what still waits, even when the block ends by an error."""
        self._thread.start()
        try:
            yield
        finally:
            self._waiting.put(None)
            self._thread.join()
        self._raise()

    def put(self, coming: Coming) -> None:
        """Hand over one unit; raises what went wrong with one handed over before."""
        self._raise()
        self._waiting.put(coming)

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        while batch := self._next():
            # After an error nothing more is written, but the queue is emptied: nobody may wait for ever.
            if self._error is None:
                try:
                    self._commit(batch)
                except BaseException as error:  # noqa: BLE001 - it is raised where the units come from
                    self._error = error

    def _next(self) -> list[Coming]:
        """All that waits, at least one; nothing at the end."""
        batch = []
        coming = self._waiting.get()
        while coming is not None:
            batch.append(coming)
            try:
                coming = self._waiting.get_nowait()
            except Empty:
                return batch
        if batch:
            self._waiting.put(None)
        return batch
