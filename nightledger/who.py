"""Who made the changes that drift shows, where the platform keeps a record: looked up on request, stored nowhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from collectors.acts import Acts, Drifted, NamesActors, Window
from collectors.kind import Platform
from evidence.drift import Change, Drift, Entry
from evidence.model import Missing
from evidence.store import Store
from nightledger.run import PollSource

CONFIGURED = frozenset(
    {
        Change.REGRESSED,
        Change.FIXED,
        Change.CHANGED,
        Change.NEW,
        Change.RECREATED,
        Change.VANISHED,
        Change.RENAMED,
        Change.MOVED,
    }
)
"""The classes of drift that somebody's act on the resource can explain."""

Key = tuple[str, str, str]
"""Target, kind and uid."""


def who(
    store: Store, sources: Sequence[PollSource], platforms: Mapping[str, Platform], found: Drift
) -> dict[Key, Acts]:
    """The acts on record for every drifted resource whose platform and source can be asked; calls the platform."""
    wanted: dict[str, dict[Key, Drifted]] = defaultdict(dict)
    for entry in found.entries:
        if entry.change in CONFIGURED and entry.unit is not None and entry.uid:
            one = Drifted(entry.unit.target, entry.unit.kind, entry.uid, _home(store, found, entry))
            wanted[entry.unit.source][one.target, one.kind, one.uid] = one
    window = Window(found.before.started, found.after.finished or found.after.started)
    return dict(_asked(sources, platforms, wanted, window))


def explained(entry: Entry, acts: Mapping[Key, Acts]) -> Acts | None:
    """What `who` found about an entry, None where nobody was asked."""
    unit = entry.unit
    if unit is None or entry.change not in CONFIGURED:
        return None
    return acts.get((unit.target, unit.kind, entry.uid))


def sentence(acts: Acts | None) -> str:
    """The latest act in one line, "" where nobody was asked."""
    if acts is None:
        return ""
    if isinstance(acts, Missing):
        return f"not known: {acts}"
    if not acts:
        return "no change of it is on record"
    last = acts[0]
    more = f", the last of {len(acts)} changes" if len(acts) > 1 else ""
    return f"{last.actor} at {last.at} by {last.operation} (event {last.event}){more}"


def _asked(
    sources: Sequence[PollSource],
    platforms: Mapping[str, Platform],
    wanted: Mapping[str, Mapping[Key, Drifted]],
    window: Window,
) -> Iterator[tuple[Key, Acts]]:
    for source in sources:
        platform: object = platforms.get(source.platform)
        drifted = list(wanted.get(source.name, {}).values())
        if drifted and isinstance(platform, NamesActors):
            for one, acts in platform.actors(source.settings, drifted, window):
                yield (one.target, one.kind, one.uid), acts


def _home(store: Store, found: Drift, entry: Entry) -> str:
    """Where the resource lives: the region its evidence names, else the scope it was listed in."""
    for run in (found.after, found.before):
        for span, document in store.evidence_at(entry.uid, run.id, series=run.series):
            if span.unit == entry.unit:
                return str(dict(document["labels"]).get("region") or document["part"])
    return "global"
