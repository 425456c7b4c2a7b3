"""One run: plan, poll, judge, derive, and hand each unit to whoever keeps it. Knows no store and no terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from checks.check import Check
from checks.derive import Derived, derive
from checks.first import asked_of
from checks.judge import Elsewhere, Policy, judge
from checks.load import Catalogue, validate
from collectors.kind import Found, KindSpec, Platform
from collectors.plan import plan_kind, specs, wanted_facts
from collectors.poll import Errand, Progress, poll
from evidence.model import (
    Coverage,
    Fact,
    Finding,
    Missing,
    NightledgerError,
    Reason,
    Resource,
    ScopeStatus,
    Status,
    UnitResult,
)


class NothingToLookAt(NightledgerError):
    """The selected checks ask nothing of any configured source."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class PollSource:
    """A configured source, ready for its platform: `settings` is the platform's own Source."""

    platform: str
    name: str
    settings: Any


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will do: which checks, through which errands, with which values, as of which date."""

    checks: tuple[Check, ...]
    derived: tuple[Derived, ...]
    errands: tuple[Errand, ...]
    policy: Policy
    as_of: date

    @property
    def permissions(self) -> tuple[str, ...]:
        """Every permission the run may use, sorted."""
        return tuple(sorted({need for e in self.errands for plan in e.plans.values() for need in plan.needs}))


@dataclass(frozen=True, slots=True)
class Judged:
    """One unit's result with its findings: what is sealed together."""

    result: UnitResult
    findings: tuple[Finding, ...]


def read_nothing(coverage: Iterable[Coverage]) -> bool:
    """Whether facts were asked for and not one could be read: what was listed is then known by name alone."""
    facts = [fact for reached in coverage for fact in reached.facts.values()]
    return any(fact.missing for fact in facts) and not any(fact.read or fact.none for fact in facts)


@dataclass(slots=True)
class Tally:
    """What a run came to: findings by status, the scopes that were not wholly seen, the resources read."""

    statuses: Counter[Status] = field(default_factory=Counter)
    unseen: list[tuple[str, Coverage]] = field(default_factory=list)
    units: int = 0
    resources: int = 0

    def add(self, judged: Judged) -> None:
        """Count one unit."""
        self.units += 1
        if not read_nothing(judged.result.coverage):
            self.resources += len(judged.result.observations)
        self.statuses.update(finding.status for finding in judged.findings)
        self.unseen.extend(
            (judged.result.unit.kind, reached)
            for reached in judged.result.coverage
            if reached.status not in _SETTLED
        )

    @property
    def saw_nothing(self) -> bool:
        """Whether no resource at all was read."""
        return self.resources == 0


def make_plan(
    sources: Sequence[PollSource],
    platforms: Mapping[str, Platform],
    catalogue: Catalogue,
    checks: Iterable[Check],
    as_of: date,
    policy: Policy | None = None,
    only: Callable[[Found], bool] | None = None,
) -> Plan:
    """From checks to facts to calls; raises NothingToLookAt when no source has a kind that they ask about."""
    known = specs(platforms.values())
    validate(catalogue, _facts_by_kind(known, catalogue))
    chosen = tuple(checks)
    derivations = tuple(d for d in catalogue.derived.values() if any(d.kind in check.on for check in chosen))
    wanted = wanted_facts(_reads(chosen, derivations), known)
    policy = policy or Policy()
    of_some = asked_of(chosen, derivations, policy)
    errands = []
    for source in sources:
        platform = platforms[source.platform]
        plans = {
            name: plan_kind(known[name], facts, of_some.get(name))
            for name, facts in sorted(wanted.items())
            if known[name].cls in platform.kinds()
        }
        if plans:
            errands.append(Errand(platform, source.name, source.settings, plans, only))
    if not errands:
        raise NothingToLookAt(
            "the selected checks ask nothing of the configured sources",
            hint="`nightledger list checks` shows which kinds each check asks about",
        )
    return Plan(chosen, derivations, tuple(errands), policy, as_of)


def run(
    plan: Plan, progress: Progress | None = None, *, cancelled: Callable[[], bool] = lambda: False
) -> Iterator[Judged]:
    """Poll and judge; yields each unit as soon as all it is judged by is known, derived units last."""
    desk = _Desk(plan)
    for result in poll(plan.errands, progress, cancelled=cancelled):
        yield from desk.take(result)
    yield from desk.finish(progress)


class _Desk:
    """Holds back what waits for another kind of its target, and what a join will read."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._lent = {place.split(":")[0] for check in plan.checks for place in check.also.values()}
        self._joined = {kind for derivation in plan.derived for kind in derivation.kinds}
        self._expected = {kind for errand in plan.errands for kind in errand.plans}
        self._lenders: dict[tuple[str, str, str], UnitResult] = {}
        self._for_joins: list[UnitResult] = []
        self._held: list[UnitResult] = []

    def take(self, result: UnitResult) -> Iterator[Judged]:
        unit = result.unit
        if unit.kind in self._lent:
            self._lenders[unit.source, unit.target, unit.kind] = result
        if unit.kind in self._joined:
            self._for_joins.append(result)
        self._held.append(result)
        for held in [held for held in self._held if self._settled(held)]:
            self._held.remove(held)
            yield self._judge(held)

    def finish(self, progress: Progress | None) -> Iterator[Judged]:
        for held in self._held:
            yield self._judge(held)
        for derivation in self._plan.derived:
            for result in derive(derivation, self._for_joins):
                if progress is not None:
                    progress.planned(result.unit)
                    progress.finished(result)
                yield self._judge(result)

    def _settled(self, result: UnitResult) -> bool:
        unit = result.unit
        borrowed = {
            place.split(":")[0]
            for check in self._plan.checks
            if unit.kind in check.on
            for place in check.also.values()
        }
        return all((unit.source, unit.target, kind) in self._lenders for kind in borrowed & self._expected)

    def _judge(self, result: UnitResult) -> Judged:
        plan = self._plan
        return Judged(result, judge(result, plan.checks, plan.as_of, plan.policy, self._elsewhere(result)))

    def _elsewhere(self, result: UnitResult) -> Elsewhere:
        def answer(kind: str, fact: str, asker: Resource) -> Fact:
            lender = self._lenders.get((result.unit.source, result.unit.target, kind))
            if lender is None:
                return Missing(Reason.NOT_AVAILABLE, detail=f"{kind} was not looked at")
            rows = [row for row in lender.observations if _shares_part(row.resource, asker)]
            if len(rows) != 1:
                why = next((reached.why for reached in lender.coverage if reached.why), None)
                return why or Missing(Reason.NOT_AVAILABLE, detail=f"there is no single {kind} here")
            missing = Missing(Reason.NOT_AVAILABLE, detail=f"{kind} gives no {fact}")
            return {**rows[0].facts, **rows[0].volatile}.get(fact, missing)

        return answer


def _shares_part(lender: Resource, asker: Resource) -> bool:
    return lender.scope.part in {"global", asker.scope.part, dict(asker.labels).get("region", "")}


def _facts_by_kind(known: Mapping[str, KindSpec], catalogue: Catalogue) -> dict[str, frozenset[str]]:
    facts = {name: spec.fact_names for name, spec in known.items()}
    facts.update({d.kind: frozenset(d.gives) for d in catalogue.derived.values()})
    return facts


def _reads(checks: Iterable[Check], derivations: Iterable[Derived]) -> Iterator[tuple[str, Sequence[str]]]:
    for check in checks:
        for kind in check.on:
            yield kind, (*check.facts, *check.first_facts)
        for place in check.also.values():
            kind, _, fact = place.partition(":")
            yield kind, (fact,)
    for derivation in derivations:
        yield from derivation.reads.values()


_SETTLED = (ScopeStatus.COMPLETE, ScopeStatus.NOT_APPLICABLE)
