"""What a platform may hold for the length of a run, and when it is let go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable


@runtime_checkable
class Closes(Protocol):
    """A platform that shares something between its targets: connections, service models; used again, it begins anew."""

    def close(self) -> None:
        """Let go of it; safe to call twice, and while a worker is stuck in a call."""


def close_all(platforms: Iterable[object]) -> None:
    """Close every platform that has something to close."""
    for platform in platforms:
        if isinstance(platform, Closes):
            platform.close()
