"""Reading back what was sealed: status, show, drift, list, explain, report."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from checks.rule import catalog


def test_before_the_first_run_every_reader_says_so_and_ends_with_2(desk, run):
    for words in (["status"], ["drift"], ["show", "shed"], ["report", "json"], ["list", "runs"], ["waive"]):
        ended = run(*words)
        assert ended.code == 2, words
        assert "nightledger scan" in ended.err
    assert not (desk.path / "evidence.db").exists()


def test_status_names_every_safeguard_and_claims_no_compliance(run):
    run("scan")
    ended = run("status", "--output", "json")
    states = {row["provision"]: row["state"] for row in ended.rows}
    assert states["164.310(c)"] == "failing"
    assert states["164.312(a)(2)(iv)"] == "not_covered"
    assert "not a determination of compliance" in json.loads(ended.out)["note"]


def test_status_has_a_line_for_every_physical_and_technical_paragraph_of_the_rule(run):
    run("scan")
    rows = {row["provision"]: row for row in run("status", "--output", "json").rows}
    paragraphs = [one.id for one in catalog() if one.id.startswith(("164.310", "164.312"))]
    assert len(paragraphs) == 24
    for paragraph in paragraphs:
        roles = rows[paragraph].keys() & {"direct", "supporting", "context", "inherited"}
        assert roles or "nothing collected speaks to it" in rows[paragraph]["why"]
        assert rows[paragraph]["left_to_people"]


def test_status_of_one_provision_names_what_fails(run):
    run("scan")
    ended = run("status", "310(c)")
    assert "demo-box-locked on shed: there is no lock" in ended.out


def test_an_unknown_provision_is_answered_with_the_nearest(run):
    run("scan")
    ended = run("status", "164.312(z)")
    assert ended.code == 2
    assert "164.312" in ended.err


def test_show_gives_facts_findings_and_the_raw_answers(run):
    run("scan")
    rows = run("show", "ledger", "--raw", "--output", "json").rows
    found = {(row["subject"], row["name"]): row["value"] for row in rows}
    assert found["fact", "lock"] == "3"
    assert found["finding", "demo-box-locked"] == "pass: the lock has strength 3 (as of run 1)"
    assert found["raw answer", "ReadLock"].endswith(": 3")
    assert run("show", "box:ledger").code == 0


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Niue"])
def test_a_day_is_one_of_the_organisation_wherever_it_lives(desk, run, zone):
    desk.settings((desk.path / "nightledger.yaml").read_text().replace("America/New_York", zone))
    run("scan")
    today = datetime.now(ZoneInfo(zone)).date()
    for words in (["show", "ledger", "--as-of"], ["status", "--run"], ["verify", "--run"]):
        assert run(*words, str(today)).code == 0, words
        assert run(*words, str(today - timedelta(days=1))).code == 2, words


def test_show_says_what_could_not_be_read(desk, run):
    desk.world({"ledger": 3}, refuse=["ReadLock"])
    run("scan")
    assert "could not be read: denied, needs demo:ReadLock" in run("show", "ledger").out


def test_show_goes_back_to_an_earlier_run(desk, run):
    run("scan")
    desk.world({"ledger": 7})
    run("scan")
    assert "strength 7" in run("show", "ledger").out
    assert "strength 7" not in run("show", "ledger", "--as-of", "1").out


def test_show_tells_over_which_runs_each_finding_held(desk, run):
    for strength in (3, 3, 7, 3):
        desk.world({"ledger": strength})
        run("scan")
    said = [row["value"] for row in run("show", "ledger", "--output", "json").rows]
    held = [value for value in said if value.startswith("pass: the lock has strength")]
    assert held == [
        "pass: the lock has strength 3 (runs 1 to 2)",
        "pass: the lock has strength 7 (run 3)",
        "pass: the lock has strength 3 (as of run 4)",
    ]


def test_a_resource_nobody_saw_ends_with_2(run):
    run("scan")
    assert run("show", "no-such-box").code == 2


@pytest.mark.parametrize("ref", ["0", "99", "yesterday", "1999-01-01", ""])
def test_a_run_that_is_not_there_ends_with_2(run, ref):
    run("scan")
    ended = run("status", "--run", ref)
    assert ended.code == 2
    assert "Traceback" not in ended.err


def test_drift_tells_in_sentences_what_changed(desk, run):
    run("scan")
    desk.world({"ledger": 3, "petty-cash": None})
    run("scan")
    ended = run("drift", "--fail-on", "drift", "--output", "json")
    assert ended.code == 1
    changes = {(row["change"], row["name"]) for row in ended.rows}
    assert {("regressed", "petty-cash"), ("vanished", "shed")} <= changes
    assert all(row["sentence"] for row in ended.rows)


def test_the_first_run_has_nothing_to_compare_with(run):
    run("scan")
    ended = run("drift")
    assert ended.code == 2
    assert "the first of its series" in ended.err


def test_a_failure_that_stays_is_told_but_is_no_change(run):
    run("scan")
    run("scan")
    ended = run("drift", "--fail-on", "drift")
    assert (ended.code, ended.out) == (0, "nothing changed\n")
    assert "0 changes" in ended.err
    assert "still_failing" in run("drift", "--all").out
    assert any(
        row["change"] == "still_failing" and not row["news"] for row in run("drift", "--output", "json").rows
    )


def test_losing_sight_is_a_change_once(desk, run):
    run("scan")
    desk.world({"ledger": 3, "petty-cash": 1, "shed": None}, refuse=["ReadLock"])
    assert run("scan", "--fail-on", "drift", "--quiet").code == 3
    assert run("drift", "--fail-on", "drift").code == 1
    run("scan")
    assert run("drift", "--fail-on", "drift").code == 0


def test_lists_are_complete(run):
    run("scan")
    assert "demo-box-locked" in {row["id"] for row in run("list", "checks", "--output", "json").rows}
    assert {"demo.box", "aws.s3.bucket"} <= {
        row["kind"] for row in run("list", "kinds", "--output", "json").rows
    }
    assert len(run("list", "provisions", "--output", "json").rows) == 81
    assert run("list", "sources").out.splitlines()[1].split() == [
        "store-room",
        "plugin",
        "the",
        "plug-in",
        "demo",
    ]
    assert [row["state"] for row in run("list", "runs", "--output", "json").rows] == ["sealed"]
    assert {row["uid"] for row in run("list", "resources", "--output", "json").rows} == {
        "box:ledger", "box:petty-cash", "box:shed",
    }  # fmt: skip
    assert run("list", "checks", "--topic", "transmission").code == 0
    assert run("list", "checks", "--topic", "transmision").code == 2


@pytest.mark.parametrize(
    ("id_", "says"),
    [
        ("demo-box-locked", "that nobody else has a key"),
        ("aws-s3-bucket-encryption", "s3:GetEncryptionConfiguration"),
        ("encryption-at-rest", "host-mounts-encrypted"),
        ("aws.s3.bucket", "s3:ListAllMyBuckets"),
        ("312(b)", "Audit controls"),
        ("45 CFR 164.310(c)", "demo-box-locked"),
    ],
)
def test_explain_tells_all_there_is(run, id_, says):
    ended = run("explain", id_)
    assert ended.code == 0
    assert says in ended.out


def test_explain_knows_what_was_meant(run):
    ended = run("explain", "demo-box-lock")
    assert ended.code == 2
    assert "demo-box-locked" in ended.err


@pytest.mark.parametrize("form", ["json", "csv", "html"])
def test_a_report_is_written_and_its_path_printed(desk, run, form):
    run("scan")
    ended = run("report", form, "-o", f"out.{form}")
    assert (ended.code, ended.out) == (0, f"out.{form}\n")
    assert "shed" in (desk.path / f"out.{form}").read_text(encoding="utf-8-sig")


def test_an_extra_that_is_not_installed_is_named(desk):
    assert desk("scan").code == 0
    (desk.path / "blocked").mkdir()
    (desk.path / "blocked" / "jinja2.py").write_text("raise ModuleNotFoundError('no', name='jinja2')")
    environ = {"PYTHONPATH": f"{desk.path}/blocked:{desk.environ['PYTHONPATH']}"}
    ended = desk("report", "html", environ=environ)
    assert ended.code == 2, ended.err
    assert "nightledger[report]" in ended.err


def test_status_can_be_limited_to_what_holds_ephi_and_names_the_denominator(desk, run):
    run("scan")
    assert "ephi" in run("status", "--ephi").err
    desk.settings((desk.path / "nightledger.yaml").read_text() + 'ephi: [{name: "led*"}]\n')
    ended = run("status", "--ephi", "--output", "json")
    states = {row["provision"]: row["state"] for row in ended.rows}
    assert states["164.310(c)"] == "evidenced"
    assert "limited to 1 of 3 resources" in ended.err
    desk.world({"ledger": 3}, refuse=["ListBoxes"])
    run("scan")
    rows = run("status", "--ephi", "--output", "json").rows
    assert "evidenced" not in {row["state"] for row in rows}
