"""Where each provision stands: findings and coverage rolled up, worst first, never as a percentage.

A pure function over one snapshot. A provision is judged by the checks that link to it and by nothing else: no
parent inherits a specification's pass, though one that fails below keeps its parent from being evidenced.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from checks.check import Check
from checks.guards import NOT_MEASURED
from checks.rule import Catalog, EvidenceMode, Provision
from checks.status_answers import Answers, FindingRow, collect, tally
from checks.status_line import Bad, Declared, ProvisionState, ProvisionStatus, Tally
from evidence.model import Coverage, LinkType, ScopeStatus, Unit

_INHERITED = "inherited"
"""The topic of checks that read what a provider assures."""


class UnitRow(Protocol):
    """What the roll-up reads of a polled unit; a unit that failed whole may have no coverage at all."""

    @property
    def unit(self) -> Unit:
        """Which unit."""

    @property
    def coverage(self) -> Sequence[Coverage]:
        """How far each of its scopes was listed."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """What people decided that is in force on the day: it is laid over findings and never alters one.

    `waived` maps (check, uid) to the waiver's sentence; `narrowed` says so where they asked only some questions.
    """

    waived: Mapping[tuple[str, str], str] = field(default_factory=dict)
    declared: Sequence[Declared] = ()
    narrowed: str = ""


def roll_up(
    rule: Catalog,
    checks: Iterable[Check],
    findings: Iterable[FindingRow],
    units: Iterable[UnitRow],
    overlay: Overlay | None = None,
) -> list[ProvisionStatus]:
    """Where each provision stands, in the rule's order: every safeguard, and whatever else is linked or declared.

    `checks` are all there are, asked or not: one that was not asked of a kind that was polled is a gap.
    Raises UnknownProvision for a link or a record that cites no paragraph.
    """
    people = overlay or Overlay()
    answers = collect(findings, people.waived)
    gaps = _coverage_gaps(units, people.narrowed)
    links = _links(rule, checks)
    records = _declared(rule, people.declared)
    lines = [
        _line(provision, links.get(provision.id, {}), answers, gaps, records.get(provision.id, ()))
        for provision in rule
        if provision.is_safeguard or provision.id in links or provision.id in records
    ]
    return _with_failures_below(lines)


@dataclass(frozen=True, slots=True)
class _CoverageGaps:
    """Kinds that were polled, and for each what of it was not reached."""

    polled: frozenset[str]
    by_kind: Mapping[str, tuple[str, ...]]
    narrowed: str


def _coverage_gaps(units: Iterable[UnitRow], narrowed: str) -> _CoverageGaps:
    by_kind: dict[str, list[str]] = {}
    for row in units:
        gaps = by_kind.setdefault(row.unit.kind, [])
        if not row.coverage:
            gaps.append(f"{row.unit.kind} of {row.unit.target}: nothing was reached")
        gaps.extend(_scope_gap(row.unit.kind, scope) for scope in row.coverage if _is_gap(scope))
    return _CoverageGaps(frozenset(by_kind), {kind: tuple(gaps) for kind, gaps in by_kind.items()}, narrowed)


def _is_gap(coverage: Coverage) -> bool:
    return coverage.status not in (ScopeStatus.COMPLETE, ScopeStatus.NOT_APPLICABLE)


def _scope_gap(kind: str, coverage: Coverage) -> str:
    why = f" ({coverage.why})" if coverage.why else ""
    return f"{kind} in {coverage.scope}: {coverage.status.value.replace('_', ' ')}{why}"


def _links(rule: Catalog, checks: Iterable[Check]) -> dict[str, dict[LinkType, list[Check]]]:
    links: dict[str, dict[LinkType, list[Check]]] = {}
    for check in checks:
        for link in check.links:
            by_type = links.setdefault(rule.get(link.provision).id, {})
            by_type.setdefault(link.type, []).append(check)
    return links


def _declared(rule: Catalog, declared: Iterable[Declared]) -> dict[str, tuple[Declared, ...]]:
    records: dict[str, tuple[Declared, ...]] = {}
    for record in declared:
        id_ = rule.get(record.provision).id
        records[id_] = (*records.get(id_, ()), record)
    return records


def _line(
    provision: Provision,
    links: Mapping[LinkType, list[Check]],
    answers: Mapping[str, Answers],
    coverage: _CoverageGaps,
    declared: tuple[Declared, ...],
) -> ProvisionStatus:
    direct, supporting = (
        tally(links.get(type_, []), answers) for type_ in (LinkType.DIRECT, LinkType.SUPPORTING)
    )
    informing = links.get(LinkType.CONTEXT, [])
    line = ProvisionStatus(
        provision=provision,
        state=ProvisionState.NOT_COVERED,
        direct=direct,
        supporting=supporting,
        context=tally([check for check in informing if check.topic != _INHERITED], answers),
        inherited=tally([check for check in informing if check.topic == _INHERITED], answers),
        gaps=_gaps(links.get(LinkType.DIRECT) or links.get(LinkType.SUPPORTING, []), answers, coverage),
        declared=declared,
        left_to_people=_left_to_people(provision),
        not_measured=NOT_MEASURED.get(provision.id, ""),
    )
    return replace(line, state=_state(line))


def _gaps(
    checks: Sequence[Check], answers: Mapping[str, Answers], coverage: _CoverageGaps
) -> tuple[str, ...]:
    """What keeps these checks from having seen everything; a kind nobody configured is out of scope, not a gap."""
    gaps: dict[str, None] = {coverage.narrowed: None} if checks and coverage.narrowed else {}
    for check in checks:
        for kind in check.on:
            gaps.update(dict.fromkeys(coverage.by_kind.get(kind, ())))
        polled = [kind for kind in check.on if kind in coverage.polled]
        if polled and check.id not in answers:
            gaps[f"{check.id} was not asked of {', '.join(polled)}"] = None
        if check.id in answers and not polled:
            gaps[f"{check.id}: the coverage of {', '.join(check.on)} was not recorded"] = None
    return tuple(gaps)


def _state(line: ProvisionStatus) -> ProvisionState:
    if line.direct.failing:
        return ProvisionState.FAILING
    if _is_evidenced(line):
        return ProvisionState.EVIDENCED
    if line.direct.passes or line.supporting.passes:
        return ProvisionState.PARTLY_EVIDENCED
    if line.declared:
        inherited = all(record.inherited for record in line.declared)
        return ProvisionState.INHERITED if inherited else ProvisionState.ATTESTED
    return ProvisionState.NOT_COVERED


def _is_evidenced(line: ProvisionStatus) -> bool:
    direct = line.direct
    doubtful = direct.unknown or direct.waived or line.gaps or line.failing_below
    return bool(direct.passes and not doubtful and not line.provision.is_for_people_alone)


def _with_failures_below(lines: list[ProvisionStatus]) -> list[ProvisionStatus]:
    failing: dict[str, list[str]] = {}
    for line in lines:
        if line.state is ProvisionState.FAILING and line.provision.parent:
            failing.setdefault(line.provision.parent, []).append(line.provision.id)
    return [_keep_down(line, tuple(failing.get(line.provision.id, ()))) for line in lines]


def _keep_down(line: ProvisionStatus, failing_below: tuple[str, ...]) -> ProvisionStatus:
    lowered = replace(line, failing_below=failing_below)
    return replace(lowered, state=_state(lowered))


def _left_to_people(provision: Provision) -> str:
    if provision.left_to_people:
        return provision.left_to_people
    match provision.evidence_mode:
        case None | EvidenceMode.AUTOMATED | EvidenceMode.TOOL_FEATURE:
            return ""
        case EvidenceMode.AUTOMATED_PARTIAL:
            return "A person's dated record beside the collected evidence."
        case EvidenceMode.MIXED:
            return "Whatever the specifications below leave to people."
        case _:
            return "A document with owner, approver and expiry, or the provider's report."


__all__ = ["Bad", "Declared", "Overlay", "ProvisionState", "ProvisionStatus", "Tally", "roll_up"]
