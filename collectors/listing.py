"""Listing a scope: a page at a time, so that memory stays bounded and a failure midway keeps what was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

from collectors.desk import Desk
from collectors.invoke import (
    bind,
    fails_unit,
    first_missing,
    inputs_ready,
    missing_of,
    read_failure,
    unless_closed,
)
from collectors.kind import Failure, Found, Reach
from collectors.unit import ScopeRun
from evidence.model import Missing, Reason, ScopeStatus

PAGE = 200
MAX_OPEN_ROWS = 2_000

Page = tuple[list[Found], Exception | None]


class Listing:
    """Pulls pages from `every` and hands each resource on; says when a scope has no more."""

    def __init__(
        self, desk: Desk, on_found: Callable[[ScopeRun, Found], None], on_end: Callable[[ScopeRun], None]
    ) -> None:
        self._desk = desk
        self._on_found = on_found
        self._on_end = on_end

    def begin(self, scope: ScopeRun) -> None:
        """Ask for the first page as soon as the lookups that the listing builds on are ready."""
        step = scope.unit.plan.spec.lists
        if scope.unit.closed or scope.listing is not None or scope.listed or not inputs_ready(scope, step):
            return
        missing = first_missing(scope, step)
        if missing is not None:
            failures = [scope.lookups[name].failure for name in step.inputs if name in scope.lookups]
            self._stop(scope, missing, next(filter(None, failures), None))
            return
        scope.listing = iter(())
        start = bind(scope, step, scope.scope.part, scope.recorder)

        def first_page() -> Page:
            scope.listing = iter(start())
            return take(scope.listing)

        self._desk.send(
            scope.unit,
            step,
            scope.scope.part,
            unless_closed(scope.unit, first_page),
            partial(self._listed, scope),
        )

    def resume(self, scope: ScopeRun) -> None:
        """Go on with a listing that waited for its resources to be read."""
        if scope.paused and scope.open_rows < MAX_OPEN_ROWS // 2:
            scope.paused = False
            self._next_page(scope)

    def _next_page(self, scope: ScopeRun) -> None:
        step = scope.unit.plan.spec.lists
        page = unless_closed(scope.unit, partial(take, scope.listing or iter(())))
        self._desk.send(scope.unit, step, scope.scope.part, page, partial(self._listed, scope))

    def _listed(self, scope: ScopeRun, page: Page | None, error: Exception | None) -> None:
        if scope.closed or scope.unit.closed:
            return
        found, broke = page or ([], error)
        for item in found:
            self._hand_on(scope, item)
        if broke is not None:
            failure = read_failure(scope.unit, broke)
            self._stop(scope, missing_of(scope.unit.plan.spec.lists, failure), failure)
        elif scope.why is not None or len(found) < PAGE:
            self._end(scope)
        elif scope.open_rows < MAX_OPEN_ROWS:
            self._next_page(scope)
        else:
            scope.paused = True

    def _hand_on(self, scope: ScopeRun, found: Found) -> None:
        only = scope.unit.only
        if scope.unit.closed:
            return
        if only is not None and not only(found):
            scope.left_out = True
        elif scope.why is None:
            self._on_found(scope, found)

    def _stop(self, scope: ScopeRun, why: Missing, failure: Failure | None) -> None:
        if scope.unit.closed or fails_unit(failure):
            self._desk.fail(scope.unit, why)
            return
        scope.why = why
        if failure is not None and failure.reach is Reach.SCOPE_NOT_APPLICABLE:
            scope.status = ScopeStatus.NOT_APPLICABLE
        else:
            scope.status = ScopeStatus.PARTIAL if scope.rows else ScopeStatus.FAILED
        self._end(scope)

    def _end(self, scope: ScopeRun) -> None:
        if scope.unit.closed:
            return
        scope.listed = True
        if scope.left_out and scope.why is None:
            scope.why, scope.status = LEFT_OUT, ScopeStatus.PARTIAL
        self._on_end(scope)


def take(listing: Iterator[Found]) -> Page:
    """The next page of a listing, and what broke it: what was yielded before the break was seen."""
    found: list[Found] = []
    try:
        found.extend(islice(listing, PAGE))
    except Exception as error:  # noqa: BLE001 - the coordinator reads it
        return found, error
    return found, None


LEFT_OUT = Missing(Reason.NOT_AVAILABLE, detail="only some resources were asked for")
"""The why of a scope that is partial because the run asked for no more."""
