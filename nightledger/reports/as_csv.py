"""A report as CSV files (RFC 4180) for a spreadsheet: everything is listed, and no cell can be a formula."""

from __future__ import annotations

from typing import Any

from nightledger.reports import tables
from nightledger.reports.model import Report
from nightledger.reports.text import cell

FINDINGS = "findings.csv"
"""The file that holds every finding of the run."""


def files(report: Report) -> dict[str, str]:
    """The text of each file by name."""
    frames = {
        FINDINGS: tables.findings(report),
        "provisions.csv": _provisions(report),
        "links.csv": _links(report),
        "changes.csv": _changes(report),
        "choices.csv": tables.of(report.choices, ["check", "choice", "reason"]),
        "not_seen.csv": tables.places(report),
        "waivers.csv": tables.of(report.waivers, ["id", "check", "subject", "standing", "expires"]),
        "coverage.csv": tables.of(report.coverage, ["source", "kind"]),
        "population.csv": tables.counts_by_kind(report),
        "trend.csv": tables.of(report.trend, ["run", "started"]),
    }
    return {name: _text(frame) for name, frame in frames.items()}


def _text(frame: tables.Frame) -> str:
    safe = frame.map(_safe)
    return str(safe.to_csv(index=False, lineterminator="\r\n"))


def _safe(value: Any) -> Any:
    return cell(value) if isinstance(value, str) else value


_ROLES = ("direct", "supporting", "context", "inherited")


def _provisions(report: Report) -> tables.Frame:
    frame = tables.of(report.provisions).drop(columns=[*_ROLES, "links"])
    for type_ in _ROLES:
        for figure in ("passing", "asked", "population", "failing", "waived", "unknown"):
            frame[f"{type_}_{figure}"] = [getattr(getattr(p, type_), figure) for p in report.provisions]
    return frame


def _links(report: Report) -> tables.Frame:
    frame = tables.of([link for line in report.provisions for link in line.links], ["check", "type"])
    frame.insert(0, "provision", [line.id for line in report.provisions for _ in line.links])
    return frame


def _changes(report: Report) -> tables.Frame:
    groups = report.changes.groups
    frame = tables.of([line for group in groups for line in group.lines], ["sentence", "check"])
    frame.insert(0, "change", [group.change for group in groups for _ in group.lines])
    return frame
