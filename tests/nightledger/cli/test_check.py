import json
import os
from pathlib import Path

import pytest

LENDER = Path(__file__).parent / "lender"


def test_a_check_ends_with_1_when_something_fails(run):
    ended = run("check", "demo-box-locked")
    assert ended.code == 1
    assert "there is no lock" in ended.out


def test_one_resource_is_asked_about_by_name_or_uid_and_nothing_else_counts(run):
    for wanted in ("ledger", "box:ledger"):
        ended = run("check", "demo-box-locked", "--on", wanted, "--output", "json")
        assert ended.code == 0, ended.err
        assert [row["name"] for row in ended.rows] == ["ledger"]


def test_a_resource_that_is_not_there_is_not_a_pass(run):
    ended = run("check", "demo-box-locked", "--on", "no-such-box")
    assert ended.code == 3
    assert "nothing could be read" in ended.err


def test_without_seal_nothing_is_kept(desk, run):
    run("check", "demo-box-locked")
    assert not (desk.path / "evidence.db").exists()


def test_sealed_checks_are_a_series_of_their_own(run):
    run("scan")
    ended = run("check", "demo-box-locked", "--on", "shed", "--seal", "--output", "json")
    assert json.loads(ended.out)["series"] == "part: demo-box-locked on=shed"
    assert ended.code == 1
    assert run("scan").err.count("0 changed since run 1") == 1
    assert run("verify").code == 0


def test_a_waived_failure_does_not_fail_the_check(run):
    run("scan")
    waived = run(
        "waive", "demo-box-locked", "--on", "box:shed", "--until", "2099-01-01",
        "--reason", "The shed stands in a locked yard.", "--approver", "A. Ng",
    )  # fmt: skip
    assert waived.code == 0
    ended = run("check", "demo-box-locked")
    assert ended.code == 0
    assert "1 waived" in ended.err


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["demo-box-lokced"], "demo-box-locked"),
        (["encryption-at-rst"], "encryption_at_rest"),
        (["demo-box-locked", "--source", "storeroom"], "store-room"),
    ],
)
def test_a_word_nearly_right_is_answered_with_the_nearest(run, words, meant):
    ended = run("check", *words)
    assert ended.code == 2
    assert meant in ended.err


def test_checks_that_ask_nothing_of_the_sources_end_with_2(run):
    ended = run("check", "aws-iam-user-mfa")
    assert ended.code == 2


def test_an_excluded_check_is_asked_only_by_its_own_name(desk, run):
    text = "selection: {exclude: [{check: demo-box-locked, reason: decided by the committee}]}"
    desk.settings((desk.path / "nightledger.yaml").read_text() + text)
    assert run("check", "demo-checks").code == 2
    assert run("check", "demo-box-locked").code == 1


def test_a_lent_fact_is_read_but_never_stands_for_the_resource_asked_about(desk):
    environ = {"PYTHONPATH": f"{desk.environ['PYTHONPATH']}{os.pathsep}{LENDER}"}
    words = ("check", "lender-checks", "--output", "json")
    seen = desk(*words, "--on", "ledger", environ=environ)
    assert seen.code == 0, seen.err
    assert [(row["check"], row["sentence"]) for row in seen.rows] == [
        ("demo-box-guarded", "lock 3, guard dog")
    ]
    for more in ((), ("--seal",)):
        mistyped = desk(*words, "--on", "ledgr", *more, environ=environ)
        assert mistyped.code == 3
        assert mistyped.rows == []
        assert "nothing could be read" in mistyped.err
