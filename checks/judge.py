"""Judging: from one unit's observations and coverage to findings. Pure; a missing fact never reaches a check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from checks.check import Check, Verdict
from evidence.model import (
    Coverage,
    Fact,
    Finding,
    Missing,
    Observation,
    Reason,
    Resource,
    ScopeStatus,
    Status,
    UnitResult,
)

Elsewhere = Callable[[str, str, Resource], Fact]
"""Answers a check's `also`: (kind, fact, for whom) to the value held by the one resource of that kind there."""


def nowhere(kind: str, fact: str, _resource: Resource) -> Fact:
    """The Elsewhere of a run in which no other kind was looked at."""
    return Missing(Reason.NOT_AVAILABLE, detail=f"{kind} was not looked at for {fact}")


@dataclass(frozen=True, slots=True)
class Policy:
    """The organisation's values for checks' policy parameters, by check id and parameter name."""

    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def of(self, check: Check) -> dict[str, Any]:
        """The parameters this check is judged with: its defaults, overridden."""
        return {**check.policy, **self.values.get(check.id, {})}


def judge(
    result: UnitResult,
    checks: Iterable[Check],
    as_of: date,
    policy: Policy | None = None,
    elsewhere: Elsewhere = nowhere,
) -> tuple[Finding, ...]:
    """Every check of this unit's kind on every resource seen and every scope not seen, in a fixed order."""
    policy = policy or Policy()
    findings: list[Finding] = []
    seen_in = {observation.resource.scope for observation in result.observations}
    for check in sorted((c for c in checks if result.unit.kind in c.on), key=lambda c: c.id):
        parameters = policy.of(check)
        findings.extend(judge_one(check, row, as_of, parameters, elsewhere) for row in result.observations)
        findings.extend(_scope_findings(check, result.coverage, seen_in))
    return tuple(findings)


def judge_one(
    check: Check,
    observation: Observation,
    as_of: date,
    parameters: Mapping[str, Any],
    elsewhere: Elsewhere = nowhere,
) -> Finding:
    """One check on one resource; unknown, with all that was missing, unless every fact it needs was read."""
    values: dict[str, Fact] = {**observation.facts, **observation.volatile}
    reserved = {"as_of": as_of, "resource": observation.resource}
    early = _first(check, values, parameters, reserved)
    if early is not None:
        return _finding(check, observation, early, check.first_facts)
    given = {name: values.get(name, _NEVER_READ) for name in check.facts}
    for name, place in check.also.items():
        kind, _, fact = place.partition(":")
        given[name] = elsewhere(kind, fact, observation.resource)
    missing = tuple((name, value) for name, value in sorted(given.items()) if isinstance(value, Missing))
    if missing:
        return Finding(
            check.id, observation.resource, Status.UNKNOWN, _could_not(missing), tuple(given), missing
        )
    try:
        verdict = check.judge(**given, **parameters, **{name: reserved[name] for name in check.reserved})
    except Exception as error:  # noqa: BLE001 - a check's bug is unknown for this resource, never pass, fail or the end
        verdict = Verdict(
            Status.UNKNOWN, f"this check broke on what was read ({type(error).__name__}); please report it"
        )
    return _finding(check, observation, verdict, tuple(given))


def _first(
    check: Check, values: Mapping[str, Fact], parameters: Mapping[str, Any], reserved: Mapping[str, Any]
) -> Verdict | None:
    if check.first is None:
        return None
    given = {name: values.get(name, _NEVER_READ) for name in check.first_facts}
    if any(isinstance(value, Missing) for value in given.values()):
        return None
    return check.first(
        **given,
        **{name: parameters[name] for name in check.first_policy},
        **{name: reserved[name] for name in check.first_reserved},
    )


def _finding(check: Check, observation: Observation, verdict: Verdict, facts: tuple[str, ...]) -> Finding:
    return Finding(check.id, observation.resource, verdict.status, verdict.sentence, tuple(sorted(facts)))


def _could_not(missing: Iterable[tuple[str, Missing]]) -> str:
    return "could not read " + "; ".join(f"{name} ({why})" for name, why in missing)


def _scope_findings(check: Check, coverage: Iterable[Coverage], seen: set[Any]) -> Iterator[Finding]:
    for reached in coverage:
        spoken = _about_scope(reached, any_seen=reached.scope in seen)
        if spoken is not None:
            status, sentence = spoken
            why = (("listing", reached.why),) if reached.why and status is Status.UNKNOWN else ()
            yield Finding(check.id, reached.scope, status, sentence, (), why)


def _about_scope(reached: Coverage, *, any_seen: bool) -> tuple[Status, str] | None:
    why = f" ({reached.why})" if reached.why else ""
    match reached.status:
        case ScopeStatus.COMPLETE:
            return (
                None
                if any_seen
                else (Status.NOT_APPLICABLE, "the listing succeeded and there is nothing of this kind")
            )
        case ScopeStatus.NOT_APPLICABLE:
            return Status.NOT_APPLICABLE, f"this part is not in use here{why}"
        case ScopeStatus.PARTIAL:
            return Status.UNKNOWN, f"only a part could be listed{why}; the rest was not seen"
        case ScopeStatus.NOT_ATTEMPTED:
            return Status.UNKNOWN, f"not looked at{why}"
        case ScopeStatus.FAILED:
            return Status.UNKNOWN, f"could not be listed{why}"


_NEVER_READ = Missing(Reason.NOT_AVAILABLE, detail="this fact was not read in this run")
