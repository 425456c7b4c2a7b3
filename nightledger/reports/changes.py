"""What changed since the run before, grouped by the classes of drift, with each class in words for people."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.drift import Change, Entry, Rejudge, baseline, compare
from evidence.store import Run, Store
from nightledger.reports.lines import RunLine
from nightledger.reports.model import ChangeGroup, ChangeLine, Changes

STILL_UNSEEN = "still_unseen"
"""The reports' own class: blind spots that are not new, which are a reminder and not a change."""


@dataclass(frozen=True, slots=True)
class Words:
    """A class of change as people read it; `urgent` asks somebody to act, `reminder` was so the night before too."""

    title: str
    meaning: str
    urgent: bool = False
    reminder: bool = False


def changes(store: Store, run: Run, rejudge: Rejudge | None) -> Changes:
    """The changes from the last comparable run of the series to this one, the most urgent class first."""
    before = baseline(store, run)
    if before is None:
        return Changes(None, ())
    together: dict[str, list[Entry]] = {}
    for entry in compare(store, before, run, rejudge=rejudge).entries:
        key = STILL_UNSEEN if _was_unseen_before(entry, before) else entry.change.value
        together.setdefault(key, []).append(entry)
    # A class that drift gains and this page has no words for yet is shown all the same.
    order = [*(key for key in WORDS if key in together), *sorted(together.keys() - WORDS.keys())]
    return Changes(run_line(before), tuple(_group(key, together[key]) for key in order))


def _was_unseen_before(entry: Entry, before: Run) -> bool:
    return entry.change is Change.BLIND_SPOT and 0 < entry.since <= before.id


def run_line(run: Run) -> RunLine:
    """A run as a report names it."""
    return RunLine(run.id, run.series, run.trigger, run.state, run.started, run.finished, run.tool)


def _group(key: str, entries: list[Entry]) -> ChangeGroup:
    words = WORDS.get(key) or Words(key.replace("_", " ").capitalize(), "")
    return ChangeGroup(
        key, words.title, words.meaning, words.urgent, words.reminder, tuple(map(_line, entries))
    )


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
    Change.SUSPECTED_MASS_VANISH.value: Words(
        "Many things gone at once",
        "More likely a wrong account, filter or permission than a real removal: nothing of it counts as gone yet.",
        urgent=True,
    ),
    Change.STALE.value: Words(
        "Too old to be shown as current",
        "Nobody has been able to look for days; what was last known may no longer be so.",
        urgent=True,
    ),
    Change.BLIND_SPOT.value: Words(
        "Out of sight since this run",
        "Could not be looked at this time. That is neither an improvement nor a removal.",
        urgent=True,
    ),
    Change.REGRESSED.value: Words("Got worse", "Passed when last measured and fails now.", urgent=True),
    Change.WAIVER_EXPIRED.value: Words(
        "Waivers that ended", "The accepted findings count as failures again.", urgent=True
    ),
    Change.WAIVER_REVOKED.value: Words(
        "Waivers taken back", "The accepted findings count as failures again.", urgent=True
    ),
    Change.FLAPPING.value: Words(
        "Going back and forth",
        "The answer changes from night to night: the safeguard is not stable.",
        urgent=True,
    ),
    Change.NEW.value: Words("New", "Was not there the last time its place was listed completely."),
    Change.RECREATED.value: Words(
        "Removed and made again", "The same name, another identity: it inherits nothing from the old one."
    ),
    Change.RETURNED.value: Words("Back again", "Was gone and is there once more."),
    Change.NEWLY_VISIBLE.value: Words(
        "Seen for the first time", "Nobody could look before, so it may have been there all along."
    ),
    Change.VANISHED.value: Words(
        "Gone", "Its place was listed completely both times. Removed is not the same as put right."
    ),
    Change.GONE_UNSEEN.value: Words(
        "Gone, since when is not known", "Its place was not listed completely before."
    ),
    Change.FIXED.value: Words("Put right", "Failed when last measured and passes now."),
    Change.APPLICABILITY.value: Words(
        "The question arises, or no longer does", "An answer became or stopped being not applicable."
    ),
    Change.SEEN_AGAIN.value: Words(
        "Seen again", "Could not be judged for a while; the answer is the old one."
    ),
    Change.RULE_CHANGED.value: Words(
        "The rule changed, not the world", "Different answers because a check or its values changed."
    ),
    Change.RENAMED.value: Words("Renamed", "The same thing under another name."),
    Change.MOVED.value: Words("Moved", "The same thing in another place."),
    Change.CHANGED.value: Words(
        "Changed, same answer", "A setting differs, and every answer stayed as it was."
    ),
    Change.WAIVER_GRANTED.value: Words(
        "Waivers granted", "Somebody accepts what fails: it stays in the evidence and counts as waived."
    ),
    Change.WAIVER_EXPIRING.value: Words("Waivers that end soon", "Within 30 days."),
    Change.WAIVER_ORPHANED.value: Words(
        "Waivers about nothing", "What they accept is no longer there or asked."
    ),
    STILL_UNSEEN: Words(
        "Still out of sight", "Could not be looked at the time before either, or never.", reminder=True
    ),
    Change.STILL_FAILING.value: Words(
        "Still failing", "Nothing changed, and that is also news.", reminder=True
    ),
}
"""The words of every class of drift, in the order in which people should look."""
