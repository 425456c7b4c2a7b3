"""Two nights side by side: what each reached, and the whole history of every resource that needs a word.

Reads the store; decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

from evidence.documents import Document, decode_facts
from evidence.drift_entry import Limits
from evidence.model import Fact, Resource, Scope, ScopeStatus, Status, Unit
from evidence.store import EvidenceSpan, FindingSpan, Run, Store, UnitRow, UnitState
from evidence.store.rows import Window
from evidence.store.spans import ResourceSpans
from evidence.store.standing import standing

Rejudge = Callable[[str, Resource, Mapping[str, Fact]], Status | None]
"""Today's check put to yesterday's facts: (check id, resource, facts) to a status, None where it cannot say."""

Key = tuple[Unit, str]
"""A resource: its unit and its uid."""

DETERMINATE = (Status.PASS, Status.FAIL, Status.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Night:
    """One run and how far each of its units got."""

    run: Run
    units: Mapping[Unit, UnitRow]

    def done(self, unit: Unit) -> bool:
        """Whether the unit was polled to its end."""
        row = self.units.get(unit)
        return row is not None and row.state is UnitState.DONE

    def listed(self, unit: Unit, part: str) -> bool:
        """Whether this part of the unit was listed completely, so that absence means absence."""
        return self.done(unit) and any(
            scope.scope.part == part and scope.status is ScopeStatus.COMPLETE
            for scope in self.units[unit].coverage
        )

    def saw(self, key: Key) -> bool:
        """Whether what is held of a resource was measured in this run, not remembered."""
        unit, uid = key
        return self.done(unit) and uid not in self.units[unit].carried


@dataclass(frozen=True, slots=True)
class History:
    """All spans ever held of one resource, oldest first."""

    evidence: list[EvidenceSpan]
    findings: dict[str, list[FindingSpan]]

    @property
    def name(self) -> str:
        """The name it was last known by."""
        spans: Sequence[EvidenceSpan | FindingSpan] = self.evidence or next(iter(self.findings.values()))
        return spans[-1].name or spans[-1].uid

    @property
    def part(self) -> str:
        """The part it was last known in."""
        return self.evidence[-1].part if self.evidence else "global"

    def evidence_at(self, run: int) -> EvidenceSpan | None:
        """The evidence that held as of a run."""
        return next((span for span in self.evidence if span.from_run <= run < span.to_run), None)

    def finding_at(self, check: str, run: int) -> FindingSpan | None:
        """What was said as of a run."""
        spans = self.findings.get(check, ())
        return next((span for span in spans if span.from_run <= run < span.to_run), None)

    def determinate(self, check: str, run: int) -> FindingSpan | None:
        """The newest span begun by a run in which the question had an answer."""
        spans = [span for span in self.findings.get(check, ()) if span.from_run <= run]
        return next((span for span in reversed(spans) if span.status in DETERMINATE), None)


@dataclass(frozen=True, slots=True)
class Nights:
    """The comparison's material: both nights, the runs of the series by id, the histories worth a look."""

    store: Store
    before: Night
    after: Night
    runs: Mapping[int, Run]
    histories: Mapping[Key, History]
    limits: Limits
    rejudge: Rejudge | None
    others: dict[int, Night] = field(default_factory=dict)

    def date(self, run: int) -> str:
        """The day of a run, as text; "" for a run of which nothing is known."""
        known = self.runs.get(run)
        return (known.finished or known.started)[:10] if known else ""

    def since(self, run: int) -> str:
        """A run in words."""
        return f"run {run} of {self.date(run)}" if run in self.runs else "a run no longer on record"

    def days_ago(self, run: int) -> int:
        """Whole days from a run to the night looked at; 0 for an unknown run."""
        if run not in self.runs:
            return 0
        then, now = (date.fromisoformat(self.date(r)) for r in (run, self.after.run.id))
        return (now - then).days

    def run_before(self, run: int) -> int:
        """The run of the series before a run; 0 for the first."""
        return max((id_ for id_ in self.runs if id_ < run), default=0)

    def run_after(self, run: int) -> int:
        """The run of the series after a run; the later night itself where there is none."""
        return min((id_ for id_ in self.runs if id_ > run), default=self.after.run.id)

    def document(self, span: EvidenceSpan) -> Document:
        """The evidence document behind a span: name, part, labels, facts still encoded."""
        return self.store.evidence(span)[1]

    def decided(self, *spans: FindingSpan | None) -> set[str]:
        """The names of the facts that decided these findings."""
        return {name for span in spans if span is not None for name in span.verdict.facts}

    def observed(self, span: EvidenceSpan) -> tuple[Resource, dict[str, Fact]]:
        """The resource and its facts as that span holds them."""
        document = self.document(span)
        scope = Scope(span.unit.target, document["part"])
        labels = tuple((key, value) for key, value in document["labels"])
        resource = Resource(span.unit.kind, span.uid, document["name"], scope, labels)
        return resource, decode_facts(document["facts"])

    def night(self, run: int) -> Night:
        """Another run of the series, for looking further back; read once."""
        if run not in self.others:
            self.others[run] = _night(self.store, self.runs[run])
        return self.others[run]

    def version(self, check: str, run: int) -> str:
        """The digest of a check with its parameters as of a run; "" where it was not asked."""
        return self.runs[run].checks.get(check, "") if run in self.runs else ""


def load(store: Store, before: Run, after: Run, limits: Limits, rejudge: Rejudge | None) -> Nights:
    """Both nights, with the histories of all that changed between them or stands failing or unknown."""
    return Nights(
        store=store,
        before=_night(store, before),
        after=_night(store, after),
        runs={run.id: run for run in store.runs(after.series) if run.id <= after.id},
        histories=_histories(store, before, after),
        limits=limits,
        rejudge=rejudge,
    )


def is_scope(uid: str) -> bool:
    """Whether a uid stands for a whole scope, not for a resource."""
    return uid.startswith("scope:")


def _night(store: Store, run: Run) -> Night:
    return Night(run, {row.unit: row for row in store.units(run.id)})


def _histories(store: Store, before: Run, after: Run) -> dict[Key, History]:
    """All spans of what changed between the nights, and of what stands failing or unknown."""
    standing_uids = standing(store.backend, after.series, after.id, (Status.FAIL, Status.UNKNOWN))
    told = chain(
        store.spans.changed(after.series, Window(before.id, after.id)),
        store.spans.of_uids(after.series, sorted(uid for uid in standing_uids if not is_scope(uid))),
    )
    return {(spans.unit, spans.uid): _history(store, spans) for spans in told if not is_scope(spans.uid)}


def _history(store: Store, spans: ResourceSpans) -> History:
    findings: dict[str, list[FindingSpan]] = {}
    for finding in spans.findings(store.judgements):
        findings.setdefault(finding.check, []).append(finding)
    return History(spans.evidence(), findings)


def some(names: Iterable[str], most: int = 3) -> str:
    """The first few names, and how many more there are."""
    listed = list(names)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more
