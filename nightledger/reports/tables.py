"""The counts and tables behind HTML and CSV, shaped with pandas; nothing here decides or hashes anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from importlib import import_module
from typing import Any

from nightledger.reports.lines import FindingLine, Standing
from nightledger.reports.model import Report, ReportError

Frame = Any
"""A pandas DataFrame; pandas is an extra and imported only when a table is made."""


def findings(report: Report) -> Frame:
    """One row for each finding, in the report's order."""
    return _frame((_finding(report, line) for line in report.findings), _FINDING_COLUMNS)


def counts_by_check(report: Report) -> dict[str, dict[Standing, int]]:
    """For each check the run asked, its findings by standing."""
    pivot = _counts(findings(report), [line.id for line in report.checks])
    return {str(check): _by_standing(row) for check, row in pivot.to_dict("index").items()}


def counts_by_kind(report: Report) -> Frame:
    """The population: resources seen and findings by standing, for each kind."""
    table = findings(report)
    pivot = table.pivot_table(index="kind", columns="standing", values="check", aggfunc="size", fill_value=0)
    pivot = pivot.reindex(columns=[standing.value for standing in Standing], fill_value=0).astype("int64")
    seen = table[table["seen"] & ~table["uid"].str.startswith("scope:")]
    pivot.insert(0, "resources", seen.groupby("kind")["uid"].nunique().reindex(pivot.index, fill_value=0))
    return pivot.reset_index()


def coverage_by_source(report: Report) -> Frame:
    """Coverage summed over the kinds of each source."""
    table = of(report.coverage)
    return table if table.empty else table.drop(columns="kind").groupby("source", as_index=False).sum()


def places(report: Report) -> Frame:
    """One row for each place that was not wholly listed."""
    rows = [asdict(gap) | {"permissions": "; ".join(gap.permissions)} for gap in report.unseen.scopes]
    columns = ["source", "kind", "status", "why", "permissions", "places"]
    return _frame(rows, columns).explode("places").rename(columns={"places": "place"})


def of(lines: Sequence[Any], columns: Sequence[str] = ()) -> Frame:
    """One row for each of some lines of a report; tuples are joined to text. `columns` serve where there is none."""
    names = [field.name for field in fields(lines[0])] if lines else list(columns)
    return _frame(({key: _flat(value) for key, value in asdict(line).items()} for line in lines), names)


def _counts(table: Frame, checks: Sequence[str]) -> Frame:
    counted = table.groupby(["check", "standing"]).size().unstack(fill_value=0)
    standings = [standing.value for standing in Standing]
    return counted.reindex(index=checks, columns=standings, fill_value=0)


def _by_standing(row: Mapping[Any, Any]) -> dict[Standing, int]:
    return {standing: int(row[standing.value]) for standing in Standing}


def _finding(report: Report, line: FindingLine) -> dict[str, Any]:
    return {"run": report.run.id, **{key: _flat(value) for key, value in asdict(line).items()}}


def _flat(value: Any) -> Any:
    match value:
        case tuple() | list():
            return "; ".join(map(str, value))
        case str():
            return str(value)
        case _:
            return value


def _frame(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Frame:
    return _pandas().DataFrame(list(rows), columns=list(columns))


def _pandas() -> Any:
    try:
        return import_module("pandas")
    except ModuleNotFoundError:
        raise ReportError(
            "this report needs pandas, which is not installed", hint="Install nightledger[report]."
        ) from None


_FINDING_COLUMNS = ["run", *(field.name for field in fields(FindingLine))]
