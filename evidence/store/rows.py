"""What the store gives back: runs, units, findings, observations and the spans over which they held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from evidence.model import Coverage, Fact, Json, Missing, Resource, Status, Unit

STATUS_BITS = {Status.PASS: 1, Status.FAIL: 2, Status.UNKNOWN: 4, Status.NOT_APPLICABLE: 8}
"""How the statuses of a judgement are stored beside it: their sum; part of the schema."""


class UnitState(IntEnum):
    """How far a unit of a run got; only DONE has evidence of that run."""

    PLANNED = 0
    CLAIMED = 1
    DONE = 2
    NOT_ATTEMPTED = 3


@dataclass(frozen=True, slots=True)
class Run:
    """One run; `state` is open, sealed or interrupted, `checks` maps check ids to version digests.

    `root` and `journal_root` are "" while the run is open; `ledger_index` is then -1.
    """

    id: int
    series: str
    trigger: str
    state: str
    started: str
    finished: str
    tool: str
    selection: Json
    checks: Mapping[str, str]
    root: str
    journal_root: str
    ledger_index: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed run's roots, its index in the ledger and the signed note over the ledger that holds it."""

    run: int
    root: str
    journal_root: str
    ledger_index: int
    note: str


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one worker to commit one unit; a later claim takes it away."""

    run: int
    unit: Unit
    owner: str
    attempt: int


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit of one run; `digest` is "" and `coverage` empty unless it is DONE.

    `carried` names the uids remembered from earlier runs that this run did not see.
    """

    unit: Unit
    state: UnitState
    principal: str
    started: str
    finished: str
    digest: str
    coverage: tuple[Coverage, ...]
    carried: frozenset[str]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding as of a run; `seen` is False where it is only remembered from an earlier run.

    `name` is the name the resource was last known by; `since_run` is the first run with this very verdict.
    """

    check: str
    source: str
    target: str
    kind: str
    uid: str
    name: str
    part: str
    status: Status
    sentence: str
    facts: tuple[str, ...]
    missing: tuple[tuple[str, Missing], ...]
    since_run: int
    seen: bool


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """A resource with its facts as of a run; `seen` is False where they are remembered from an earlier run."""

    resource: Resource
    facts: Mapping[str, Fact]
    digest: str
    since_run: int
    seen: bool
    source: str


class Window(NamedTuple):
    """The runs (after, until]; a span is of the window when it began or ended in it."""

    after: int
    until: int


class EvidenceSpan(NamedTuple):
    """One resource's evidence over the runs [from_run, to_run); `to_run` is OPEN while it holds.

    `evidence` is the row of its object: the same row is the same evidence; `Store.evidence` reads it.
    """

    unit: Unit
    uid: str
    name: str
    part: str
    from_run: int
    to_run: int
    evidence: int


class Verdict(NamedTuple):
    """What a check said; `facts` decided it, `missing` could not be read."""

    status: Status
    sentence: str
    facts: tuple[str, ...]
    missing: tuple[tuple[str, Missing], ...]


class FindingSpan(NamedTuple):
    """One finding over the runs [from_run, to_run) in which its verdict stayed the same."""

    unit: Unit
    uid: str
    name: str
    part: str
    check: str
    from_run: int
    to_run: int
    verdict: Verdict

    @property
    def status(self) -> Status:
        """The status of its verdict."""
        return self.verdict.status
