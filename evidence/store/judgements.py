"""Reading judgements: what was said of a resource, by check, from the object that its span refers to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import orjson

from evidence.documents import decode_missing
from evidence.model import Status
from evidence.store.objects import Objects
from evidence.store.rows import Verdict

_REMEMBERED = 20_000
_NONE: Mapping[str, Verdict] = {}


class JudgementReader:
    """Judgements by object row, remembered: many resources share one, and objects never change."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._known = lru_cache(maxsize=_REMEMBERED)(self._load)
        self.turned = lru_cache(maxsize=_REMEMBERED)(self._turned)
        """The checks of which two judgements, by their rows, say different things, with what the first said or None."""

    def verdicts(self, row: int) -> Mapping[str, Verdict]:
        """The verdicts of a judgement by check, in their order; row 0 is the judgement of nothing asked."""
        return self._known(row) if row else _NONE

    def _turned(self, one: int, other: int) -> tuple[tuple[str, Verdict | None], ...]:
        before, after = self.verdicts(one), self.verdicts(other)
        checks = (check for check in {**before, **after} if before.get(check) != after.get(check))
        return tuple((check, before.get(check)) for check in checks)

    def _load(self, row: int) -> dict[str, Verdict]:
        document = orjson.loads(self._objects.get_row(row)[1])
        return {
            check: Verdict(
                Status(said["status"]),
                said["sentence"],
                tuple(said["facts"]),
                decode_missing(said["missing"]),
            )
            for check, said in document.items()
        }
