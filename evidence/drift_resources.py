"""Drift of resources themselves: new, newly visible, returned, vanished, recreated, renamed, moved, changed.

One thing that happens to a resource is one entry, however many checks ask about it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from evidence.drift_entry import Change, Entry
from evidence.drift_facts import changed_facts, turned
from evidence.drift_nights import History, Key, Nights, some
from evidence.model import Status, Unit
from evidence.store import EvidenceSpan
from evidence.store.standing import held_per_part

_WORST_FIRST = (Status.FAIL, Status.UNKNOWN, Status.PASS, Status.NOT_APPLICABLE)


def resource_drift(nights: Nights, told: frozenset[Key]) -> Iterator[Entry]:
    """Entries about resources; the facts of those in `told` are told elsewhere."""
    came = [key for key, history in nights.histories.items() if _came(nights, history)]
    went = [key for key, history in nights.histories.items() if _went(nights, history)]
    pairs = _recreated(nights, came, went)
    yield from (_recreation(nights, old, new) for old, new in pairs)
    settled = {key for pair in pairs for key in pair}
    yield from (_arrival(nights, key) for key in came if key not in settled)
    yield from _departures(nights, [key for key in went if key not in settled])
    for key, history in nights.histories.items():
        yield from _changes(nights, key, history, told=key in told)


def _came(nights: Nights, history: History) -> bool:
    held = history.evidence_at(nights.before.run.id)
    return held is None and history.evidence_at(nights.after.run.id) is not None


def _went(nights: Nights, history: History) -> bool:
    held = history.evidence_at(nights.after.run.id)
    return held is None and history.evidence_at(nights.before.run.id) is not None


def _recreated(nights: Nights, came: Iterable[Key], went: Iterable[Key]) -> list[tuple[Key, Key]]:
    """Pairs (old, new) of one unit and one name, where the name is not shared."""
    old, new = _by_name(nights, went), _by_name(nights, came)
    return [
        (gone[0], new[place][0])
        for place, gone in old.items()
        if len(gone) == 1 and len(new.get(place, ())) == 1 and _listed_both(nights, gone[0])
    ]


def _by_name(nights: Nights, keys: Iterable[Key]) -> dict[tuple[Unit, str], list[Key]]:
    named: dict[tuple[Unit, str], list[Key]] = defaultdict(list)
    for unit, uid in keys:
        named[unit, nights.histories[unit, uid].name].append((unit, uid))
    return named


def _recreation(nights: Nights, old: Key, new: Key) -> Entry:
    history = nights.histories[new]
    status, said = _standing(nights, history)
    sentence = f"{_named(new, history)} was removed and made again with a new identity; it inherits nothing"
    return _entry(
        Change.RECREATED, nights, new, f"{sentence}; it {said}", after=status, before=_worst(nights, old)
    )


def _worst(nights: Nights, key: Key) -> Status | None:
    history, run = nights.histories[key], nights.before.run.id
    held = {span.status for check in history.findings if (span := history.finding_at(check, run))}
    return next((status for status in _WORST_FIRST if status in held), None)


def _arrival(nights: Nights, key: Key) -> Entry:
    unit, _ = key
    history = nights.histories[key]
    name = _named(key, history)
    status, said = _standing(nights, history)
    earlier = [span for span in history.evidence if span.to_run <= nights.before.run.id]
    if earlier:
        gone = nights.since(earlier[-1].to_run)
        return _entry(
            Change.RETURNED,
            nights,
            key,
            f"{name} is back; it had been gone since {gone}; it {said}",
            after=status,
        )
    if nights.before.listed(unit, history.part):
        return _entry(Change.NEW, nights, key, f"{name} is new; it {said}", after=status)
    sentence = f"{name} is seen for the first time, where the night before could not look; it {said}"
    return _entry(Change.NEWLY_VISIBLE, nights, key, sentence, after=status)


def _standing(nights: Nights, history: History) -> tuple[Status | None, str]:
    """The worst status of a resource now, and it in words."""
    held = {check: history.finding_at(check, nights.after.run.id) for check in sorted(history.findings)}
    by_status: dict[Status, list[str]] = defaultdict(list)
    for check, span in held.items():
        if span is not None:
            by_status[span.status].append(check)
    words = {
        Status.FAIL: "fails",
        Status.UNKNOWN: "could not be judged by",
        Status.PASS: "passes",
        Status.NOT_APPLICABLE: "is not concerned by",
    }
    for status in _WORST_FIRST:
        if by_status[status]:
            return status, f"{words[status]} {some(by_status[status])}"
    return None, "has not been judged"


def _departures(nights: Nights, went: Iterable[Key]) -> Iterator[Entry]:
    by_part: dict[tuple[Unit, str], list[Key]] = defaultdict(list)
    for key in went:
        by_part[key[0], nights.histories[key].part].append(key)
    series, run = nights.after.run.series, nights.before.run.id
    for (unit, part), gone in by_part.items():
        known = held_per_part(nights.store.backend, series, unit, run).get(part, 0)
        if len(gone) >= nights.limits.mass_least and len(gone) * 100 > known * nights.limits.mass_percent:
            yield _mass_vanish(nights, unit, part, gone, known)
        else:
            yield from (_departure(nights, key) for key in gone)


def _departure(nights: Nights, key: Key) -> Entry:
    return _vanished(nights, key) if _listed_both(nights, key) else _gone_unseen(nights, key)


def _listed_both(nights: Nights, key: Key) -> bool:
    unit, part = key[0], nights.histories[key].part
    return nights.before.listed(unit, part) and nights.after.listed(unit, part)


def _gone_unseen(nights: Nights, key: Key) -> Entry:
    history = nights.histories[key]
    sentence = f"{_named(key, history)} is gone; its scope was not listed completely both times, so since when is not known"
    return _entry(Change.GONE_UNSEEN, nights, key, sentence + _open_failures(nights, history))


def _vanished(nights: Nights, key: Key) -> Entry:
    history = nights.histories[key]
    since = max(span.to_run for span in history.evidence if span.to_run <= nights.after.run.id)
    last = nights.since(nights.run_before(since))
    sentence = f"{_named(key, history)} is gone; it was last there in {last}{_open_failures(nights, history)}"
    return _entry(Change.VANISHED, nights, key, sentence, since=since, before=_worst(nights, key))


def _mass_vanish(nights: Nights, unit: Unit, part: str, gone: list[Key], known: int) -> Entry:
    names = some(sorted(nights.histories[key].name for key in gone))
    sentence = (
        f"{len(gone)} of {known} {unit.kind} in {unit.target}/{part} are gone although the listing succeeded "
        f"({names}): check that it still lists the right place before believing it"
    )
    return Entry(Change.SUSPECTED_MASS_VANISH, sentence, unit, since=nights.after.run.id, count=len(gone))


def _open_failures(nights: Nights, history: History) -> str:
    run = nights.before.run.id
    failing = [
        check
        for check in sorted(history.findings)
        if (span := history.finding_at(check, run)) and span.status is Status.FAIL
    ]
    return f"; removed, not fixed: {some(failing)}" if failing else ""


def _changes(nights: Nights, key: Key, history: History, *, told: bool) -> Iterator[Entry]:
    then, now = history.evidence_at(nights.before.run.id), history.evidence_at(nights.after.run.id)
    if then is None or now is None or then.evidence == now.evidence:
        return
    old, new = nights.document(then), nights.document(now)
    yield from _identity(nights, key, old, new)
    facts = changed_facts(old, new)
    if facts and not told:
        yield _fact_change(nights, key, now, turned(old, new, facts))


def _identity(nights: Nights, key: Key, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Entry]:
    kind = key[0].kind
    if old["name"] != new["name"]:
        sentence = f"{kind} {old['name']} is now called {new['name']}; it is the same resource"
        yield _entry(Change.RENAMED, nights, key, sentence)
    if old["part"] != new["part"]:
        sentence = f"{kind} {new['name']} moved from {old['part']} to {new['part']}; it is the same resource"
        yield _entry(Change.MOVED, nights, key, sentence)


def _fact_change(nights: Nights, key: Key, now: EvidenceSpan, changed: list[str]) -> Entry:
    history = nights.histories[key]
    sentence = f"{_named(key, history)} changed ({some(changed)}); no verdict changed with it"
    return _entry(Change.CHANGED, nights, key, sentence, since=now.from_run)


def _named(key: Key, history: History) -> str:
    return f"{key[0].kind} {history.name}"


def _entry(
    change: Change,
    nights: Nights,
    key: Key,
    sentence: str,
    *,
    before: Status | None = None,
    after: Status | None = None,
    since: int = 0,
) -> Entry:
    unit, uid = key
    at = since or nights.after.run.id
    return Entry(
        change, sentence, unit, uid, nights.histories[key].name, before=before, after=after, since=at
    )
