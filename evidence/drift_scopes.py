"""Drift of sight: targets, units and scopes that were not reached, what was last known of them and since when."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evidence.drift_entry import Change, Entry
from evidence.drift_nights import Night, Nights, some
from evidence.model import Coverage, ScopeStatus, Status, Unit
from evidence.store import UnitRow
from evidence.store.standing import held_per_part, runs_of, units_of, verdicts_in


@dataclass(frozen=True, slots=True)
class Lost:
    """A unit, or one part of it, that was not listed completely, and the last run that did; 0 if none."""

    unit: Unit
    part: str | None
    words: str
    last: int

    @property
    def place(self) -> str:
        """Where, in words."""
        return self.unit.target if self.part in (None, "global") else f"{self.unit.target}/{self.part}"


def scope_drift(nights: Nights) -> Iterator[Entry]:
    """One entry per unit or scope not listed completely, and one per target of which units were not polled at all."""
    for unit, row in sorted(nights.after.units.items()):
        yield from (_entry(nights, lost) for lost in _lost(nights, unit, row))
    by_target: dict[tuple[str, str], list[Lost]] = defaultdict(list)
    for unit in _not_polled(nights):
        by_target[unit.source, unit.target].append(_unit_lost(nights, unit, ""))
    yield from (_target_entry(nights, units) for units in by_target.values())


def _not_polled(nights: Nights) -> Iterator[Unit]:
    """Units of which something is still remembered, or that the night before polled, and this one did not."""
    series, run = nights.after.run.series, nights.after.run.id
    for unit in units_of(nights.store.backend, series):
        if unit not in nights.after.units and (
            unit in nights.before.units or held_per_part(nights.store.backend, series, unit, run)
        ):
            yield unit


def _lost(nights: Nights, unit: Unit, row: UnitRow) -> Iterator[Lost]:
    reached = {scope.scope.part for scope in row.coverage if scope.status in _REACHED}
    if not nights.after.done(unit):
        yield _unit_lost(nights, unit, "was planned and not reached")
    elif not row.coverage:
        yield _unit_lost(nights, unit, "was polled and reached nothing")
    elif not reached and len(row.coverage) == 1 and row.coverage[0].status is not ScopeStatus.NOT_APPLICABLE:
        # A unit that failed as a whole has one scope, whichever parts it had on better nights.
        yield _unit_lost(nights, unit, _words(row.coverage[0]))
    else:
        yield from _parts_lost(nights, unit, row)


def _parts_lost(nights: Nights, unit: Unit, row: UnitRow) -> Iterator[Lost]:
    for scope in row.coverage:
        part = scope.scope.part
        if scope.status is ScopeStatus.NOT_APPLICABLE:
            if nights.before.listed(unit, part):
                yield _part_lost(nights, unit, part, "is no longer in use and was not listed")
        elif scope.status is not ScopeStatus.COMPLETE:
            yield _part_lost(nights, unit, part, _words(scope))
    for part in sorted(_known_parts(nights, unit, row) - {scope.scope.part for scope in row.coverage}):
        yield _part_lost(nights, unit, part, "was not among the parts looked at")


def _known_parts(nights: Nights, unit: Unit, row: UnitRow) -> set[str]:
    parts = {scope.scope.part for scope in _coverage(nights.before, unit) if scope.status in _REACHED}
    if row.carried:
        run = nights.after.run
        parts.update(held_per_part(nights.store.backend, run.series, unit, run.id))
    return parts


_REACHED = (ScopeStatus.COMPLETE, ScopeStatus.PARTIAL)


def _words(scope: Coverage) -> str:
    why = f" ({scope.why})" if scope.why else ""
    match scope.status:
        case ScopeStatus.PARTIAL:
            return f"was listed only in part{why}"
        case ScopeStatus.NOT_ATTEMPTED:
            return f"was not looked at{why}"
        case _:
            return f"could not be listed{why}"


def _unit_lost(nights: Nights, unit: Unit, words: str) -> Lost:
    return Lost(unit, None, words, _last_listed(nights, unit, None))


def _part_lost(nights: Nights, unit: Unit, part: str, words: str) -> Lost:
    return Lost(unit, part, words, _last_listed(nights, unit, part))


def _last_listed(nights: Nights, unit: Unit, part: str | None) -> int:
    """The newest earlier run that listed the part, or any part, completely; 0 if none did."""
    series, now = nights.after.run.series, nights.after.run.id
    for run in runs_of(nights.store.backend, series, unit, now - 1):
        night = nights.night(run)
        parts = [part] if part is not None else [scope.scope.part for scope in _coverage(night, unit)]
        if any(night.listed(unit, each) for each in parts):
            return run
    return 0


def _coverage(night: Night, unit: Unit) -> Iterable[Coverage]:
    return night.units[unit].coverage if unit in night.units else ()


def _entry(nights: Nights, lost: Lost) -> Entry:
    resources, said = _held(nights, lost)
    sentence = (
        f"{lost.unit.kind} in {lost.place} {lost.words}; {_last_known(nights, lost.last, resources, said)}"
    )
    return _judged_by_age(nights, lost.unit, lost.place, sentence, lost.last)


def _target_entry(nights: Nights, units: list[Lost]) -> Entry:
    resources, said = 0, Counter[Status]()
    for lost in units:
        held, statuses = _held(nights, lost)
        resources, said = resources + held, said + statuses
    last = max(lost.last for lost in units)
    target = units[0].unit.target
    kinds = some(sorted(lost.unit.kind for lost in units))
    verb = "was" if len(units) == 1 else "were"
    sentence = f"{kinds} in {target} {verb} not polled; {_last_known(nights, last, resources, said)}"
    return _judged_by_age(nights, units[0].unit, target, sentence, last)


def _judged_by_age(nights: Nights, unit: Unit, place: str, sentence: str, last: int) -> Entry:
    since = nights.run_after(last)
    if last and nights.days_ago(last) > nights.limits.stale_days:
        return Entry(
            Change.STALE, f"{sentence}; too old to be shown as current", unit, name=place, since=since
        )
    return Entry(Change.BLIND_SPOT, sentence, unit, name=place, since=since)


def _held(nights: Nights, lost: Lost) -> tuple[int, Counter[Status]]:
    if not lost.last:
        return 0, Counter()
    return verdicts_in(
        nights.store.backend,
        nights.store.judgements,
        nights.after.run.series,
        lost.unit,
        lost.part,
        lost.last,
    )


def _last_known(nights: Nights, last: int, resources: int, said: Counter[Status]) -> str:
    if not last:
        return "it was never listed completely"
    counts = ", ".join(f"{count} {status.value.replace('_', ' ')}" for status, count in sorted(said.items()))
    found = f" with {counts}" if counts else ""
    return f"last listed in {nights.since(last)}: {resources} known then{found}"
