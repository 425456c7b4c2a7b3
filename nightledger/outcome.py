"""What a run came to, in words and as rows: the findings with their waivers, the counts, what could not be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from checks.check import Check
from collectors.listing import LEFT_OUT
from evidence import records
from evidence.model import Coverage, Finding, Missing, Resource, ScopeStatus, Status, scope_uid
from evidence.store import FindingRow, Run, UnitRow, UnitState
from nightledger.run import Judged, Tally, read_nothing

COLUMNS = ("status", "severity", "check", "name", "target", "sentence")
"""The columns of findings in a table."""

_ORDER = {
    status: place for place, status in enumerate(("fail", "unknown", "waived", "pass", "not_applicable"))
}
_QUIET = frozenset({"pass", "not_applicable"})
_SEVERITIES = ("critical", "high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Said:
    """One finding as records and rows need it, whether it comes from a run just made or from the store.

    `seen` is False where it is only remembered from an earlier run.
    """

    check: str
    kind: str
    uid: str
    name: str
    target: str
    part: str
    status: Status
    sentence: str
    missing: tuple[tuple[str, Missing], ...]
    seen: bool = True


@dataclass(frozen=True, slots=True)
class Gap:
    """One kind that was not wholly listed: where, and how far the listing got and why."""

    kind: str
    where: str
    how: str

    def __str__(self) -> str:
        return f"{self.kind} in {self.where}: {self.how}"


@dataclass(slots=True)
class Outcome:
    """The findings of one run in order of urgency, what of them is waived, and whether everything was seen.

    `rows` leave out passes and what does not apply unless everything was asked for; `counts` count all.
    """

    rows: list[Mapping[str, Any]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    unseen: list[Gap] = field(default_factory=list)
    unread: int = 0
    resources: int = 0
    changed: int | None = None
    before: Run | None = None

    @property
    def saw_nothing(self) -> bool:
        """Whether no resource was read, or nothing was answered about any."""
        return self.resources == 0 or not self.counts

    @property
    def incomplete(self) -> bool:
        """Whether something could not be read: a scope, or a fact that a check needed."""
        return self.saw_nothing or bool(self.unseen or self.unread)

    @property
    def summary(self) -> str:
        """`42 pass, 3 fail, 2 unknown, 1 waived, 4 changed since run 12 (2026-11-21 02:00 UTC)`."""
        text = ", ".join(f"{self.counts[status]:,} {status}" for status in ("pass", "fail", "unknown"))
        if self.counts["waived"]:
            text += f", {self.counts['waived']:,} waived"
        if self.changed is not None and self.before is not None:
            text += f", {self.changed:,} changed since run {self.before.id} ({minute(self.before.started)})"
        return text


@dataclass(frozen=True, slots=True)
class Reading:
    """What findings are read with: the checks for their severity, the waivers in force, and how much to keep.

    `on` limits them to the resource of that uid or name, and to what could not be listed, where it might be.
    """

    checks: Mapping[str, Check]
    waivers: Sequence[records.Waiver] = ()
    everything: bool = True
    on: str = ""


def of_run(judged: Iterable[Judged], reading: Reading) -> Outcome:
    """The outcome of a run as it goes, which no store keeps."""
    outcome, tally = Outcome(), Tally()
    for one in judged:
        tally.add(one)
        _read(outcome, (_from_model(one.result.unit.kind, finding) for finding in one.findings), reading)
    outcome.resources = tally.resources
    outcome.unseen = [_gap(kind, reached) for kind, reached in tally.unseen if reached.why != LEFT_OUT]
    outcome.rows.sort(key=_urgency)
    return outcome


def of_store(findings: Iterable[FindingRow], units: Iterable[UnitRow], reading: Reading) -> Outcome:
    """The outcome of a sealed run, as the store remembers it."""
    outcome = Outcome()
    _read(outcome, map(_from_store, findings), reading)
    for row in units:
        if not read_nothing(row.coverage):
            outcome.resources += sum(reached.listed - reached.gone for reached in row.coverage)
        outcome.unseen += [_gap(row.unit.kind, reached) for reached in row.coverage if _unseen(reached)]
        if row.state is not UnitState.DONE:
            outcome.unseen.append(Gap(row.unit.kind, row.unit.target, "not looked at"))
    outcome.rows.sort(key=_urgency)
    return outcome


def minute(moment: str) -> str:
    """`2026-11-21 02:00 UTC` from a UTC ISO-8601 moment."""
    return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M} UTC" if moment else "never"


def _unseen(reached: Coverage) -> bool:
    return (
        reached.status not in {ScopeStatus.COMPLETE, ScopeStatus.NOT_APPLICABLE} and reached.why != LEFT_OUT
    )


def _gap(kind: str, reached: Coverage) -> Gap:
    why = f" ({reached.why})" if reached.why else ""
    return Gap(kind, str(reached.scope), f"{reached.status.value.replace('_', ' ')}{why}")


def _read(outcome: Outcome, findings: Iterable[Said], reading: Reading) -> None:
    """Count every finding and keep the rows that are wanted, so that a large estate needs little memory."""
    for said in findings:
        # A scope that is partial only because no more was asked for is no finding.
        if said.missing == (("listing", LEFT_OUT),) or not _asked(said, reading.on):
            continue
        row = _row(said, reading)
        outcome.counts[row["status"]] += 1
        outcome.unread += bool(said.missing)
        if reading.everything or row["status"] not in _QUIET:
            outcome.rows.append(row)


def _asked(said: Said, on: str) -> bool:
    if not on or on in {said.uid, said.name}:
        return True
    return said.uid.startswith("scope:") and said.status is Status.UNKNOWN


def _row(said: Said, reading: Reading) -> dict[str, Any]:
    check = reading.checks.get(said.check)
    waiver = ""
    if said.status is Status.FAIL and said.seen:
        waiver = records.waived(reading.waivers, [said]).get((said.check, said.uid), "")
    return {
        "status": "waived" if waiver else said.status.value if said.seen else Status.UNKNOWN.value,
        "severity": check.severity if check else "",
        "check": said.check,
        "kind": said.kind,
        "name": said.name,
        "uid": said.uid,
        "target": said.target,
        "part": said.part,
        "sentence": said.sentence
        if said.seen
        else f"not seen in this run; last known: {said.status.value}, {said.sentence}",
        "provisions": [link.provision for link in check.links] if check else [],
        "missing": {name: str(why) for name, why in said.missing},
        "waiver": waiver,
    }


def _urgency(row: Mapping[str, Any]) -> tuple[int, int, str, str, str]:
    severity = _SEVERITIES.index(row["severity"]) if row["severity"] in _SEVERITIES else len(_SEVERITIES)
    return _ORDER[row["status"]], severity, row["check"], row["name"], row["uid"]


def _from_model(kind: str, finding: Finding) -> Said:
    match finding.subject:
        case Resource() as resource:
            uid, name, scope = resource.uid, resource.name, resource.scope
        case scope:
            uid, name = scope_uid(kind, scope), str(scope)
    return Said(
        finding.check,
        kind,
        uid,
        name,
        scope.target,
        scope.part,
        finding.status,
        finding.sentence,
        finding.missing,
    )


def _from_store(row: FindingRow) -> Said:
    return Said(
        row.check,
        row.kind,
        row.uid,
        row.name,
        row.target,
        row.part,
        row.status,
        row.sentence,
        row.missing,
        row.seen,
    )
