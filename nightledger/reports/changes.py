"""What changed since the run before, grouped by the classes of drift, with each class in words for people."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.drift import Change, Entry, Rejudge, baseline, compare
from evidence.store import Run, Store
from nightledger.reports.lines import RunLine
from nightledger.reports.model import ChangeGroup, ChangeLine, Changes


@dataclass(frozen=True, slots=True)
class Words:
    """A class of change as people read it; `urgent` asks somebody to act."""

    title: str
    meaning: str
    urgent: bool = False


def changes(store: Store, run: Run, rejudge: Rejudge | None) -> Changes:
    """The changes from the last comparable run of the series to this one, the most urgent class first."""
    before = baseline(store, run)
    if before is None:
        return Changes(None, ())
    drift = compare(store, before, run, rejudge=rejudge)
    groups = (_group(change, drift.of(change)) for change in Change)
    return Changes(run_line(before), tuple(group for group in groups if group.lines))


def run_line(run: Run) -> RunLine:
    """A run as a report names it."""
    return RunLine(run.id, run.series, run.trigger, run.state, run.started, run.finished, run.tool)


def _group(change: Change, entries: tuple[Entry, ...]) -> ChangeGroup:
    words = WORDS[change]
    return ChangeGroup(change.value, words.title, words.meaning, words.urgent, tuple(map(_line, entries)))


def _line(entry: Entry) -> ChangeLine:
    return ChangeLine(
        sentence=entry.sentence,
        check=entry.check,
        kind=entry.unit.kind if entry.unit else "",
        uid=entry.uid,
        name=entry.name,
        before=entry.before.value if entry.before else "",
        after=entry.after.value if entry.after else "",
        since_run=entry.since,
    )


WORDS = {
    Change.SUSPECTED_MASS_VANISH: Words(
        "Many things gone at once",
        "More likely a wrong account, filter or permission than a real removal: nothing of it counts as gone yet.",
        urgent=True,
    ),
    Change.STALE: Words(
        "Too old to be shown as current",
        "Nobody has been able to look for days; what was last known may no longer be so.",
        urgent=True,
    ),
    Change.BLIND_SPOT: Words(
        "Lost from sight",
        "Seen before, not seen now. This is neither an improvement nor a removal.",
        urgent=True,
    ),
    Change.REGRESSED: Words("Got worse", "Passed when last measured and fails now.", urgent=True),
    Change.WAIVER_EXPIRED: Words(
        "Waivers that ended", "The accepted findings count as failures again.", urgent=True
    ),
    Change.FLAPPING: Words(
        "Going back and forth",
        "The answer changes from night to night: the safeguard is not stable.",
        urgent=True,
    ),
    Change.NEW: Words("New", "Was not there the last time its place was listed completely."),
    Change.RECREATED: Words(
        "Removed and made again", "The same name, another identity: it inherits nothing from the old one."
    ),
    Change.RETURNED: Words("Back again", "Was gone and is there once more."),
    Change.NEWLY_VISIBLE: Words(
        "Seen for the first time", "Nobody could look before, so it may have been there all along."
    ),
    Change.VANISHED: Words(
        "Gone", "Its place was listed completely both times. Removed is not the same as put right."
    ),
    Change.GONE_UNSEEN: Words("Gone, since when is not known", "Its place was not listed completely before."),
    Change.FIXED: Words("Put right", "Failed when last measured and passes now."),
    Change.APPLICABILITY: Words(
        "The question arises, or no longer does", "An answer became or stopped being not applicable."
    ),
    Change.SEEN_AGAIN: Words("Seen again", "Could not be judged for a while; the answer is the old one."),
    Change.RULE_CHANGED: Words(
        "The rule changed, not the world", "Different answers because a check or its values changed."
    ),
    Change.RENAMED: Words("Renamed", "The same thing under another name."),
    Change.MOVED: Words("Moved", "The same thing in another place."),
    Change.CHANGED: Words("Changed, same answer", "A setting differs, and every answer stayed as it was."),
    Change.WAIVER_EXPIRING: Words("Waivers that end soon", "Within 30 days."),
    Change.WAIVER_ORPHANED: Words("Waivers about nothing", "What they accept is no longer there or asked."),
    Change.STILL_FAILING: Words("Still failing", "Nothing changed, and that is also news."),
}
"""The words of every class of drift."""
