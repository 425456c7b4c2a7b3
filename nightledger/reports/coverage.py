"""How far each kind of each source was reached, summed over its targets and scopes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evidence.model import ScopeStatus
from evidence.store import UnitRow, UnitState
from nightledger.reports.lines import CoverageLine


def coverage(units: Sequence[UnitRow]) -> tuple[CoverageLine, ...]:
    """One line for each source and kind, sorted; scopes that do not apply are left out of the count."""
    together: dict[tuple[str, str], list[UnitRow]] = {}
    for row in units:
        together.setdefault((row.unit.source, row.unit.kind), []).append(row)
    return tuple(_line(source, kind, rows) for (source, kind), rows in sorted(together.items()))


def _line(source: str, kind: str, rows: Sequence[UnitRow]) -> CoverageLine:
    reached = [scope for row in rows for scope in row.coverage]
    ends = Counter(scope.status for scope in reached) + Counter(_end(row) for row in rows if not row.coverage)
    facts = [fact for scope in reached for fact in scope.facts.values()]
    return CoverageLine(
        source=source,
        kind=kind,
        targets=len({row.unit.target for row in rows}),
        listed=sum(scope.listed for scope in reached),
        scopes=ends.total() - ends[ScopeStatus.NOT_APPLICABLE],
        complete=ends[ScopeStatus.COMPLETE],
        partial=ends[ScopeStatus.PARTIAL],
        failed=ends[ScopeStatus.FAILED],
        not_attempted=ends[ScopeStatus.NOT_ATTEMPTED],
        facts_read=sum(fact.read + fact.none for fact in facts),
        facts_missing=sum(count for fact in facts for _, count in fact.missing),
    )


def _end(row: UnitRow) -> ScopeStatus:
    return ScopeStatus.FAILED if row.state is UnitState.DONE else ScopeStatus.NOT_ATTEMPTED
