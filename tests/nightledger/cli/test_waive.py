import time

import pytest

GRANT = [
    "waive", "demo-box-locked", "--on", "box:shed", "--until", "2099-01-01",
    "--reason", "The shed stands in a locked yard.", "--approver", "A. Ng",
]  # fmt: skip


def next_second():
    """Moments on record are whole seconds: what follows is later than what was before."""
    time.sleep(1)


def without(*names):
    words = list(GRANT)
    for name in names:
        place = words.index(name)
        del words[place : place + 2]
    return words


def test_a_waiver_is_granted_listed_and_revoked_and_nothing_is_overwritten(run):
    run("scan")
    assert run(*GRANT).code == 0
    (granted,) = run("waive", "--output", "json").rows
    assert (granted["state"], granted["until"]) == ("in force", "2099-01-02T05:00:00Z")
    assert "1 waived" in run("scan").err
    revoked = run(
        "waive", "--revoke", granted["id"], "--reason", "The yard is no longer locked.", "--approver", "A. Ng"
    )
    assert revoked.code == 0
    assert [row["state"] for row in run("waive", "--output", "json").rows] == ["revoked"]
    assert "1 fail" in run("scan").err
    assert run("verify").code == 0


def test_a_waiver_never_hides_what_could_not_be_seen(desk, run):
    run("scan")
    run(*GRANT)
    desk.world({"shed": None}, refuse=["ReadLock"])
    assert "0 fail, 1 unknown" in run("scan").err


def test_a_scope_can_be_waived(run):
    run("scan")
    assert run(*without("--on"), "--scope", "demo/world").code == 0
    assert "1 waived" in run("scan").err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (without("--reason"), "a waiver needs --reason"),
        (without("--approver", "--until"), "a waiver needs --approver, --until"),
        (without("--on"), "either --on RESOURCE or --scope"),
        ([*GRANT, "--scope", "demo/world"], "either --on RESOURCE or --scope"),
        ([*without("--on"), "--on", "box:shde"], "did you mean box:shed?"),
        ([*without("--on"), "--scope", "demo/wrold"], "did you mean demo/world?"),
        ([*without("--until"), "--until", "9999-12-31"], "no day comes after 9999-12-31"),
        ([*without("--reason"), "--reason", "because"], "20 characters"),
        ([*without("--until"), "--until", "2020-01-01"], "already be over"),
        (["waive", "transmission", *GRANT[2:]], "is a topic of"),
        (["waive", "demo-box-lokced", *GRANT[2:]], "demo-box-locked"),
        (["waive", "--revoke", "waiver-000", "--reason", "x" * 20, "--approver", "A"], "waiver-000"),
    ],
)
def test_what_a_waiver_lacks_is_said(run, words, message):
    run("scan")
    ended = run(*words)
    assert ended.code == 2
    assert message in ended.err
    assert run("waive", "--output", "json").rows == []


def test_a_name_is_enough_where_it_names_one_resource(run):
    run("scan")
    assert run(*without("--on"), "--on", "shed").code == 0
    (granted,) = run("waive", "--output", "json").rows
    assert granted["subject"] == "box:shed"


def test_what_does_not_fail_cannot_be_waived(desk, run):
    desk.world({"shed": True})
    run("scan")
    ended = run(*GRANT)
    assert ended.code == 2
    assert "does not fail for box:shed: run 1 says pass" in ended.err


def test_a_waiver_of_today_leaves_an_earlier_night_as_it_was(desk, run):
    run("scan")
    next_second()
    run("scan")
    before = run("status", "310(c)", "--run", "1", "--output", "json").rows
    run(*GRANT)
    assert run("status", "310(c)", "--run", "1", "--output", "json").rows == before
    assert run("status", "310(c)", "--run", "2", "--output", "json").rows != before


def test_the_morning_after_names_who_accepted_what(run):
    run("scan")
    next_second()
    run(*GRANT)
    run("scan")
    assert (
        "was granted by A. Ng until 2099-01-02 05:00 UTC: The shed stands in a locked yard."
        in run("drift").out
    )
