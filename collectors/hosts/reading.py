"""How a fact is made of sections: all of them readable, or the reason why one is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from collectors.hosts.record import Record
from evidence.model import Missing

T = TypeVar("T")


def parsed(parser: Callable[..., T | Missing], record: Record, *sections: str) -> T | Missing:
    """What `parser` makes of these sections, or why one of them could not be read."""
    given: list[bytes] = []
    for name in sections:
        data = record.read(name)
        if isinstance(data, Missing):
            return data
        given.append(data)
    return parser(*given)
