"""Gathering: good news about many resources of one unit is one entry; what fails keeps an entry of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from evidence.drift_entry import Change, Entry, Limits
from evidence.drift_nights import some
from evidence.model import Status

_WORDS = {
    Change.NEWLY_VISIBLE: "seen for the first time",
    Change.RETURNED: "back after having been gone",
    Change.SEEN_AGAIN: "answered again as before",
}


def gathered(entries: Iterable[Entry], limits: Limits) -> Iterator[Entry]:
    """The entries, with many alike (one unit, class, check and answer) put into one."""
    alike: dict[tuple[object, ...], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.change in _WORDS and entry.after is not Status.FAIL and entry.uid:
            alike[entry.change, entry.unit, entry.check, entry.before, entry.after].append(entry)
        else:
            yield entry
    for group in alike.values():
        if len(group) < limits.gather_least:
            yield from group
        else:
            yield _one(group)


def _one(group: list[Entry]) -> Entry:
    first = group[0]
    unit, words = first.unit, _WORDS[first.change]
    names = some(sorted(entry.name for entry in group))
    asked = f" by {first.check}" if first.check else ""
    answer = f": {first.after.value.replace('_', ' ')}" if first.after else ""
    place = f"{unit.kind} in {unit.target}" if unit else "resources"
    sentence = f"{len(group)} {place} ({names}) are {words}{asked}{answer}"
    since = min(entry.since for entry in group)
    return Entry(
        first.change,
        sentence,
        unit,
        check=first.check,
        before=first.before,
        after=first.after,
        since=since,
        count=len(group),
    )
