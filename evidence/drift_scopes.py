"""Drift of sight: units and scopes that were not reached, what was last known of them and for how long."""

from __future__ import annotations

from collections.abc import Iterator

from evidence.drift_entry import Change, Entry
from evidence.drift_nights import Nights
from evidence.model import Coverage, ScopeStatus, Unit
from evidence.store import UnitRow
from evidence.store.spans import runs_of, verdicts_in


def scope_drift(nights: Nights) -> Iterator[Entry]:
    """One entry per unit or scope that the later night did not list completely."""
    for unit in sorted({*nights.before.units, *nights.after.units}):
        row = nights.after.units.get(unit)
        if row is None:
            yield _blind(nights, unit, None, "was not polled: it is no longer planned")
        elif not nights.after.done(unit):
            yield _blind(nights, unit, None, "was planned and not reached")
        else:
            yield from _scopes(nights, unit, row)


def _scopes(nights: Nights, unit: Unit, row: UnitRow) -> Iterator[Entry]:
    if not row.coverage:
        yield _blind(nights, unit, None, "was polled and reached nothing")
    for scope in row.coverage:
        if scope.status is ScopeStatus.NOT_APPLICABLE:
            if nights.before.listed(unit, scope.scope.part):
                yield _blind(nights, unit, scope.scope.part, "is no longer in use and was not listed")
        elif scope.status is not ScopeStatus.COMPLETE:
            yield _blind(nights, unit, scope.scope.part, _words(scope))


def _words(scope: Coverage) -> str:
    why = f" ({scope.why})" if scope.why else ""
    match scope.status:
        case ScopeStatus.PARTIAL:
            return f"was listed only in part{why}"
        case ScopeStatus.NOT_ATTEMPTED:
            return f"was not looked at{why}"
        case _:
            return f"could not be listed{why}"


def _blind(nights: Nights, unit: Unit, part: str | None, words: str) -> Entry:
    last = _last_listed(nights, unit, part)
    place = unit.target if part in (None, "global") else f"{unit.target}/{part}"
    sentence = f"{unit.kind} in {place} {words}; {_last_known(nights, unit, part, last)}"
    old = bool(last) and nights.days_ago(last) > nights.limits.stale_days
    since = nights.run_after(last)
    if old:
        return Entry(
            Change.STALE, sentence + "; too old to be shown as current", unit, name=place, since=since
        )
    return Entry(Change.BLIND_SPOT, sentence, unit, name=place, since=since)


def _last_listed(nights: Nights, unit: Unit, part: str | None) -> int:
    """The newest earlier run that listed it completely, 0 if none did."""
    series = nights.after.run.series
    for run in runs_of(nights.store.backend, series, unit, nights.after.run.id):
        if run == nights.after.run.id:
            continue
        night = nights.night(run)
        parts = [part] if part is not None else [scope.scope.part for scope in night.units[unit].coverage]
        if any(night.listed(unit, each) for each in parts):
            return run
    return 0


def _last_known(nights: Nights, unit: Unit, part: str | None, last: int) -> str:
    if not last:
        return "it was never listed completely"
    series = nights.after.run.series
    resources, said = verdicts_in(nights.store.backend, series, unit, part, last)
    counts = ", ".join(f"{count} {status.value.replace('_', ' ')}" for status, count in sorted(said.items()))
    found = f" with {counts}" if counts else ""
    return f"last listed in {nights.since(last)}: {resources} known then{found}"
