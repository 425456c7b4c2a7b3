from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.store import Store
from nightledger.reports import build
from nightledger.reports.as_csv import FINDINGS, files
from nightledger.reports.model import Report
from nightledger.reports.text import cell
from tests.nightledger.reports import estate


@pytest.fixture
def report(store: Store) -> Report:
    estate.keep(store, estate.first_night())
    run = estate.keep(store, estate.second_night())
    return build(store, run, estate.CATALOGUE)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_every_finding_is_a_row_with_its_standing_and_reason(report: Report) -> None:
    found = rows(files(report)[FINDINGS])

    assert len(found) == 6
    unknown = next(row for row in found if row["standing"] == "unknown")
    assert unknown["name"] == "scans"
    assert unknown["missing"] == "encryption: denied, needs s3:GetEncryptionConfiguration"
    assert {row["run"] for row in found} == {"2"}


def test_provisions_name_their_denominator(report: Report) -> None:
    lines = {row["id"]: row for row in rows(files(report)["provisions.csv"])}

    mfa = lines["164.312(d)"]
    assert (mfa["state"], mfa["direct_passing"], mfa["direct_asked"]) == ("failing", "1", "2")
    assert mfa["direct_population"] == "2 aws.iam.user"


def test_changes_and_links_have_files_of_their_own(report: Report) -> None:
    written = files(report)

    assert {row["change"]: row["name"] for row in rows(written["changes.csv"])}["regressed"] == "bob"
    assert [row["check"] for row in rows(written["links.csv"]) if row["provision"] == "164.312(d)"] == [
        "user-has-mfa"
    ]


def test_the_population_counts_resources_of_each_kind_once(report: Report) -> None:
    kinds = {row["kind"]: row for row in rows(files(report)["population.csv"])}

    assert kinds["aws.s3.bucket"]["resources"] == "2"
    assert (kinds["aws.s3.bucket"]["fail"], kinds["aws.s3.bucket"]["unknown"]) == ("1", "1")
    assert kinds["aws.iam.user"]["resources"] == "2"


def test_each_place_that_was_not_listed_is_a_row(store: Store) -> None:
    run = estate.keep(store, estate.blind_night())
    found = rows(files(build(store, run, estate.CATALOGUE))["not_seen.csv"])

    assert [(row["kind"], row["place"], row["permissions"]) for row in found] == [
        ("aws.iam.user", "aws/111122223333", "iam:ListUsers"),
        ("aws.s3.bucket", "aws/111122223333", "s3:ListAllMyBuckets"),
    ]


def test_a_run_without_any_finding_still_has_its_columns(store: Store) -> None:
    day = "2026-11-20"
    run = estate.keep(store, estate.Night(day, [(estate.listed(estate.BUCKETS, day, {}), [])]))
    written = files(build(store, run, estate.CATALOGUE))

    assert rows(written[FINDINGS]) == []
    assert written[FINDINGS].startswith("run,check,severity,")
    assert all(text.endswith("\r\n") for text in written.values())


@pytest.mark.parametrize(
    "name",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u200b=1", "\uff1d1", '=HYPERLINK("http://x")'],
)
def test_no_cell_starts_a_formula(report: Report, name: str) -> None:
    hostile = replace(report, findings=(replace(report.findings[0], name=name, sentence=name),))
    (row,) = rows(files(hostile)[FINDINGS])

    assert row["name"].startswith("'")
    assert row["sentence"].startswith("'")


@given(st.text())
def test_no_text_becomes_a_formula_or_a_second_line(text: str) -> None:
    safe = cell(text)

    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert len(safe.splitlines()) <= 1


def test_ordinary_text_stays_as_it_is() -> None:
    assert cell("Zürich, 検査室 <b>") == "Zürich, 検査室 <b>"


def test_equal_reports_give_equal_files(store: Store) -> None:
    run = estate.keep(store, estate.first_night())

    assert files(build(store, run, estate.CATALOGUE)) == files(build(store, run, estate.CATALOGUE))
