"""What a run could not see: scopes not wholly listed, answers left unknown, permissions that were refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from evidence.model import Coverage, Missing, ScopeStatus, Status
from evidence.store import FindingRow, UnitRow, UnitState
from nightledger.reports.model import PermissionGap, ScopeGap, UnknownGroup, Unseen

SETTLED = (ScopeStatus.COMPLETE, ScopeStatus.NOT_APPLICABLE)
"""The ends of a listing after which nothing of the scope is in doubt."""


def unseen(units: Sequence[UnitRow], rows: Sequence[FindingRow]) -> Unseen:
    """All gaps of one run, each grouped by what would close it, the widest first."""
    return Unseen(
        scopes=_scopes(units),
        unknown=_unknown(rows),
        permissions=_permissions(units),
        remembered=sum(not row.seen for row in rows),
    )


def scope_gaps(units: Iterable[UnitRow]) -> Iterator[tuple[UnitRow, ScopeStatus, str, Coverage | None]]:
    """Every scope that was not wholly listed; a unit without any coverage counts as one."""
    for row in units:
        if row.state is not UnitState.DONE:
            yield row, ScopeStatus.NOT_ATTEMPTED, "the run ended before it was looked at", None
        elif not row.coverage:
            yield row, ScopeStatus.FAILED, "nothing was reached", None
        for reached in row.coverage:
            if reached.status not in SETTLED:
                yield row, reached.status, str(reached.why or ""), reached


def _scopes(units: Sequence[UnitRow]) -> tuple[ScopeGap, ...]:
    places: dict[tuple[str, str, ScopeStatus, str, tuple[str, ...]], list[str]] = {}
    for row, status, why, reached in scope_gaps(units):
        permissions = reached.permissions_missing if reached else ()
        key = (row.unit.source, row.unit.kind, status, why, permissions)
        places.setdefault(key, []).append(str(reached.scope) if reached else row.unit.target)
    gaps = [
        ScopeGap(source, kind, status, why, permissions, tuple(sorted(where)))
        for (source, kind, status, why, permissions), where in places.items()
    ]
    return tuple(sorted(gaps, key=lambda gap: (-len(gap.places), gap.source, gap.kind, gap.status, gap.why)))


def _permissions(units: Sequence[UnitRow]) -> tuple[PermissionGap, ...]:
    found: dict[str, tuple[set[str], set[str]]] = {}
    for row in units:
        for permission in (name for reached in row.coverage for name in reached.permissions_missing):
            targets, kinds = found.setdefault(permission, (set(), set()))
            targets.add(row.unit.target)
            kinds.add(row.unit.kind)
    return tuple(
        PermissionGap(permission, tuple(sorted(targets)), tuple(sorted(kinds)))
        for permission, (targets, kinds) in sorted(found.items())
    )


def _unknown(rows: Iterable[FindingRow]) -> tuple[UnknownGroup, ...]:
    found: dict[tuple[str, str], list[FindingRow]] = {}
    for row in rows:
        for key in _why_unknown(row):
            found.setdefault(key, []).append(row)
    groups = [_group(reason, need, together) for (reason, need), together in found.items()]
    return tuple(sorted(groups, key=lambda group: (-group.findings, group.reason, group.need)))


def _group(reason: str, need: str, rows: Sequence[FindingRow]) -> UnknownGroup:
    return UnknownGroup(
        reason=reason,
        need=need,
        findings=len(rows),
        checks=tuple(sorted({row.check for row in rows})),
        kinds=tuple(sorted({row.kind for row in rows})),
        names=tuple(name for name, _ in sorted({(row.name, row.uid) for row in rows})),
    )


def _why_unknown(row: FindingRow) -> set[tuple[str, str]]:
    if not row.seen:
        return {("not seen in this run, known only from an earlier one", "")}
    if row.status is not Status.UNKNOWN:
        return set()
    return {_reason(missing) for _, missing in row.missing} or {("the facts do not settle the question", "")}


def _reason(missing: Missing) -> tuple[str, str]:
    reason = missing.reason.value.replace("_", " ")
    return (reason, missing.need) if missing.need else (str(missing), "")
