"""What changed between two nights of one series, in classes, each change in one plain sentence.

Every answer is compared with the last determinate one; lost sight is a blind spot, never fixed and never vanished.
The classes live in drift_resources, drift_findings, drift_scopes and drift_waivers, one entry for many alike in
drift_gather; here they are put together.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from evidence.drift_entry import Change, Entry, Limits
from evidence.drift_findings import finding_drift, questions, told
from evidence.drift_gather import gathered
from evidence.drift_nights import Rejudge, load
from evidence.drift_resources import resource_drift
from evidence.drift_scopes import scope_drift
from evidence.drift_waivers import waiver_drift
from evidence.model import NightledgerError
from evidence.records import waivers
from evidence.store import Run, Store


class NotComparable(NightledgerError):
    """The two runs are not an earlier and a later finished run of one series."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Drift:
    """All that changed from one run to a later one, what needs people first."""

    before: Run
    after: Run
    entries: tuple[Entry, ...]

    def of(self, *changes: Change) -> tuple[Entry, ...]:
        """The entries of some classes."""
        return tuple(entry for entry in self.entries if entry.change in changes)

    @property
    def news(self) -> tuple[Entry, ...]:
        """The entries that came about after the earlier run; the others only remind of what lasts."""
        return tuple(entry for entry in self.entries if entry.since > self.before.id)

    @property
    def counts(self) -> Counter[Change]:
        """How many entries there are of each class."""
        return Counter(entry.change for entry in self.entries)


def compare(
    store: Store,
    before: int | Run,
    after: int | Run,
    *,
    rejudge: Rejudge | None = None,
    limits: Limits | None = None,
) -> Drift:
    """What changed from one finished run to a later one of its series; raises NotComparable.

    `rejudge` puts today's check to old facts, so that a changed rule is told from a changed world.
    """
    earlier, later = _run(store, before), _run(store, after)
    _require_comparable(earlier, later)
    nights = load(store, earlier, later, limits or Limits(), rejudge)
    answers = list(finding_drift(nights, questions(nights)))
    entries = [
        *scope_drift(nights),
        *resource_drift(nights, told(answers)),
        *answers,
        *waiver_drift(nights, waivers(store)),
    ]
    return Drift(earlier, later, tuple(sorted(gathered(entries, nights.limits), key=_order)))


def baseline(store: Store, run: int | Run) -> Run | None:
    """The run a run is compared with by default: the last sealed one before it in its series, else interrupted."""
    later = _run(store, run)
    earlier = [other for other in store.runs(later.series) if other.id < later.id and other.state != "open"]
    sealed = [other for other in earlier if other.state == "sealed"]
    return next(reversed(sealed or earlier), None)


def _run(store: Store, run: int | Run) -> Run:
    return run if isinstance(run, Run) else store.run(run)


def _require_comparable(before: Run, after: Run) -> None:
    if before.series != after.series:
        raise NotComparable(
            f"run {before.id} is of series {before.series}, run {after.id} of {after.series}",
            hint="A run of a few checks is no baseline for the nightly run: compare runs of one series.",
        )
    if before.id >= after.id or "open" in (before.state, after.state):
        raise NotComparable(f"run {before.id} is not a finished run before the finished run {after.id}")


_PLACES = {change: place for place, change in enumerate(Change)}


def _order(entry: Entry) -> tuple[int, str, str, str]:
    return _PLACES[entry.change], str(entry.unit or ""), entry.name or entry.uid, entry.check


__all__ = ["Change", "Drift", "Entry", "Limits", "NotComparable", "Rejudge", "baseline", "compare"]
