"""The single lines of a report: a run, a check, a provision, a finding, a waiver, as plain values.

Text is as the store holds it; instants are UTC ISO-8601. The report that holds them is model.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from checks.status_line import ProvisionState
from evidence.model import LinkType, Status


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
class CheckLine:
    """A check the run asked; `known` is False when this version no longer has it, and then only its id is."""

    id: str
    question: str
    severity: str
    topic: str
    known: bool


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One check's link to a provision."""

    check: str
    type: LinkType
    proves: str
    does_not_prove: str


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
    inherited: TallyLine
    links: tuple[LinkLine, ...]
    gaps: tuple[str, ...]
    failing_below: tuple[str, ...]
    declared: tuple[str, ...]
    left_to_people: str
    arises_nowhere: bool


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
class ChoiceLine:
    """What the organisation chose about a check before the run, and why: to leave it out, or its own policy values."""

    check: str
    choice: str
    reason: str
