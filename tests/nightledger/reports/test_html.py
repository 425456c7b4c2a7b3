from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.load import Catalogue
from evidence import records
from evidence.model import LinkType, Status
from evidence.store import Store
from nightledger.reports import build
from nightledger.reports.as_html import page
from nightledger.reports.lines import FindingLine, Standing
from nightledger.reports.model import Report
from tests.nightledger.reports import estate
from tests.nightledger.reports.pages import Page


@pytest.fixture
def report(store: Store) -> Report:
    estate.keep(store, estate.first_night())
    run = estate.keep(store, estate.second_night())
    return build(store, run, estate.CATALOGUE, organisation="St. Example")


def named(report: Report, name: str) -> Report:
    findings = tuple(replace(line, name=name, sentence=f"says {name}") for line in report.findings)
    return replace(report, findings=findings, organisation=name)


def many(report: Report, number: int, standing: Standing, sentence: str) -> Report:
    pattern = next(line for line in report.findings if line.check == "bucket-encrypted")
    lines: tuple[FindingLine, ...] = tuple(
        replace(
            pattern, standing=standing, name=f"bucket-{n:05d}", uid=f"u{n:05d}", sentence=sentence.format(n=n)
        )
        for n in range(number)
    )
    return replace(report, findings=lines)


def test_the_page_is_well_formed_and_every_link_on_it_leads_somewhere(report: Report) -> None:
    parsed = Page(page(report))

    assert parsed.problems == []
    assert parsed.open == []
    assert len(parsed.ids) == len(set(parsed.ids))
    targets = [a["href"] for a in parsed.all("a")]
    assert targets
    assert all(target.startswith("#") and target[1:] in parsed.ids for target in targets)


def test_the_page_loads_and_runs_nothing(report: Report) -> None:
    html = page(report)
    parsed = Page(html)

    assert not [tag for tag, _ in parsed.tags if tag in {"script", "img", "link", "iframe", "object", "form"}]
    assert not [name for _, attributes in parsed.tags for name in attributes if name.startswith("on")]
    assert not [attributes for _, attributes in parsed.tags if "src" in attributes or "style" in attributes]
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_the_policy_allows_the_pages_own_style_and_nothing_else(report: Report) -> None:
    html = page(report)
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = next(
        m["content"] for m in Page(html).all("meta") if m.get("http-equiv") == "Content-Security-Policy"
    )

    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_it_says_what_it_is_and_what_it_is_not(report: Report) -> None:
    text = Page(page(report)).text

    assert text.count("Evidence of safeguards, not a determination of compliance.") == 2
    assert (
        "This report speaks of the 4 resources seen in this run, of 2 of the 2 kinds that were looked for"
        in text
    )
    assert "%" not in text
    assert "compliant" not in text


def test_it_tells_what_changed_what_was_not_seen_and_what_fails(report: Report) -> None:
    text = Page(page(report)).text

    assert "Compared with run 1 of 2026-11-20 02:00 UTC" in text
    assert "Got worse (1)" in text
    assert "Out of sight since this run (1)" in text
    assert "s3:GetEncryptionConfiguration" in text
    assert "164.312(a)(2)(iv) Encryption and decryption" in text
    assert "Does user-has-mfa hold? ✗ 1 of 2 fail" in text
    assert "has no second factor" in text


def test_it_says_that_it_is_unanchored_and_how_to_verify(report: Report) -> None:
    text = Page(page(report)).text

    assert "Unanchored." in text
    assert "nightledger verify" in text
    assert report.seal.root in text
    assert report.seal.fingerprint in text
    assert "Making this report did not check them." in text


def test_headings_do_not_skip_a_level(report: Report) -> None:
    levels = [int(tag[1]) for tag, _ in Page(page(report)).tags if re.fullmatch(r"h[1-6]", tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_picture_has_a_title_and_a_role(report: Report) -> None:
    html = page(report)
    pictures = re.findall(r'<svg[^>]*role="img"[^>]*>(.*?)</svg>', html, re.DOTALL)

    assert len(pictures) >= 2
    assert all(picture.lstrip().startswith("<title>") for picture in pictures)


def test_the_trend_is_also_a_table(report: Report) -> None:
    rows = re.findall(r'<tr><th scope="row">(\d+)</th>(.*?)</tr>', page(report), re.DOTALL)
    figures = {int(run): re.findall(r'<td class="n">(\d+)</td>', cells) for run, cells in rows}

    assert figures == {2: ["2", "1", "2", "1", "0"], 1: ["1", "0", "4", "1", "0"]}


def test_every_state_is_a_word_and_a_symbol_beside_its_colour(report: Report) -> None:
    html = page(report)
    worded = re.findall(r'<span class="badge \w+"><span aria-hidden="true">\S</span> \w', html)
    text = Page(html).text

    assert len(worded) == html.count('class="badge ')
    assert "✗ failing" in text
    assert "○ not covered" in text


def test_a_run_that_saw_nothing_says_so_before_anything_else(store: Store) -> None:
    run = estate.keep(store, estate.blind_night())
    html = page(build(store, run, estate.CATALOGUE))
    parsed = Page(html)

    assert '<div class="alarm grave" role="note">' in html
    assert parsed.text.index("This run saw nothing.") < parsed.text.index("At a glance")
    assert "No question was answered with a failure" in parsed.text
    assert "may still hide some" in parsed.text
    assert parsed.problems == []


def test_an_interrupted_run_says_so_at_the_top(store: Store) -> None:
    first = estate.first_night()
    run = estate.keep(store, estate.Night(first.day, first.results[:1], [estate.USERS], "interrupted"))
    text = Page(page(build(store, run, estate.CATALOGUE))).text

    assert text.index("This run was interrupted.") < text.index("At a glance")
    assert "not attempted: the run ended before it was looked at" in text


def test_a_waiver_is_shown_with_who_answers_for_it_until_when(store: Store) -> None:
    subject = records.OnResource(estate.bucket("letters").uid)
    request = records.WaiverRequest(
        "bucket-encrypted",
        subject,
        "moves to <b>the archive</b> soon",
        "Dr. Grey",
        "storage",
        date(2026, 12, 1),
    )
    records.grant(store, request, at=datetime(2026, 11, 20, 1, tzinfo=UTC), zone=UTC)
    run = estate.keep(store, estate.first_night())
    text = Page(page(build(store, run, estate.CATALOGUE))).text

    assert "Ending within 30 days" in text
    assert "moves to <b>the archive</b> soon" in text
    assert "approved by Dr. Grey , owner storage" in text
    assert "2026-12-02 00:00 UTC" in text


def test_what_the_organisation_left_out_is_told_with_its_reason(store: Store) -> None:
    first = estate.first_night()
    night = estate.Night(first.day, first.results, selection={"excluded": {"x": "<i>asked elsewhere</i>"}})
    text = Page(page(build(store, estate.keep(store, night), estate.CATALOGUE))).text

    assert "x left out <i>asked elsewhere</i>" in text


def test_a_scope_that_could_not_be_listed_is_named_as_a_whole(store: Store) -> None:
    run = estate.keep(store, estate.blind_night())

    assert "the whole of aws/111122223333" in Page(page(build(store, run, estate.CATALOGUE))).text


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</style><script>",
        "{{ 7*7 }}{% raw %}",
        "&lt;b&gt;",
        "javascript:alert(1)",
    ],
)
def test_a_hostile_name_is_only_text(report: Report, name: str) -> None:
    parsed = Page(page(named(report, name)))

    assert name in parsed.text
    assert parsed.problems == []
    assert not [tag for tag, _ in parsed.tags if tag in {"script", "img", "b" if "<b" in name else "script"}]


def test_what_would_reorder_or_hide_text_becomes_visible(report: Report) -> None:
    html = page(named(report, "safe\u202etxt.exe\u200b\x00\x1b[31m"))

    assert "safe\ufffdtxt.exe\ufffd\ufffd\ufffd[31m" in html
    assert not set(html) & set("\u202e\u200b\x00\x1b")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("small")
    bare = estate.bucket("bare")
    failing = estate.said(estate.ENCRYPTED, bare, Status.FAIL, "not encrypted")
    result = estate.listed(estate.BUCKETS, "2026-11-20", {bare: None})
    with Store.open(str(folder / "evidence.db"), keys=folder / "keys") as store:
        run = estate.keep(store, estate.Night("2026-11-20", [(result, [failing])]))
        return build(store, run, estate.CATALOGUE)


@settings(max_examples=30, deadline=None)
@given(name=st.text(max_size=60))
def test_no_name_breaks_the_page(small: Report, name: str) -> None:
    parsed = Page(page(named(small, name)))

    assert parsed.problems == []
    assert parsed.open == []
    assert not parsed.all("script")


def test_equal_sentences_are_told_once_with_the_first_fifty_names(report: Report) -> None:
    html = page(many(report, 10_000, Standing.FAIL, "objects are not encrypted"))
    text = Page(html).text

    assert "and 9,950 more, named in the CSV files" in text
    assert "bucket-00049" in text
    assert "bucket-00050" not in text
    assert len(html) < 250_000


def test_ten_thousand_different_sentences_still_make_a_usable_page(report: Report) -> None:
    html = page(many(report, 10_000, Standing.FAIL, "the key of {n} is old"))

    assert "9,950 findings with other words are not shown here" in Page(html).text
    assert len(html) < 400_000


def test_equal_reports_give_equal_bytes(store: Store) -> None:
    run = estate.keep(store, estate.first_night())

    assert page(build(store, run, estate.CATALOGUE)) == page(build(store, run, estate.CATALOGUE))


def test_a_check_that_fails_for_two_provisions_names_its_resources_once(store: Store) -> None:
    links = [("164.312(c)(1)", LinkType.SUPPORTING), ("164.312(a)(2)(iv)", LinkType.DIRECT)]
    twice = estate.a_check("bucket-encrypted", "aws.s3.bucket", links)
    run = estate.keep(store, estate.first_night())
    text = Page(page(build(store, run, Catalogue({**estate.CHECKS, twice.id: twice}, {})))).text
    failing = text[text.index("3. What fails, by provision") : text.index("4. Accepted risks")]

    assert failing.count("letters") == 1
    assert "supporting evidence, listed under 164.312(a)(2)(iv)" in failing
