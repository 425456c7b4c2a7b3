"""Where each provision stands: findings and coverage rolled up, worst first, never as a percentage.

A pure function over one snapshot. A provision is judged by the checks that link to it and by nothing else: no
parent inherits a specification's pass, though one that fails below keeps its parent from being evidenced.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from checks.check import Check
from checks.rule import Catalog, EvidenceMode, Provision
from checks.status_line import Bad, Declared, ProvisionState, ProvisionStatus, Tally
from evidence.model import Coverage, LinkType, ScopeStatus, Status, Unit


class FindingRow(Protocol):
    """What the roll-up reads of a finding; a scope's finding has a uid that starts with "scope:"."""

    @property
    def check(self) -> str:
        """The check's id."""

    @property
    def uid(self) -> str:
        """The uid of the resource, or of the scope."""

    @property
    def kind(self) -> str:
        """The kind of the resource."""

    @property
    def name(self) -> str:
        """The resource's name, for people."""

    @property
    def status(self) -> Status:
        """One of the four verdicts."""

    @property
    def sentence(self) -> str:
        """Why."""

    @property
    def seen(self) -> bool:
        """False where the finding is only remembered from an earlier run: then it counts as unknown."""


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
    """What people added that is in force on the day: it is laid over findings and never alters one.

    `waived` maps (check, uid) to the waiver's sentence.
    """

    waived: Mapping[tuple[str, str], str] = field(default_factory=dict)
    declared: Sequence[Declared] = ()


def roll_up(
    rule: Catalog,
    checks: Iterable[Check],
    findings: Iterable[FindingRow],
    units: Iterable[UnitRow],
    overlay: Overlay | None = None,
) -> list[ProvisionStatus]:
    """Where each provision stands, in the rule's order: every safeguard, and whatever else is linked or declared.

    Raises UnknownProvision for a link or a record that cites no paragraph.
    """
    people = overlay or Overlay()
    answers = _collect(findings, people.waived)
    gaps = _coverage_gaps(units)
    links = _links(rule, checks)
    records = _declared(rule, people.declared)
    lines = [
        _line(provision, links.get(provision.id, {}), answers, gaps, records.get(provision.id, ()))
        for provision in rule
        if provision.is_safeguard or provision.id in links or provision.id in records
    ]
    return _with_failures_below(lines)


@dataclass(slots=True)
class _Answers:
    """One check's findings, split: uids by kind for what was decided, named findings for what went wrong."""

    passed: dict[str, set[str]] = field(default_factory=dict)
    bad_uids: dict[str, set[str]] = field(default_factory=dict)
    failing: list[Bad] = field(default_factory=list)
    waived: list[Bad] = field(default_factory=list)
    unknown: list[Bad] = field(default_factory=list)
    not_applicable: int = 0


@dataclass(frozen=True, slots=True)
class _CoverageGaps:
    """Kinds that were polled, and for each what of it was not reached."""

    polled: frozenset[str]
    by_kind: Mapping[str, tuple[str, ...]]


def _collect(findings: Iterable[FindingRow], waived: Mapping[tuple[str, str], str]) -> dict[str, _Answers]:
    answers: dict[str, _Answers] = {}
    for row in findings:
        _add(answers.setdefault(row.check, _Answers()), row, waived.get((row.check, row.uid), ""))
    return answers


def _add(answers: _Answers, row: FindingRow, waiver: str) -> None:
    status, sentence = _as_of_now(row)
    match status:
        case Status.PASS:
            answers.passed.setdefault(row.kind, set()).add(row.uid)
            return
        case Status.NOT_APPLICABLE:
            answers.not_applicable += 1
            return
        case Status.FAIL:
            pile = answers.waived if waiver else answers.failing
        case Status.UNKNOWN:
            # A waiver accepts a known weakness; it cannot make known what was not seen.
            pile, waiver = answers.unknown, ""
    pile.append(Bad(row.check, row.uid, row.kind, row.name, sentence, waiver))
    if not row.uid.startswith("scope:"):
        answers.bad_uids.setdefault(row.kind, set()).add(row.uid)


def _as_of_now(row: FindingRow) -> tuple[Status, str]:
    status = Status(row.status)
    if row.seen:
        return status, row.sentence
    return (
        Status.UNKNOWN,
        f"not seen in this run; last known: {status.value.replace('_', ' ')}, {row.sentence}",
    )


def _coverage_gaps(units: Iterable[UnitRow]) -> _CoverageGaps:
    by_kind: dict[str, list[str]] = {}
    for row in units:
        gaps = by_kind.setdefault(row.unit.kind, [])
        if not row.coverage:
            gaps.append(f"{row.unit.kind} of {row.unit.target}: nothing was reached")
        gaps.extend(_scope_gap(row.unit.kind, scope) for scope in row.coverage if _is_gap(scope))
    return _CoverageGaps(frozenset(by_kind), {kind: tuple(gaps) for kind, gaps in by_kind.items()})


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
    answers: Mapping[str, _Answers],
    coverage: _CoverageGaps,
    declared: tuple[Declared, ...],
) -> ProvisionStatus:
    direct, supporting, context = (_tally(links.get(type_, []), answers) for type_ in LinkType)
    line = ProvisionStatus(
        provision=provision,
        state=ProvisionState.NOT_COVERED,
        direct=direct,
        supporting=supporting,
        context=context,
        gaps=_gaps(links.get(LinkType.DIRECT) or links.get(LinkType.SUPPORTING, []), answers, coverage),
        declared=declared,
        left_to_people=_left_to_people(provision),
    )
    return replace(line, state=_state(line))


def _tally(checks: Sequence[Check], answers: Mapping[str, _Answers]) -> Tally:
    heard = [answers[check.id] for check in checks if check.id in answers]
    bad = _united([answer.bad_uids for answer in heard])
    passed = _united([answer.passed for answer in heard])
    asked = _united([bad, passed])
    sound = {kind: uids - bad.get(kind, set()) for kind, uids in passed.items()}
    return Tally(
        checks=tuple(sorted(check.id for check in checks)),
        passes=sum(len(uids) for answer in heard for uids in answer.passed.values()),
        passing=sum(map(len, sound.values())),
        asked=sum(map(len, asked.values())),
        kinds=tuple((kind, len(asked[kind])) for kind in sorted(asked)),
        failing=tuple(finding for answer in heard for finding in answer.failing),
        waived=tuple(finding for answer in heard for finding in answer.waived),
        unknown=tuple(finding for answer in heard for finding in answer.unknown),
        not_applicable=sum(answer.not_applicable for answer in heard),
    )


def _united(parts: Iterable[Mapping[str, set[str]]]) -> dict[str, set[str]]:
    union: dict[str, set[str]] = {}
    for part in parts:
        for kind, uids in part.items():
            union.setdefault(kind, set()).update(uids)
    return union


def _gaps(
    checks: Iterable[Check], answers: Mapping[str, _Answers], coverage: _CoverageGaps
) -> tuple[str, ...]:
    """What keeps these checks from having seen everything; a kind nobody configured is out of scope, not a gap."""
    gaps: dict[str, None] = {}
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
