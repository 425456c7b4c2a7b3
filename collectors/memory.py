"""What many threads cost in memory: the C library gives each an arena of its own, and arenas hardly ever shrink."""

from __future__ import annotations

import ctypes
from contextlib import suppress

_M_ARENA_MAX = -8


def share_one_arena() -> None:
    """Make every thread started from now on allocate from the arena there is; a no-op where the C library is not GNU's.

    Threads that run Python take turns anyway, so sharing costs them nothing: mallopt(3), M_ARENA_MAX.
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
