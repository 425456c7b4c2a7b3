"""Derived kinds: a pure function from observations of several kinds to the facts of a new one.

A join over what was not seen is unknown too: touching a missing fact, or concluding from an incomplete
collection that something is not there, ends the function and makes the derived facts Missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from checks.check import CheckError
from evidence.model import (
    Coverage,
    Fact,
    Missing,
    Observation,
    Reason,
    Resource,
    ScopeStatus,
    Unit,
    UnitResult,
)

Derivation = Callable[..., Mapping[str, Fact] | None]


class Unseen(Exception):
    """Raised inside a derivation that touches what was not seen; carries why."""

    def __init__(self, why: Missing) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True, slots=True)
class Seen:
    """An observation as a derivation may touch it."""

    observation: Observation

    @property
    def resource(self) -> Resource:
        """The observed resource."""
        return self.observation.resource

    def fact(self, name: str) -> Fact:
        """The fact's value; raises Unseen when it could not be read."""
        value = {**self.observation.facts, **self.observation.volatile}.get(name, _NEVER_READ)
        if isinstance(value, Missing):
            raise Unseen(value)
        return value


@dataclass(frozen=True, slots=True)
class Collection:
    """All observations of one kind that a derivation reads; `gap` says why it is not all there is."""

    rows: tuple[Seen, ...]
    gap: Missing | None

    def __iter__(self) -> Iterator[Seen]:
        """Every resource of the kind; raises Unseen when some could not be listed."""
        if self.gap is not None:
            raise Unseen(self.gap)
        return iter(self.rows)

    def find(self, value: Fact, by: Callable[[Seen], Fact]) -> Seen | None:
        """The first whose `by` equals `value`; None only if the whole kind was listed, else raises Unseen.

        `value` is an argument, not part of a predicate, so that a missing one is touched even when no row is.
        """
        for row in self.rows:
            if by(row) == value:
                return row
        if self.gap is not None:
            raise Unseen(self.gap)
        return None


@dataclass(frozen=True, slots=True)
class Derived:
    """A derived kind as declared: what it reads, by parameter, the first being the driver."""

    kind: str
    gives: tuple[str, ...]
    driver: str
    reads: Mapping[str, tuple[str, tuple[str, ...]]]
    function: Derivation

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds whose observations it needs."""
        return frozenset(kind for kind, _ in self.reads.values())


def derived(kind: str, *, gives: str, reads: Mapping[str, str]) -> Callable[[Derivation], Derived]:
    """Declare a derivation called once per resource of the first kind in `reads` ("kind: fact fact …").

    It gets the driver as Seen and the rest as Collections, and returns the facts named in `gives`, or None for
    a driver that has no counterpart.
    """
    parsed = {name: _parse(kind, text) for name, text in reads.items()}

    def declare(function: Derivation) -> Derived:
        return Derived(kind, tuple(gives.split()), next(iter(parsed)), parsed, function)

    return declare


def derive(spec: Derived, results: Iterable[UnitResult]) -> tuple[UnitResult, ...]:
    """One derived unit per driver unit, with the driver's coverage; deterministic in the results' order."""
    by_kind: dict[str, list[UnitResult]] = {}
    for result in sorted(results, key=lambda r: r.unit):
        by_kind.setdefault(result.unit.kind, []).append(result)
    driver_kind, _ = spec.reads[spec.driver]
    others = {
        name: _collect(kind, by_kind.get(kind, []))
        for name, (kind, _) in spec.reads.items()
        if name != spec.driver
    }
    return tuple(_derive_unit(spec, unit, others) for unit in by_kind.get(driver_kind, []))


def _derive_unit(spec: Derived, driver: UnitResult, others: Mapping[str, Collection]) -> UnitResult:
    rows = []
    for observation in driver.observations:
        facts = _facts(spec, observation, others)
        if facts is not None:
            seen = observation.resource
            resource = Resource(spec.kind, seen.uid, seen.name, seen.scope, seen.labels)
            rows.append(Observation(resource, dict(sorted(facts.items()))))
    coverage = tuple(
        Coverage(c.scope, c.status, listed=sum(r.resource.scope == c.scope for r in rows), why=c.why)
        for c in driver.coverage
    )
    unit = Unit(driver.unit.source, driver.unit.target, spec.kind)
    return UnitResult(unit, driver.principal, driver.started, driver.finished, coverage, tuple(rows))


def _facts(
    spec: Derived, observation: Observation, others: Mapping[str, Collection]
) -> dict[str, Fact] | None:
    try:
        facts = spec.function(**{spec.driver: Seen(observation)}, **others)
    except Unseen as unseen:
        return dict.fromkeys(spec.gives, unseen.why)
    except Exception as error:  # noqa: BLE001 - a derivation's bug is Missing, never a finding
        return dict.fromkeys(spec.gives, Missing(Reason.ERROR, detail=f"{spec.kind}: {type(error).__name__}"))
    if facts is None:
        return None
    return {name: facts.get(name, _NEVER_READ) for name in spec.gives}


def _collect(kind: str, results: list[UnitResult]) -> Collection:
    gaps = [c for result in results for c in result.coverage if c.status not in _SETTLED]
    gap = None
    if gaps or not results:
        detail = f"not every {kind} was listed" if results else f"{kind} was not looked at"
        gap = (gaps[0].why if gaps else None) or Missing(Reason.NOT_AVAILABLE, detail=detail)
    return Collection(tuple(Seen(row) for result in results for row in result.observations), gap)


def _parse(kind: str, text: str) -> tuple[str, tuple[str, ...]]:
    source, colon, facts = text.partition(":")
    if not colon:
        raise CheckError(f"derived kind {kind}: {text!r} must read 'kind: fact fact'")
    return source.strip(), tuple(facts.split())


_SETTLED = (ScopeStatus.COMPLETE, ScopeStatus.NOT_APPLICABLE)
_NEVER_READ = Missing(Reason.NOT_AVAILABLE, detail="this fact was not read in this run")
