from __future__ import annotations

import json
from dataclasses import replace

import pytest

from evidence.store import Store
from nightledger.reports import build
from nightledger.reports.as_json import document
from nightledger.reports.model import Report
from tests.nightledger.reports import estate


@pytest.fixture
def report(store: Store) -> Report:
    estate.keep(store, estate.first_night())
    run = estate.keep(store, estate.second_night())
    return build(store, run, estate.CATALOGUE, organisation="St. Example")


def test_it_carries_its_schema_version_and_what_it_is_not(report: Report) -> None:
    read = json.loads(document(report))

    assert read["schema_version"] == 1
    assert read["kind"] == "report"
    assert read["statement"] == "Evidence of safeguards, not a determination of compliance."


def test_it_holds_the_figures_the_findings_and_the_seal(report: Report) -> None:
    read = json.loads(document(report))

    assert read["totals"] == {"fail": 2, "waived": 0, "unknown": 1, "pass": 2, "not_applicable": 1}
    assert len(read["findings"]) == 6
    assert read["seal"]["root"] == report.seal.root
    assert {p["id"]: p["state"] for p in read["provisions"]}["164.312(d)"] == "failing"


def test_text_is_kept_exactly_and_escaped_to_ascii(report: Report) -> None:
    name = "\u202eevil\x1b[31m\n=1"
    text = document(replace(report, findings=(replace(report.findings[0], name=name),)))

    assert text.isascii()
    assert json.loads(text)["findings"][0]["name"] == name


def test_equal_reports_give_equal_text(store: Store) -> None:
    run = estate.keep(store, estate.first_night())

    assert document(build(store, run, estate.CATALOGUE)) == document(build(store, run, estate.CATALOGUE))
