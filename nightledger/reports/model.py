"""A report of one run, as a tree of plain values: no store, no wording of pages, no layout.

Text is as the store holds it; every format makes it harmless in its own way when it writes. Instants are UTC
ISO-8601. The single lines are lines.py.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from evidence.model import NightledgerError, ScopeStatus
from nightledger.reports.lines import (
    CheckLine,
    ChoiceLine,
    CoverageLine,
    FindingLine,
    ProvisionLine,
    RunLine,
    Standing,
    TrendPoint,
    WaiverLine,
)

STATEMENT = "Evidence of safeguards, not a determination of compliance."
"""What every report says of itself."""


class ReportError(NightledgerError):
    """A report cannot be built from this run, or cannot be written where it was asked for."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class SealLine:
    """What was sealed and by which key; nothing here was verified by building the report.

    `note` is the newest signed checkpoint of the ledger (C2SP signed note); `anchors` names outside witnesses.
    """

    root: str
    journal_root: str
    ledger_index: int
    ledger: str
    fingerprint: str
    note: str
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alarm:
    """A sentence that must be read before all others; `grave` ones say that the report shows little or nothing."""

    sentence: str
    grave: bool


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change in one sentence; `before` and `after` are statuses, "" where the change is not of a verdict."""

    sentence: str
    check: str
    kind: str
    uid: str
    name: str
    before: str
    after: str
    since_run: int


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """What changed in one way since the run before; `urgent` groups ask somebody to act.

    A `reminder` tells what was so at the run before too.
    """

    change: str
    title: str
    meaning: str
    urgent: bool
    reminder: bool
    lines: tuple[ChangeLine, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since `before`, most urgent first; `before` is None for the first run of a series."""

    before: RunLine | None
    groups: tuple[ChangeGroup, ...]


@dataclass(frozen=True, slots=True)
class ScopeGap:
    """Places of one kind that were not wholly listed, for one reason; `places` are targets with their parts."""

    source: str
    kind: str
    status: ScopeStatus
    why: str
    permissions: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnknownGroup:
    """Findings that stayed unknown for one reason; `need` names the permission or tool that would let us look."""

    reason: str
    need: str
    findings: int
    checks: tuple[str, ...]
    kinds: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PermissionGap:
    """One permission that was refused, and where."""

    permission: str
    targets: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unseen:
    """All that could not be seen: scopes, answers and the permissions that would change it."""

    scopes: tuple[ScopeGap, ...]
    unknown: tuple[UnknownGroup, ...]
    permissions: tuple[PermissionGap, ...]
    remembered: int


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report of one run shows; `as_of` is the instant at which waivers were read.

    `denominator` says which resources the report speaks of.
    """

    organisation: str
    as_of: str
    denominator: str
    run: RunLine
    seal: SealLine
    alarms: tuple[Alarm, ...]
    changes: Changes
    unseen: Unseen
    provisions: tuple[ProvisionLine, ...]
    waivers: tuple[WaiverLine, ...]
    checks: tuple[CheckLine, ...]
    choices: tuple[ChoiceLine, ...]
    findings: tuple[FindingLine, ...]
    trend: tuple[TrendPoint, ...]
    coverage: tuple[CoverageLine, ...]

    @property
    def totals(self) -> dict[Standing, int]:
        """Findings by standing, every standing named."""
        counted = Counter(finding.standing for finding in self.findings)
        return {standing: counted[standing] for standing in Standing}
