"""What a waiver may be granted for: something that fails its check as of the last run; anything else is a slip."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches

from checks.check import Check
from evidence.model import NightledgerError, Status
from evidence.records import OnResource, OnScope
from evidence.store import FindingRow, Run, Store


class NothingToWaive(NightledgerError):
    """What was named does not fail the check, or is not known to it at all."""

    exit_code = 2


def failing_resource(store: Store, check: Check, named: str) -> OnResource:
    """The resource of this uid, else of this name, that fails the check; raises NothingToWaive."""
    run = store.run("last")
    rows = list(_asked(store, run, check))
    found = [row for row in rows if row.uid == named] or [row for row in rows if row.name == named]
    uids = sorted({row.uid for row in found})
    if len(uids) > 1:
        raise NothingToWaive(
            f"{len(uids)} resources are called {named}", hint=f"give a uid: {', '.join(uids)}"
        )
    _require_failing(run, check, named, found, rows, lambda row: (row.uid, row.name))
    return OnResource(uids[0])


def failing_scope(store: Store, check: Check, scope: OnScope) -> OnScope:
    """The scope, given that something in it fails the check; raises NothingToWaive."""
    run = store.run("last")
    rows = list(_asked(store, run, check))
    found = [row for row in rows if scope.covers(row)]
    _require_failing(
        run, check, str(scope), found, rows, lambda row: (row.target, f"{row.target}/{row.part}")
    )
    return scope


def _asked(store: Store, run: Run, check: Check) -> Iterator[FindingRow]:
    for kind in check.on:
        yield from (row for row in store.findings(run.id, kind=kind) if row.check == check.id)


def _require_failing(
    run: Run,
    check: Check,
    named: str,
    found: Sequence[FindingRow],
    rows: Sequence[FindingRow],
    names: Callable[[FindingRow], tuple[str, str]],
) -> None:
    if not found:
        known = sorted({name for row in rows for name in names(row)})
        near = get_close_matches(named, known, n=1)
        hint = (
            f"did you mean {near[0]}?"
            if near
            else f"`nightledger status` and the report name what fails {check.id}"
        )
        raise NothingToWaive(f"run {run.id} has no answer of {check.id} about {named}", hint=hint)
    if not any(row.status is Status.FAIL for row in found):
        said = ", ".join(sorted({row.status.value.replace("_", " ") for row in found}))
        raise NothingToWaive(
            f"{check.id} does not fail for {named}: run {run.id} says {said}",
            hint="only what fails can be waived",
        )
