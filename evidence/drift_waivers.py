"""Drift of waivers: granted, revoked or expired since the night before, soon to expire, or about what is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from evidence.drift_entry import Change, Entry
from evidence.drift_nights import Nights
from evidence.records import OnResource, OnScope, Waiver


def waiver_drift(nights: Nights, waivers: Iterable[Waiver]) -> Iterator[Entry]:
    """Entries about waivers as of the end of the later night."""
    then, now = (datetime.fromisoformat(night.run.finished) for night in (nights.before, nights.after))
    for waiver in waivers:
        if waiver.in_force(now):
            fresh = nights.after.run.id if then < waiver.granted else 0
            yield from _in_force(nights, waiver, now, fresh)
        elif then < min(waiver.expires, waiver.revoked or waiver.expires) <= now:
            yield _over(waiver, nights.after.run.id)


def _over(waiver: Waiver, since: int) -> Entry:
    about, what = f"the waiver of {waiver.check} for {waiver.subject}", "its findings count again"
    if waiver.revoked is not None:
        sentence = f"{about} was revoked {_moment(waiver.revoked)}: {what} ({waiver.owner})"
        return _entry(Change.WAIVER_REVOKED, waiver, sentence, since=since)
    sentence = f"{about} is over since {_moment(waiver.expires)}: {what} ({waiver.owner})"
    return _entry(Change.WAIVER_EXPIRED, waiver, sentence, since=since)


def _in_force(nights: Nights, waiver: Waiver, now: datetime, fresh: int) -> Iterator[Entry]:
    """`fresh` is the later run where the waiver was granted since the earlier one, else 0."""
    about = f"the waiver of {waiver.check} for {waiver.subject}"
    if fresh:
        sentence = (
            f"{about} was granted by {waiver.approver} until {_moment(waiver.expires)}: {waiver.reason}"
        )
        yield _entry(Change.WAIVER_GRANTED, waiver, sentence, since=fresh)
    if why := _orphaned(nights, waiver):
        sentence = f"{about} has nothing to stand on: {why}"
        yield _entry(Change.WAIVER_ORPHANED, waiver, sentence, since=fresh)
    elif waiver.expires - now <= timedelta(days=nights.limits.expiring_days):
        sentence = f"{about} ends {_moment(waiver.expires)}; its owner is {waiver.owner}"
        yield _entry(Change.WAIVER_EXPIRING, waiver, sentence)


def _orphaned(nights: Nights, waiver: Waiver) -> str:
    run = nights.after.run
    if waiver.check not in run.checks:
        return "its check is no longer asked"
    match waiver.subject:
        case OnResource(uid):
            found = nights.store.spans.of_uids(run.series, [uid])
            held = any(span.from_run <= run.id < span.to_run for one in found for span in one.evidence())
            return "" if held else "the resource is not there"
        case OnScope(target):
            polled = any(unit.target == target for unit in nights.after.units)
            return "" if polled else "the target is no longer polled"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _entry(change: Change, waiver: Waiver, sentence: str, *, since: int = 0) -> Entry:
    uid = waiver.subject.uid if isinstance(waiver.subject, OnResource) else ""
    return Entry(change, sentence, uid=uid, name=waiver.id, check=waiver.check, since=since)
