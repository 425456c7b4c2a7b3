"""What a report shows, as a tree of plain values: no store, no wording of pages, no layout.

Text is as the store holds it; every format makes it harmless in its own way when it writes. Instants are UTC
ISO-8601.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from checks.status_line import ProvisionState
from evidence.model import LinkType, NightledgerError, ScopeStatus, Status

STATEMENT = "Evidence of safeguards, not a determination of compliance."
"""What every report says of itself."""


class ReportError(NightledgerError):
    """A report cannot be built from this run, or cannot be written where it was asked for."""

    exit_code = 2


class Standing(StrEnum):
    """How a finding stands on the report's day: its status, unless a waiver covers it or it was not seen."""

    FAIL = "fail"
    WAIVED = "waived"
    UNKNOWN = "unknown"
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    NOT_APPLICABLE = "not_applicable"

    @property
    def words(self) -> str:
        """The standing as people read it."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run, in a few words; `state` is sealed or interrupted."""

    id: int
    series: str
    trigger: str
    state: str
    started: str
    finished: str
    tool: str


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
    """What changed in one way since the run before; `urgent` groups ask somebody to act."""

    change: str
    title: str
    meaning: str
    urgent: bool
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
class TallyLine:
    """What the links of one type say of a provision: `passing` of `asked` resources, named in `population`."""

    passing: int
    asked: int
    population: str
    failing: int
    waived: int
    unknown: int
    not_applicable: int


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One check's link to a provision."""

    check: str
    type: LinkType
    proves: str
    does_not_prove: str


@dataclass(frozen=True, slots=True)
class ProvisionLine:
    """Where one provision stands, what carries it, what was not reached and what is left to people."""

    id: str
    title: str
    summary: str
    family: str
    kind: str
    designation: str
    state: ProvisionState
    direct: TallyLine
    supporting: TallyLine
    context: TallyLine
    links: tuple[LinkLine, ...]
    gaps: tuple[str, ...]
    failing_below: tuple[str, ...]
    declared: tuple[str, ...]
    left_to_people: str
    arises_nowhere: bool


@dataclass(frozen=True, slots=True)
class WaiverLine:
    """A waiver on the report's day; `standing` is in force, expiring, expired or revoked; `covers` counts findings."""

    id: str
    check: str
    subject: str
    reason: str
    approver: str
    owner: str
    granted: str
    expires: str
    standing: str
    covers: int


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A check the run asked; `known` is False when this version no longer has it, and then only its id is."""

    id: str
    question: str
    severity: str
    topic: str
    known: bool


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding as reported; `sentence` says so when it was only remembered; `since` is when it first held."""

    check: str
    severity: str
    source: str
    target: str
    part: str
    kind: str
    uid: str
    name: str
    status: Status
    standing: Standing
    seen: bool
    sentence: str
    waiver: str
    missing: tuple[str, ...]
    since_run: int
    since: str

    @property
    def place(self) -> str:
        """The target, with the part where the target has parts."""
        return self.target if self.part == "global" else f"{self.target}/{self.part}"


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One run of the series: findings by status as measured then, and what was not; waivers are not counted here."""

    run: int
    started: str
    state: str
    passed: int
    failed: int
    unknown: int
    not_applicable: int
    unseen_scopes: int


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """How far one kind of one source was reached; fact counts are per resource and fact."""

    source: str
    kind: str
    targets: int
    listed: int
    scopes: int
    complete: int
    partial: int
    failed: int
    not_attempted: int
    facts_read: int
    facts_missing: int


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
    findings: tuple[FindingLine, ...]
    trend: tuple[TrendPoint, ...]
    coverage: tuple[CoverageLine, ...]

    @property
    def totals(self) -> dict[Standing, int]:
        """Findings by standing, every standing named."""
        counted = Counter(finding.standing for finding in self.findings)
        return {standing: counted[standing] for standing in Standing}
