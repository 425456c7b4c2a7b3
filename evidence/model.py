"""The vocabulary every part shares: what was looked at, what was seen, what could not be, what was judged.

Nothing here imports anything of ours, does I/O or knows a platform.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]
"""What a fact may hold: JSON without floats; integers stay below 2**53, keys are ASCII."""


class NightledgerError(Exception):
    """The root of every error we raise on purpose; `hint` says in one sentence what to do about it."""

    exit_code = 70

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Reason(StrEnum):
    """Why a fact could not be read."""

    DENIED = "denied"
    NOT_AVAILABLE = "not_available"
    TIMEOUT = "timeout"
    THROTTLED = "throttled"
    TRUNCATED = "truncated"
    STALE = "stale"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Missing:
    """We could not look: the third answer beside a value and None ("looked, and there is none").

    `need` names the permission, section or tool that would let us look; `detail` is safe to print.
    """

    reason: Reason
    need: str = ""
    detail: str = ""

    def __str__(self) -> str:
        parts = [self.reason.value.replace("_", " ")]
        if self.need:
            parts.append(f"needs {self.need}")
        if self.detail:
            parts.append(self.detail)
        return ", ".join(parts)


Fact = Json | Missing
"""A fact's value, None (there is none) or Missing (could not look)."""


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """The smallest part of a target that can be listed completely or not: a region, a subscription, an OU.

    `target` is what was polled ("aws/111122223333", "host/db1"), `part` is "global" where there are no parts.
    """

    target: str
    part: str = "global"

    def __str__(self) -> str:
        return self.target if self.part == "global" else f"{self.target}/{self.part}"


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """The smallest piece of a run that succeeds or fails as a whole: one kind of one target of one source."""

    source: str
    target: str
    kind: str

    def __str__(self) -> str:
        return f"{self.target} {self.kind}"


@dataclass(frozen=True, slots=True, order=True)
class Resource:
    """One thing of a kind; `uid` is made of identifiers the provider never reuses or changes.

    `name` and `labels` may change without it becoming another resource; `scope` is where it was listed, a home region
    elsewhere is the label `region`.
    """

    kind: str
    uid: str
    name: str
    scope: Scope
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One raw answer from a source, as recorded: who asked what, when, and which object holds the answer.

    `answer` is the digest of the kept part of the answer, or "" when the call failed; then `error` holds the
    provider's error code. `about` is the uid of the resource the call was made for, "" for a listing.
    """

    operation: str
    asked: str
    at: str
    request_id: str
    answer: str
    error: str = ""
    about: str = ""
    part: str = "global"


@dataclass(frozen=True, slots=True)
class Observation:
    """A resource with its facts; `volatile` facts (last used, uptime) are kept but never decide a drift."""

    resource: Resource
    facts: Mapping[str, Fact]
    volatile: Mapping[str, Fact] = field(default_factory=dict)


class ScopeStatus(StrEnum):
    """How far the listing of one scope got. Only COMPLETE lets an absent resource count as gone."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"
    NOT_ATTEMPTED = "not_attempted"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class FactCoverage:
    """How one fact was read over a scope: with a value, as None, and missing by reason (counts)."""

    read: int = 0
    none: int = 0
    missing: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was reached in one scope of a unit: the listing, and each planned fact."""

    scope: Scope
    status: ScopeStatus
    listed: int = 0
    gone: int = 0
    why: Missing | None = None
    facts: Mapping[str, FactCoverage] = field(default_factory=dict)
    permissions_missing: tuple[str, ...] = ()


class Status(StrEnum):
    """The four answers a check can give about a resource or a scope."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"

    # Enum's own hash runs in Python and is not that of the equal string.
    __hash__ = str.__hash__


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's answer about one resource, or about one scope whose listing was refused or empty.

    `facts` names the facts that decided; `missing` lists those that could not be read. `sentence` names
    dates, never ages, so that an unchanged world gives an unchanged finding.
    """

    check: str
    subject: Resource | Scope
    status: Status
    sentence: str
    facts: tuple[str, ...] = ()
    missing: tuple[tuple[str, Missing], ...] = ()


@dataclass(frozen=True, slots=True)
class UnitResult:
    """All that polling one unit gave, before judging: sorted, deterministic, plus what is not (`calls`).

    `objects` maps "sha256:…" digests to the canonical bytes of raw answers; `principal` says through whom.
    `started` and `finished` are UTC ISO-8601 with seconds.
    """

    unit: Unit
    principal: str
    started: str
    finished: str
    coverage: tuple[Coverage, ...]
    observations: tuple[Observation, ...]
    calls: tuple[Call, ...] = ()
    objects: Mapping[str, bytes] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)


def scope_uid(kind: str, scope: Scope) -> str:
    """The uid under which a finding about a whole scope is remembered; no provider id has this form."""
    return f"scope:{kind}:{scope}"


class LinkType(StrEnum):
    """How strongly a check speaks to a provision; only DIRECT links can lift it to evidenced."""

    DIRECT = "direct"
    SUPPORTING = "supporting"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class Link:
    """A check's link to one provision (45 CFR paragraph), with what it proves and what it does not."""

    provision: str
    type: LinkType
    proves: str
    does_not_prove: str
