"""The last runs of a series, one point each: findings by status and the scopes not wholly seen."""

from __future__ import annotations

from collections.abc import Sequence

from evidence.model import Status
from evidence.store import Run, Store
from evidence.store.tally import count_statuses
from nightledger.reports.lines import TrendPoint
from nightledger.reports.unseen import scope_gaps

RUNS = 30
"""How many runs the trend reaches back."""


def trend(store: Store, runs: Sequence[Run]) -> tuple[TrendPoint, ...]:
    """A point for each of the last ended runs, oldest first; each counts as its own night saw it."""
    return tuple(_point(store, run) for run in [run for run in runs if run.state != "open"][-RUNS:])


def _point(store: Store, run: Run) -> TrendPoint:
    units = store.units(run.id)
    counted = count_statuses(store, run.id, units)
    return TrendPoint(
        run=run.id,
        started=run.started,
        state=run.state,
        passed=counted[Status.PASS],
        failed=counted[Status.FAIL],
        unknown=counted[Status.UNKNOWN],
        not_applicable=counted[Status.NOT_APPLICABLE],
        unseen_scopes=sum(1 for _ in scope_gaps(units)),
    )
