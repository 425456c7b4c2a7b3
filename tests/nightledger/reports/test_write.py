from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from evidence.store import Store
from nightledger.reports import Report, ReportError, build, write
from tests.nightledger.reports import estate


@pytest.fixture
def report(store: Store) -> Report:
    return build(store, estate.keep(store, estate.first_night()), estate.CATALOGUE)


def test_each_format_is_one_file(report: Report, tmp_path: Path) -> None:
    for name in ("html", "csv", "json"):
        write(report, name, tmp_path / f"report.{name}")

    assert (tmp_path / "report.html").read_text().startswith("<!DOCTYPE html>")
    assert (tmp_path / "report.csv").read_text("utf-8-sig").startswith("run,check,")
    assert (tmp_path / "report.json").read_text().startswith("{")


def test_csv_into_a_folder_writes_every_table(report: Report, tmp_path: Path) -> None:
    write(report, "csv", tmp_path / "tables")

    names = {path.name for path in (tmp_path / "tables").iterdir()}
    assert {"findings.csv", "provisions.csv", "changes.csv", "waivers.csv", "trend.csv"} <= names
    assert all(name.endswith(".csv") for name in names)


def test_a_spreadsheet_is_told_the_encoding(report: Report, tmp_path: Path) -> None:
    write(report, "csv", tmp_path / "f.csv")

    assert (tmp_path / "f.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_writing_again_replaces_the_file_and_leaves_nothing_beside_it(report: Report, tmp_path: Path) -> None:
    target = tmp_path / "out" / "report.json"
    write(report, "json", target)
    first = target.read_bytes()
    write(report, "json", target)

    assert target.read_bytes() == first
    assert [path.name for path in target.parent.iterdir()] == ["report.json"]


def test_an_unknown_format_is_refused_with_those_there_are(report: Report, tmp_path: Path) -> None:
    with pytest.raises(ReportError) as refused:
        write(report, "pptx", tmp_path / "r.pptx")

    assert refused.value.hint == "one of html, csv, json"
    assert list(tmp_path.glob("r.pptx")) == []


def test_a_path_that_cannot_be_written_is_one_clear_error(report: Report, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(ReportError, match="cannot write the report to"):
        write(report, "json", tmp_path / "file" / "report.json")


def test_importing_reports_imports_neither_pandas_nor_jinja2() -> None:
    code = "import sys, nightledger.reports; print({'pandas', 'numpy', 'jinja2'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"


def test_json_needs_no_extra(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "sys.modules['pandas'] = sys.modules['jinja2'] = None\n"
        "from nightledger.reports.as_json import document\n"
        "from nightledger.reports import write\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])


def test_a_missing_extra_is_named(report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(ReportError, match="pandas") as refused:
        write(report, "csv", tmp_path / "f.csv")

    assert refused.value.hint == "Install nightledger[report]."
