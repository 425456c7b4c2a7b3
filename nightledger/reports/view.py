"""A report arranged for reading on one page: long lists are grouped and cut, and every cut says how much it left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from checks.status_line import ProvisionState
from evidence.model import LinkType
from nightledger.reports import tables
from nightledger.reports.charts import Chart, Segment, shares, stacked
from nightledger.reports.model import (
    CheckLine,
    CoverageLine,
    FindingLine,
    LinkLine,
    ProvisionLine,
    Report,
    Standing,
    WaiverLine,
)

MOST = 50
"""How many names, sentences or places one list shows; the rest is in the CSV files."""


@dataclass(frozen=True, slots=True)
class Name:
    """A resource as a list shows it."""

    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence with those it was said of; `more` names are not shown."""

    sentence: str
    waiver: str
    count: int
    names: tuple[Name, ...]
    more: int
    since: str


@dataclass(frozen=True, slots=True)
class Pile:
    """One check's findings of one standing; `more` findings are in sentences that are not shown."""

    standing: Standing
    count: int
    said: tuple[Said, ...]
    more: int


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check with its population and its findings; `anchor` is its place on the page."""

    check: CheckLine
    anchor: str
    counts: Mapping[Standing, int]
    piles: tuple[Pile, ...]

    @property
    def asked(self) -> int:
        """Findings that had or should have had an answer: all but not applicable."""
        return sum(self.counts.values()) - self.counts[Standing.NOT_APPLICABLE]

    def pile(self, standing: Standing) -> Pile | None:
        """The findings of one standing, None when there are none."""
        return next((pile for pile in self.piles if pile.standing == standing), None)


@dataclass(frozen=True, slots=True)
class SourceView:
    """One source's coverage as two bars: its scopes, and its facts."""

    source: str
    lines: tuple[CoverageLine, ...]
    total: Mapping[str, int]
    scopes: tuple[Segment, ...]
    facts: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows beside the report itself; `told_under` says under which provision a check's failures are told."""

    report: Report
    checks: Mapping[str, CheckView]
    failing: tuple[ProvisionLine, ...]
    told_under: Mapping[str, str]
    unlinked: tuple[CheckView, ...]
    states: tuple[tuple[ProvisionState, int], ...]
    waivers: Mapping[str, tuple[WaiverLine, ...]]
    trend: tuple[Chart, ...]
    sources: tuple[SourceView, ...]


def arrange(report: Report) -> View:
    """The report arranged for one page; raises ReportError where pandas is not installed."""
    checks = _checks(report)
    failing = tuple(line for line in report.provisions if _fails(line, checks))
    told = _told_under(failing)
    return View(
        report=report,
        checks=checks,
        failing=failing,
        told_under=told,
        unlinked=tuple(v for v in checks.values() if v.counts[Standing.FAIL] and v.check.id not in told),
        states=_states(report.provisions),
        waivers=_waivers(report.waivers),
        trend=_trend(report),
        sources=_sources(report),
    )


def said(findings: Iterable[FindingLine]) -> tuple[tuple[Said, ...], int]:
    """Findings of one check and standing by equal sentence, the most common first, and how many are not shown."""
    together: dict[tuple[str, str], list[FindingLine]] = {}
    for finding in findings:
        together.setdefault((finding.sentence, finding.waiver), []).append(finding)
    ranked = sorted(together.items(), key=lambda item: (-len(item[1]), item[0]))
    left = sum(len(lines) for _, lines in ranked[MOST:])
    return tuple(_said(*key, lines) for key, lines in ranked[:MOST]), left


def _said(sentence: str, waiver: str, lines: Sequence[FindingLine]) -> Said:
    names = tuple(Name(line.name or line.uid, line.place) for line in lines[:MOST])
    since = min(line.since for line in lines)
    return Said(sentence, waiver, len(lines), names, len(lines) - len(names), since)


def _checks(report: Report) -> dict[str, CheckView]:
    counts = tables.counts_by_check(report)
    piles: dict[str, list[Pile]] = {}
    by_check = groupby(report.findings, key=lambda line: (line.check, line.standing))
    for (check, standing), group in by_check:
        lines = list(group)
        shown, more = said(lines)
        piles.setdefault(check, []).append(Pile(standing, len(lines), shown, more))
    return {
        line.id: CheckView(line, f"check-{position}", counts[line.id], tuple(piles.get(line.id, ())))
        for position, line in enumerate(report.checks, start=1)
    }


def _fails(line: ProvisionLine, checks: Mapping[str, CheckView]) -> bool:
    return any(checks[link.check].counts[Standing.FAIL] for link in line.links if _weighs(link))


def _weighs(link: LinkLine) -> bool:
    return link.type is not LinkType.CONTEXT


def _told_under(provisions: Sequence[ProvisionLine]) -> dict[str, str]:
    """Each check's failures are listed once: where it is linked directly, else where it is first linked."""
    weighty = [(link, line.id) for line in provisions for link in line.links if _weighs(link)]
    first: dict[str, str] = {}
    for link, provision in sorted(weighty, key=lambda pair: pair[0].type is not LinkType.DIRECT):
        first.setdefault(link.check, provision)
    return first


def _states(provisions: Sequence[ProvisionLine]) -> tuple[tuple[ProvisionState, int], ...]:
    return tuple((state, sum(line.state is state for line in provisions)) for state in ProvisionState)


def _waivers(waivers: Sequence[WaiverLine]) -> dict[str, tuple[WaiverLine, ...]]:
    by_standing = groupby(waivers, key=lambda line: line.standing)
    return {standing: tuple(lines) for standing, lines in by_standing}


def _trend(report: Report) -> tuple[Chart, ...]:
    points = report.trend
    labels = [f"{point.started[5:10]}" for point in points]
    bad = [(label, (p.failed, p.unknown)) for label, p in zip(labels, points, strict=True)]
    everything = [
        (label, (p.failed, p.unknown, p.not_applicable, p.passed))
        for label, p in zip(labels, points, strict=True)
    ]
    fail, unknown = ("fail", "fail"), ("unknown", "unknown")
    all_looks = (fail, unknown, ("not_applicable", "not applicable"), ("pass", "pass"))
    return (
        stacked("Failing and unknown answers, by run", (fail, unknown), bad),
        stacked("All answers, by run", all_looks, everything),
    )


def _sources(report: Report) -> tuple[SourceView, ...]:
    totals = tables.coverage_by_source(report).to_dict("records")
    return tuple(_source(report, total) for total in totals)


def _source(report: Report, total: Mapping[str, int]) -> SourceView:
    name = str(total["source"])
    scopes = [total[end] for end in ("complete", "partial", "failed", "not_attempted")]
    facts = [total["facts_read"], total["facts_missing"]]
    return SourceView(
        source=name,
        lines=tuple(line for line in report.coverage if line.source == name),
        total={str(key): value for key, value in total.items()},
        scopes=shares(scopes, ("pass", "unknown", "fail", "not_applicable")),
        facts=shares(facts, ("pass", "unknown")),
    )
