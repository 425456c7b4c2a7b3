"""Builds a report of one ended run from the store: the only module of reports that reads it as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from checks.load import Catalogue
from checks.rule import catalog
from checks.status import Overlay, roll_up
from evidence import records
from evidence.drift import Rejudge
from evidence.model import Status
from evidence.seal import PublicKey
from evidence.store import NIGHTLY, FindingRow, Run, Store
from evidence.store.rows import UnitRow
from nightledger.reports.alarms import alarms
from nightledger.reports.changes import changes, run_line
from nightledger.reports.choices import choices
from nightledger.reports.coverage import coverage
from nightledger.reports.lines import CheckLine, FindingLine, Standing
from nightledger.reports.model import Report, ReportError, SealLine
from nightledger.reports.provisions import provision_line
from nightledger.reports.text import count
from nightledger.reports.trend import trend
from nightledger.reports.unseen import unseen
from nightledger.reports.waivers import day_of, waiver_lines


class Limit(Protocol):
    """Which resources a report is limited to; its text says which and of how many, as "limited to 3 of 9 resources"."""

    def holds(self, uid: str) -> bool:
        """Whether a finding about this uid counts."""


def build(
    store: Store,
    run_ref: int | str,
    catalogue: Catalogue,
    *,
    series: str = NIGHTLY,
    organisation: str = "",
    as_of: datetime | None = None,
    limit: Limit | None = None,
    rejudge: Rejudge | None = None,
) -> Report:
    """The report of one ended run; waivers are read as of `as_of` (UTC), by default what `day_of` says.

    `limit` keeps the findings and provisions to some resources; changes, coverage and trend stay those of all.
    Raises ReportError for a run that is still open and the store's NotFound for one that is not there.
    """
    run = _ended(store.run(run_ref, series=series))
    runs = {other.id: other for other in store.runs(run.series)}
    rows = [row for row in store.findings(run.id) if limit is None or limit.holds(row.uid)]
    units = store.units(run.id)
    granted = records.waivers(store)
    at = as_of or day_of(run, runs.values(), granted)
    waived = records.waived([waiver for waiver in granted if waiver.in_force(at)], rows)
    checks = catalogue.checks.values()
    lines = _findings(rows, waived, catalogue, runs)
    overlay = Overlay(waived, narrowed=_narrowed(run))
    statuses = roll_up(catalog(), catalogue.checks.values(), rows, units, overlay)
    return Report(
        organisation=organisation,
        as_of=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        denominator=_denominator(lines, units, limit),
        run=run_line(run),
        seal=_seal(store, run),
        alarms=alarms(run, units, lines, catalogue),
        changes=changes(store, run, rejudge),
        unseen=unseen(units, rows),
        provisions=tuple(provision_line(status, checks, run.checks) for status in statuses),
        waivers=waiver_lines(granted, rows, at),
        checks=tuple(_check(id_, catalogue) for id_ in sorted(run.checks)),
        choices=choices(run),
        findings=lines,
        trend=trend(store, [other for other in runs.values() if other.id <= run.id]),
        coverage=coverage(units),
    )


def _ended(run: Run) -> Run:
    if run.state == "open":
        raise ReportError(
            f"run {run.id} has not ended, so nothing of it is sealed",
            hint="Wait for it, or report the last sealed one.",
        )
    return run


def _findings(
    rows: Sequence[FindingRow],
    waived: Mapping[tuple[str, str], str],
    catalogue: Catalogue,
    runs: Mapping[int, Run],
) -> tuple[FindingLine, ...]:
    lines = (_finding(row, waived.get((row.check, row.uid), ""), catalogue, runs) for row in rows)
    return tuple(sorted(lines, key=_reading_order))


def _finding(row: FindingRow, waiver: str, catalogue: Catalogue, runs: Mapping[int, Run]) -> FindingLine:
    check = catalogue.checks.get(row.check)
    standing = _standing(row, waiver)
    last = f"not seen in this run; last known: {row.status.value.replace('_', ' ')}, {row.sentence}"
    return FindingLine(
        check=row.check,
        severity=check.severity if check else "",
        source=row.source,
        target=row.target,
        part=row.part,
        kind=row.kind,
        uid=row.uid,
        name=row.name,
        status=row.status,
        standing=standing,
        seen=row.seen,
        sentence=row.sentence if row.seen else last,
        waiver=waiver if standing is Standing.WAIVED else "",
        missing=tuple(f"{fact}: {missing}" for fact, missing in row.missing),
        since_run=row.since_run,
        since=runs[row.since_run].started if row.since_run in runs else "",
    )


def _standing(row: FindingRow, waiver: str) -> Standing:
    if not row.seen:
        return Standing.UNKNOWN
    if row.status is Status.FAIL and waiver:
        return Standing.WAIVED
    return Standing(row.status.value)


def _reading_order(line: FindingLine) -> tuple[str, int, str, str, str]:
    return line.check, list(Standing).index(line.standing), line.sentence, line.name, line.uid


def _check(id_: str, catalogue: Catalogue) -> CheckLine:
    check = catalogue.checks.get(id_)
    if check is None:
        return CheckLine(id_, "", "", "", known=False)
    return CheckLine(id_, check.question, check.severity, check.topic, known=True)


def _denominator(lines: Sequence[FindingLine], units: Sequence[UnitRow], limit: Limit | None) -> str:
    if limit is not None:
        return (
            f"This report is {limit}: answers and provisions count only these. "
            "What changed, the coverage and the trend are those of all resources."
        )
    seen = {(line.kind, line.uid) for line in lines if line.seen and not line.uid.startswith("scope:")}
    found, asked = len({kind for kind, _ in seen}), len({row.unit.kind for row in units})
    return (
        f"This report speaks of the {count(len(seen), 'resource')} seen in this run, of {found} of the "
        f"{count(asked, 'kind')} that were looked for, whether or not they hold ePHI, and of nothing else."
    )


def _narrowed(run: Run) -> str:
    return "" if run.series == NIGHTLY else "this run asked only a part of the questions"


def _seal(store: Store, run: Run) -> SealLine:
    key = PublicKey(bytes.fromhex(store.log.event(0)["key"]))
    return SealLine(
        root=run.root,
        journal_root=run.journal_root,
        ledger_index=run.ledger_index,
        ledger=store.log.origin,
        fingerprint=key.fingerprint,
        note=store.log.last_note() or "",
    )
