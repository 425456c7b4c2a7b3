"""Reading judgements: what was said of a resource, by check, from the object that its span refers to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import itemgetter

import orjson

from evidence.documents import decode_missing
from evidence.model import Status
from evidence.store.backend import OPEN
from evidence.store.objects import Objects
from evidence.store.rows import Verdict, Window

_REMEMBERED = 20_000
_NONE: Mapping[str, Verdict] = {}

Said = tuple[str, int, int, Verdict]
"""A check, the runs [begin, end) over which its verdict stayed the same, and the verdict."""


class JudgementReader:
    """Judgements by object row, remembered: many resources share one, and objects never change."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._known = lru_cache(maxsize=_REMEMBERED)(self._load)
        self.said = lru_cache(maxsize=_REMEMBERED)(self._said)
        """Check, begin, end and verdict of the findings of a history that are of a window.

        A history is the runs at which another judgement began to hold, and the row of each; many resources share one.
        """

    def verdicts(self, row: int) -> Mapping[str, Verdict]:
        """The verdicts of a judgement by check, in their order; row 0 is the judgement of nothing asked."""
        return self._known(row) if row else _NONE

    def _said(self, begun: Sequence[int], rows: Sequence[int], window: Window) -> Sequence[Said]:
        after, until = window
        found: list[Said] = []
        since: dict[str, int] = {}
        before = _NONE
        for at, row in zip((*begun, OPEN), (*rows, 0), strict=True):
            now = self.verdicts(row)
            for check in {**before, **now}:
                if before.get(check) != now.get(check):
                    if check in before and (after < at <= until or after < since[check] <= until):
                        found.append((check, since[check], at, before[check]))
                    since[check] = at
            before = now
        return sorted(found, key=itemgetter(1, 0))

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
