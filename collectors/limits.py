"""Rate limits kept on our side: token buckets that shrink when a service says it is asked too often.

A service that throttles loses calls; waiting a little before each call loses none.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field

_DECREASE = 0.7
_BETWEEN_DECREASES = 1.0
_INCREASE = 0.02
_LEAST = 0.1
_TURNS = 10


@dataclass(frozen=True, slots=True)
class Rate:
    """Calls per second that a service refills, and how many it lets through at once."""

    per_second: float
    burst: int


@dataclass(slots=True)
class _Bucket:
    """Tokens may go below zero: that is the queue of those already waiting."""

    rate: Rate
    tokens: float
    at: float
    share: float = 1.0
    cut_at: float = -_BETWEEN_DECREASES
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reserve(self, now: float) -> float:
        with self.lock:
            per_second = self.rate.per_second * self.share
            self.tokens = min(self.rate.burst, self.tokens + (now - self.at) * per_second) - 1
            self.at = now
            return max(0.0, -self.tokens / per_second)

    def cut(self, now: float) -> None:
        with self.lock:
            if now - self.cut_at >= _BETWEEN_DECREASES:
                self.share = max(_LEAST, self.share * _DECREASE)
                self.cut_at = now

    def grow(self) -> None:
        with self.lock:
            self.share = min(1.0, self.share + _INCREASE)


class Limits:
    """One bucket per key, usually (target, service, region); additive increase, multiplicative decrease.

    `rates` is by service (the key's second item), "" is the default. Safe for many threads.
    """

    def __init__(
        self,
        rates: Mapping[str, Rate],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rates = rates
        self._clock = clock
        self._sleep = sleep
        self._buckets: dict[Hashable, _Bucket] = {}
        self._lock = threading.Lock()

    def take(self, key: tuple[str, str, str]) -> float:
        """Wait for this call's turn; returns the seconds waited."""
        wait = self._bucket(key).reserve(self._clock())
        if wait > 0:
            self._sleep(wait)
        return wait

    def throttled(self, key: tuple[str, str, str]) -> None:
        """The service refused a call as too many: ask more slowly from now on.

        What it refuses within a second counts once, for those calls left before anyone could slow down.
        """
        self._bucket(key).cut(self._clock())

    def again(self, key: tuple[str, str, str]) -> float:
        """Seconds to leave a call alone that was refused as too many: ten turns at the rate now in use."""
        bucket = self._bucket(key)
        return _TURNS / (bucket.rate.per_second * bucket.share)

    def answered(self, key: tuple[str, str, str]) -> None:
        """The service answered: go back towards the full rate, a little at a time."""
        bucket = self._bucket(key)
        if bucket.share < 1.0:
            bucket.grow()

    def share(self, key: tuple[str, str, str]) -> float:
        """The part of the full rate now in use, 0.1 to 1."""
        return self._bucket(key).share

    def _bucket(self, key: tuple[str, str, str]) -> _Bucket:
        with self._lock:
            bucket = self._buckets.get(key)
            if bucket is None:
                rate = self._rates.get(key[1]) or self._rates[""]
                bucket = self._buckets[key] = _Bucket(rate, float(rate.burst), self._clock())
            return bucket


__all__ = ["Limits", "Rate"]
