"""The identities of one process: each role is assumed once, however many parts of a run ask to open its account."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Hashable

from collectors.aws.identity import Identity


class Identities:
    """Identities by what they were opened for; one that could not be opened is not remembered. Safe for threads."""

    def __init__(self) -> None:
        self._held: dict[Hashable, Identity] = {}
        self._locks: defaultdict[Hashable, threading.Lock] = defaultdict(threading.Lock)
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Identity]) -> Identity:
        """The identity under this key, made by whoever asks first while the others wait; raises what `make` does."""
        with self._lock:
            mine = self._locks[key]
        with mine:
            held = self._held.get(key)
            if held is None:
                held = self._held[key] = make()
            return held
