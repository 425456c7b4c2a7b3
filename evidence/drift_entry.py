"""The nouns of drift: the classes of change, one entry of the comparison, and the limits that decide some classes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from evidence.model import Status, Unit


class Change(StrEnum):
    """What happened to a resource, a finding, a scope or a waiver; in the order in which people should look."""

    SUSPECTED_MASS_VANISH = "suspected_mass_vanish"
    STALE = "stale"
    BLIND_SPOT = "blind_spot"
    REGRESSED = "regressed"
    WAIVER_EXPIRED = "waiver_expired"
    WAIVER_REVOKED = "waiver_revoked"
    FLAPPING = "flapping"
    NEW = "new"
    RECREATED = "recreated"
    RETURNED = "returned"
    NEWLY_VISIBLE = "newly_visible"
    VANISHED = "vanished"
    GONE_UNSEEN = "gone_unseen"
    FIXED = "fixed"
    APPLICABILITY = "applicability"
    SEEN_AGAIN = "seen_again"
    RULE_CHANGED = "rule_changed"
    RENAMED = "renamed"
    MOVED = "moved"
    CHANGED = "changed"
    WAIVER_GRANTED = "waiver_granted"
    WAIVER_EXPIRING = "waiver_expiring"
    WAIVER_ORPHANED = "waiver_orphaned"
    STILL_FAILING = "still_failing"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, in one sentence.

    `uid` is "" where it is about a scope or about many; `check` is "" where it is about the thing itself.
    `before` and `after` are the states compared; `since` is the first run in which it is so, 0 for reminders about
    waivers; `count` says how many things it is about.
    """

    change: Change
    sentence: str
    unit: Unit | None = None
    uid: str = ""
    name: str = ""
    check: str = ""
    before: Status | None = None
    after: Status | None = None
    since: int = 0
    count: int = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """Where quantity becomes a class of its own: days, shares in per cent, counts of runs."""

    stale_days: int = 7
    expiring_days: int = 30
    mass_percent: int = 30
    mass_least: int = 5
    gather_least: int = 5
    flips: int = 3
    flip_runs: int = 10
