"""A report arranged for reading on one page: long lists are grouped and cut, and every cut says how much it left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from checks.check import SEVERITIES
from checks.status_line import ProvisionState
from evidence.model import LinkType
from nightledger.reports import tables
from nightledger.reports.charts import Chart
from nightledger.reports.lines import CheckLine, FindingLine, LinkLine, ProvisionLine, Standing, WaiverLine
from nightledger.reports.model import Report
from nightledger.reports.pictures import SourceView, source_views, trend_charts

MOST = 50
"""How many names, sentences or places one list shows; the rest is in the CSV files."""

FEW = 10
"""How many changes of one sort stand open; those up to MOST can be unfolded."""

FAMILIES = ("technical", "physical", "administrative")
"""The families of the rule in the order in which a report shows them; what is in none comes last."""


@dataclass(frozen=True, slots=True)
class Name:
    """A resource as a list shows it."""

    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence with those it was said of; `more` names are not shown, `since` is the oldest of them."""

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
    def total(self) -> int:
        """All its findings."""
        return sum(self.counts.values())

    @property
    def asked(self) -> int:
        """Findings that had or should have had an answer: all but not applicable."""
        return self.total - self.counts[Standing.NOT_APPLICABLE]

    @property
    def failures(self) -> Pile:
        """Its failing findings."""
        failing = (pile for pile in self.piles if pile.standing is Standing.FAIL)
        return next(failing, Pile(Standing.FAIL, 0, (), 0))


@dataclass(frozen=True, slots=True)
class Failure:
    """A check that fails, seen from one provision; `told_under` is another provision where its names are listed."""

    link: LinkLine
    check: CheckView
    told_under: str


@dataclass(frozen=True, slots=True)
class Failing:
    """A provision with the checks that fail there, the names of each listed once on the page."""

    line: ProvisionLine
    here: tuple[Failure, ...]
    elsewhere: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows beside the report itself; `unlinked` checks fail and count for no provision."""

    checks: Mapping[str, CheckView]
    failing: tuple[Failing, ...]
    unlinked: tuple[CheckView, ...]
    states: tuple[tuple[ProvisionState, int], ...]
    families: tuple[tuple[str, tuple[ProvisionLine, ...]], ...]
    waivers: Mapping[str, tuple[WaiverLine, ...]]
    trend: tuple[Chart, ...]
    sources: tuple[SourceView, ...]


def arrange(report: Report) -> View:
    """The report arranged for one page; raises ReportError where pandas is not installed."""
    checks = _checks(report)
    told = _told_under(report.provisions)
    return View(
        checks=checks,
        failing=_failing(report.provisions, checks, told),
        unlinked=tuple(view for view in checks.values() if view.failures.count and view.check.id not in told),
        states=tuple((state, sum(p.state is state for p in report.provisions)) for state in ProvisionState),
        families=_families(report.provisions),
        waivers={word: tuple(lines) for word, lines in groupby(report.waivers, key=lambda w: w.standing)},
        trend=trend_charts(report),
        sources=source_views(report),
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
    names = tuple(map(_name, lines[:MOST]))
    since = min(line.since for line in lines)
    return Said(sentence, waiver, len(lines), names, len(lines) - len(names), since)


def _name(line: FindingLine) -> Name:
    if line.uid.startswith("scope:"):
        return Name(f"the whole of {line.name}", line.kind)
    return Name(line.name or line.uid, line.place)


def _checks(report: Report) -> dict[str, CheckView]:
    counts = tables.counts_by_check(report)
    piles: dict[str, list[Pile]] = {}
    for (check, standing), group in groupby(report.findings, key=lambda line: (line.check, line.standing)):
        lines = list(group)
        shown, more = said(lines)
        piles.setdefault(check, []).append(Pile(standing, len(lines), shown, more))
    return {
        line.id: CheckView(line, f"check-{position}", counts[line.id], tuple(piles.get(line.id, ())))
        for position, line in enumerate(report.checks, start=1)
    }


def _failing(
    provisions: Sequence[ProvisionLine], checks: Mapping[str, CheckView], told: Mapping[str, str]
) -> tuple[Failing, ...]:
    found = []
    for line in provisions:
        failures = [
            Failure(link, checks[link.check], told[link.check])
            for link in line.links
            if _weighs(link) and checks[link.check].failures.count
        ]
        if failures:
            failures.sort(key=_gravity)
            here = tuple(failure for failure in failures if failure.told_under == line.id)
            found.append(Failing(line, here, tuple(f for f in failures if f.told_under != line.id)))
    return tuple(sorted(found, key=_urgency))


def _told_under(provisions: Sequence[ProvisionLine]) -> dict[str, str]:
    """Where each check's failures are listed: where it is linked directly, else where it is first linked."""
    in_order = sorted(provisions, key=lambda line: _family(line.family))
    weighty = [(link, line.id) for line in in_order for link in line.links if _weighs(link)]
    told: dict[str, str] = {}
    for link, provision in sorted(weighty, key=lambda pair: pair[0].type is not LinkType.DIRECT):
        told.setdefault(link.check, provision)
    return told


def _weighs(link: LinkLine) -> bool:
    return link.type is not LinkType.CONTEXT


def _gravity(failure: Failure) -> tuple[bool, int, str]:
    severity = failure.check.check.severity
    worst_first = SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
    return failure.link.type is not LinkType.DIRECT, worst_first, failure.link.check


def _urgency(failing: Failing) -> tuple[bool, int]:
    return failing.line.state is not ProvisionState.FAILING, _family(failing.line.family)


def _family(family: str) -> int:
    return FAMILIES.index(family) if family in FAMILIES else len(FAMILIES)


def _families(
    provisions: Sequence[ProvisionLine],
) -> tuple[tuple[str, tuple[ProvisionLine, ...]], ...]:
    in_order = sorted(provisions, key=lambda line: _family(line.family))
    grouped = groupby(in_order, key=lambda line: line.family if line.family in FAMILIES else "other")
    return tuple((family, tuple(lines)) for family, lines in grouped)
