"""Waivers as of a report's day: which are in force, soon over, over, taken back, or cover nothing any more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from evidence.model import Status
from evidence.records import Waiver
from evidence.store import FindingRow, Run
from nightledger.reports.lines import WaiverLine

SOON = timedelta(days=30)
"""How long before its end a waiver is called expiring."""


def day_of(run: Run, series: Iterable[Run], waivers: Iterable[Waiver]) -> datetime:
    """When a report of this run reads the waivers, told from the store alone so that it never changes by itself.

    It is the end of the run, or the last waiver granted or revoked after it, if that was before the next run began.
    """
    end = datetime.fromisoformat(run.finished)
    later = min(
        (datetime.fromisoformat(other.started) for other in series if other.id > run.id), default=None
    )
    decided = (moment for waiver in waivers for moment in (waiver.granted, waiver.revoked) if moment)
    return max([end, *(moment for moment in decided if later is None or moment < later)])


def waiver_lines(
    waivers: Iterable[Waiver], rows: Sequence[FindingRow], at: datetime
) -> tuple[WaiverLine, ...]:
    """Every waiver granted by `at`, expired ones first, then by the day they end."""
    failing: dict[str, list[FindingRow]] = {}
    for row in rows:
        if row.status is Status.FAIL:
            failing.setdefault(row.check, []).append(row)
    lines = [_line(waiver, failing.get(waiver.check, []), at) for waiver in waivers if waiver.granted <= at]
    return tuple(sorted(lines, key=lambda line: (_ORDER.index(line.standing), line.expires, line.id)))


def _line(waiver: Waiver, failing: Sequence[FindingRow], at: datetime) -> WaiverLine:
    return WaiverLine(
        id=waiver.id,
        check=waiver.check,
        subject=_subject(waiver, failing),
        reason=waiver.reason,
        approver=waiver.approver,
        owner=waiver.owner,
        granted=_text(waiver.granted),
        expires=_text(waiver.expires),
        standing=_standing(waiver, at),
        covers=sum(waiver.covers(row) for row in failing),
    )


def _standing(waiver: Waiver, at: datetime) -> str:
    if waiver.revoked is not None and waiver.revoked <= at:
        return "revoked"
    if waiver.expires <= at:
        return "expired"
    return "expiring" if waiver.expires - at <= SOON else "in force"


def _subject(waiver: Waiver, failing: Sequence[FindingRow]) -> str:
    """The subject by name where a finding of this run tells it, else as it was granted."""
    subject = str(waiver.subject)
    return next((row.name for row in failing if row.uid == subject), subject)


def _text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


_ORDER = ("expired", "expiring", "in force", "revoked")
