"""What people add to the evidence: records as ledger events, read back as waivers in force on a given day.

A record is never altered: every change is a new event. A waiver lies over findings and changes none of them.
Another kind of record is one more frozen dataclass of text with a SCHEMA.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, ClassVar, Protocol, Self, TypeVar

from evidence.canonical import canonical, digest
from evidence.model import Json, NightledgerError

LEAST_REASON = 20
"""Characters below which a reason explains nothing."""


class RecordRefused(NightledgerError):
    """A record lacks what makes it answerable: a reason, a name, a date in the future."""

    exit_code = 2


class EventLog(Protocol):
    """The part of the store that records need."""

    def append_event(self, event: Mapping[str, Json]) -> int:
        """Add an event to the ledger; gives its index."""

    def events(self, schema: str | None = None) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """The events of one schema, or all, oldest first, with their indexes."""


class Judged(Protocol):
    """What a waiver needs to know of a finding; `part` is the home region of its resource, or the scope's own."""

    @property
    def check(self) -> str:
        """The check's id."""

    @property
    def uid(self) -> str:
        """The resource's uid."""

    @property
    def target(self) -> str:
        """The target polled."""

    @property
    def part(self) -> str:
        """The part of the target."""


@dataclass(frozen=True, slots=True)
class WaiverGranted:
    """The event of a risk being accepted for one check on one resource (`uid`) or one scope (`target`, `part`).

    `part` is "" for the whole target. `granted` and `expires` are UTC instants; at `expires` it no longer holds.
    """

    SCHEMA: ClassVar[str] = "nightledger.waiver-granted/1"

    check: str
    uid: str
    target: str
    part: str
    reason: str
    approver: str
    owner: str
    granted: str
    expires: str


@dataclass(frozen=True, slots=True)
class WaiverRevoked:
    """The event of a waiver being taken back before its day."""

    SCHEMA: ClassVar[str] = "nightledger.waiver-revoked/1"

    waiver: str
    reason: str
    approver: str
    revoked: str


class _Record(Protocol):
    SCHEMA: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


R = TypeVar("R", bound=_Record)


@dataclass(frozen=True, slots=True)
class OnResource:
    """A waiver's subject: one resource."""

    uid: str

    def covers(self, finding: Judged) -> bool:
        """Whether the finding is about this resource."""
        return finding.uid == self.uid

    def __str__(self) -> str:
        return self.uid


@dataclass(frozen=True, slots=True)
class OnScope:
    """A waiver's subject: everything of a target, or of one part of it (a region, a subscription, an OU)."""

    target: str
    part: str = ""

    def covers(self, finding: Judged) -> bool:
        """Whether the finding's resource lives in this scope."""
        return finding.target == self.target and self.part in ("", finding.part)

    def __str__(self) -> str:
        return f"{self.target}/{self.part}" if self.part else self.target


Subject = OnResource | OnScope
"""What a waiver may be about."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A granted waiver with its fate; `id` is derived from the grant, `revoked` is None while it was not."""

    id: str
    check: str
    subject: Subject
    reason: str
    approver: str
    owner: str
    granted: datetime
    expires: datetime
    revoked: datetime | None = None

    def in_force(self, at: datetime) -> bool:
        """Whether it holds at an instant: granted, neither revoked nor expired."""
        return self.granted <= at < min(self.expires, self.revoked or self.expires)

    def covers(self, finding: Judged) -> bool:
        """Whether the finding is one this waiver accepts."""
        return finding.check == self.check and self.subject.covers(finding)

    def __str__(self) -> str:
        return f"waived by {self.approver} until {_text(self.expires)} ({self.reason})"

    @classmethod
    def of(cls, grant: WaiverGranted) -> Self:
        """The waiver that a grant made."""
        subject = OnResource(grant.uid) if grant.uid else OnScope(grant.target, grant.part)
        granted, expires = datetime.fromisoformat(grant.granted), datetime.fromisoformat(grant.expires)
        id_ = waiver_id(grant)
        return cls(id_, grant.check, subject, grant.reason, grant.approver, grant.owner, granted, expires)


@dataclass(frozen=True, slots=True)
class WaiverRequest:
    """What somebody asks to have waived, why, and until the end of which day."""

    check: str
    subject: Subject
    reason: str
    approver: str
    owner: str
    until: date


def grant(log: EventLog, request: WaiverRequest, *, at: datetime, zone: tzinfo) -> Waiver:
    """Record a waiver until the end of its day in the organisation's zone; raises RecordRefused."""
    expires = end_of_day(request.until, zone)
    _answerable(request.reason, approver=request.approver, owner=request.owner)
    if expires <= at:
        raise RecordRefused(f"a waiver until {request.until} would already be over")
    event = _granted(request, at, expires)
    waiver = Waiver.of(event)
    if any(other.id == waiver.id for other in waivers(log)):
        raise RecordRefused(f"{waiver.id} was already granted")
    add(log, event)
    return waiver


def revoke(log: EventLog, id_: str, *, reason: str, approver: str, at: datetime) -> None:
    """Record the end of a waiver in force before its day; raises RecordRefused when it is not in force."""
    _answerable(reason, approver=approver)
    if not any(waiver.id == id_ and waiver.in_force(at) for waiver in waivers(log)):
        raise RecordRefused(f"there is no waiver {id_} in force")
    add(log, WaiverRevoked(id_, reason.strip(), approver.strip(), _text(at)))


def waivers(log: EventLog) -> list[Waiver]:
    """Every waiver ever granted, oldest first, with its revocation."""
    revoked = {event.waiver: datetime.fromisoformat(event.revoked) for event in read(log, WaiverRevoked)}
    granted = (Waiver.of(event) for event in read(log, WaiverGranted))
    return [_with_revocation(waiver, revoked.get(waiver.id)) for waiver in granted]


def active(log: EventLog, at: datetime) -> list[Waiver]:
    """The waivers in force at an instant."""
    return [waiver for waiver in waivers(log) if waiver.in_force(at)]


def waived(in_force: Iterable[Waiver], findings: Iterable[Judged]) -> dict[tuple[str, str], str]:
    """Which findings, as (check, uid), the waivers accept, each with the waiver in words."""
    by_check: dict[str, list[Waiver]] = {}
    for waiver in in_force:
        by_check.setdefault(waiver.check, []).append(waiver)
    return {
        (finding.check, finding.uid): str(waiver)
        for finding in findings
        for waiver in by_check.get(finding.check, ())
        if waiver.covers(finding)
    }


def add(log: EventLog, record: _Record) -> int:
    """Append a record to the ledger under its schema; gives its index."""
    return log.append_event({"schema": record.SCHEMA, **asdict(record)})


def read(log: EventLog, type_: type[R]) -> Iterator[R]:
    """Every record of one type, oldest first."""
    names = [field.name for field in fields(type_)]
    for _, event in log.events(type_.SCHEMA):
        yield type_(**{name: event[name] for name in names})


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """The UTC instant at which a day of that zone is over; raises RecordRefused for the last days there are."""
    if day >= date.max - timedelta(days=2):
        raise RecordRefused(f"no day comes after {day}")
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)


def waiver_id(event: WaiverGranted) -> str:
    """The id that follows from what was granted."""
    return "waiver-" + digest(canonical(asdict(event)))[7:19]


def _granted(request: WaiverRequest, at: datetime, expires: datetime) -> WaiverGranted:
    match request.subject:
        case OnResource(uid):
            place = (uid, "", "")
        case OnScope(target, part):
            place = ("", target, part)
    people = (request.reason.strip(), request.approver.strip(), request.owner.strip())
    return WaiverGranted(request.check, *place, *people, _text(at), _text(expires))


def _answerable(reason: str, **people: str) -> None:
    if len(reason.strip()) < LEAST_REASON:
        raise RecordRefused(
            f"a reason has at least {LEAST_REASON} characters", hint="Say why, for an auditor."
        )
    for role, name in people.items():
        if not name.strip():
            raise RecordRefused(f"the {role} is not named")


def _with_revocation(waiver: Waiver, revoked: datetime | None) -> Waiver:
    return waiver if revoked is None else replace(waiver, revoked=revoked)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
