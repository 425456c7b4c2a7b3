"""What must be read before anything else: a report that saw little may not look like a good one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.load import Catalogue
from evidence.store import NIGHTLY, Run, UnitRow, UnitState
from nightledger.reports.lines import FindingLine
from nightledger.reports.model import Alarm
from nightledger.reports.unseen import scope_gaps
from nightledger.run import read_nothing


def alarms(
    run: Run, units: Sequence[UnitRow], lines: Sequence[FindingLine], catalogue: Catalogue
) -> tuple[Alarm, ...]:
    """The alarms of one run, grave ones first."""
    found = [*_saw_nothing(units), *_interrupted(run, units), *_narrow(run), *_gaps(units)]
    found += [*_remembered(lines), *_unknown_checks(run, catalogue)]
    return tuple(sorted(found, key=lambda alarm: not alarm.grave))


def _saw_nothing(units: Sequence[UnitRow]) -> Iterator[Alarm]:
    if any(reached.listed for row in units for reached in row.coverage):
        yield from _read_nothing(units)
        return
    if any(scope_gaps(units)) or not units:
        yield Alarm(
            "This run saw nothing. No resource could be looked at, so this report says nothing about any "
            "safeguard. Nothing below is good news.",
            grave=True,
        )
    else:
        yield Alarm(
            "This run found nothing to look at: every place it was pointed at was listed completely and is "
            "empty. Check that the sources are the right ones.",
            grave=True,
        )


def _read_nothing(units: Sequence[UnitRow]) -> Iterator[Alarm]:
    if read_nothing(reached for row in units for reached in row.coverage):
        yield Alarm(
            "This run could list resources and read nothing about them, so it says next to nothing about any "
            "safeguard.",
            grave=True,
        )


def _interrupted(run: Run, units: Sequence[UnitRow]) -> Iterator[Alarm]:
    if run.state == "interrupted":
        left = sum(row.state is not UnitState.DONE for row in units)
        yield Alarm(
            f"This run was interrupted. {left:,} of its {len(units):,} planned units were not looked at; "
            "what was looked at is sealed.",
            grave=True,
        )


def _narrow(run: Run) -> Iterator[Alarm]:
    if run.series != NIGHTLY:
        yield Alarm(
            f"This run asked only a part of the questions ({run.series}). "
            "Provisions that it did not ask about show as not covered here.",
            grave=False,
        )


def _gaps(units: Sequence[UnitRow]) -> Iterator[Alarm]:
    gaps = list(scope_gaps(units))
    if gaps:
        kinds = len({row.unit.kind for row, *_ in gaps})
        yield Alarm(
            f"{len(gaps):,} {'place' if len(gaps) == 1 else 'places'} "
            f"({kinds} {'kind' if kinds == 1 else 'kinds'} of resource) could not be seen completely.",
            grave=False,
        )


def _remembered(lines: Sequence[FindingLine]) -> Iterator[Alarm]:
    remembered = sum(not line.seen for line in lines)
    if remembered:
        yield Alarm(
            f"{remembered:,} {'answer was' if remembered == 1 else 'answers were'} not measured in this run "
            "and only remembered from an earlier one; they count as unknown.",
            grave=False,
        )


def _unknown_checks(run: Run, catalogue: Catalogue) -> Iterator[Alarm]:
    gone = sorted(set(run.checks) - set(catalogue.checks))
    if gone:
        yield Alarm(
            "This version no longer has some checks that the run asked; their findings are listed but linked to no "
            f"provision: {', '.join(gone)}.",
            grave=False,
        )
