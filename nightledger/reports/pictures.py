"""The pictures of a report: the trend of the last runs, and how far each source was reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nightledger.reports import tables
from nightledger.reports.charts import Chart, Segment, shares, stacked
from nightledger.reports.lines import CoverageLine
from nightledger.reports.model import Report


@dataclass(frozen=True, slots=True)
class SourceView:
    """One source's coverage as two bars: its scopes, and its facts; `total` sums the figures of its lines."""

    source: str
    lines: tuple[CoverageLine, ...]
    total: Mapping[str, int]
    scopes: tuple[Segment, ...]
    facts: tuple[Segment, ...]


def trend_charts(report: Report) -> tuple[Chart, ...]:
    """What needs attention on a scale of its own, for a few failures vanish beside many passes; then everything."""
    points = report.trend
    labels = [point.started[5:10] for point in points]
    bad = [(point.failed, point.unknown) for point in points]
    everything = [(point.failed, point.unknown, point.not_applicable, point.passed) for point in points]
    return (
        stacked(
            "Failing and unknown answers, by run", _LOOKS[:2], list(zip(labels, bad, strict=True)), RUNS_SHOWN
        ),
        stacked("All answers, by run", _LOOKS, list(zip(labels, everything, strict=True)), RUNS_SHOWN),
    )


def source_views(report: Report) -> tuple[SourceView, ...]:
    """One view for each source."""
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


RUNS_SHOWN = 12
"""Bars a chart leaves room for at least, so that three runs do not look like walls."""

_LOOKS = (("fail", "fail"), ("unknown", "unknown"), ("not_applicable", "not applicable"), ("pass", "pass"))
