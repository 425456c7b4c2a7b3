import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest


def test_a_scan_is_sealed_and_ends_well_whatever_it_found(run):
    ended = run("scan")
    assert ended.code == 0
    assert "there is no lock" in ended.out
    assert "2 pass, 1 fail, 0 unknown" in ended.err


def test_the_summary_counts_what_changed_since_the_last_run(desk, run):
    run("scan")
    desk.world({"ledger": 3, "petty-cash": 1, "shed": 2})
    ended = run("scan", "--fail-on", "drift")
    assert ended.code == 1
    assert "3 pass, 0 fail, 0 unknown, 1 changed since run 1 (20" in ended.err
    unchanged = run("scan", "--fail-on", "drift")
    assert unchanged.code == 0
    assert "0 changed since run 2" in unchanged.err


@pytest.mark.parametrize(("limit", "code"), [("never", 0), ("fail", 1), ("unknown", 1), ("drift", 0)])
def test_fail_on_decides_which_findings_end_with_1(run, limit, code):
    assert run("scan", "--fail-on", limit).code == code


def test_a_refused_fact_is_unknown_and_names_its_permission(desk, run):
    desk.world({"ledger": 3}, refuse=["ReadLock"])
    ended = run("scan", "--output", "json")
    (row,) = ended.rows
    assert ended.code == 3
    assert row["status"] == "unknown"
    assert row["missing"] == {"lock": "denied, needs demo:ReadLock, AccessDenied"}
    assert json.loads(ended.out)["complete"] is False


def test_a_run_that_could_read_nothing_says_so_and_ends_with_3(desk, run):
    desk.world({"ledger": 3}, refuse=["ListBoxes"])
    ended = run("scan", "--fail-on", "fail")
    assert ended.code == 3
    assert "nothing could be read: this run is evidence of nothing" in ended.err
    assert "not seen: demo.box in demo/world: failed (denied, needs demo:ListBoxes" in ended.err


def test_an_empty_world_is_no_success_either(desk, run):
    desk.world({})
    ended = run("scan")
    assert ended.code == 3
    assert "0 pass" in ended.err


def test_json_carries_its_schema_version_and_every_finding(run):
    document = json.loads(run("scan", "--output", "json").out)
    assert document["schema_version"] == 1
    assert document["state"] == "sealed"
    assert document["root"].startswith("sha256:")
    assert [row["status"] for row in document["rows"]] == ["fail", "pass", "pass"]


def test_json_lines_are_one_finding_each(run):
    lines = [json.loads(line) for line in run("scan", "--output", "jsonl").out.splitlines()]
    assert [(line["schema_version"], line["name"]) for line in lines] == [
        (1, "shed"),
        (1, "ledger"),
        (1, "petty-cash"),
    ]


HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@x",
    "\tx",
    " =x",
    "a\x1b[31mred\x07",
    "\u202egpj.exe",
    'q"uote,\n',
]


def test_no_format_lets_a_name_do_anything(desk, run):
    desk.world(dict.fromkeys(HOSTILE, 1))
    table, sheet = run("scan", "--fail-on", "never"), run("scan", "--output", "csv")
    for text in (table.out + table.err, sheet.out):
        assert not set(text) & set("\x1b\x07\u202e\ud800")
    rows = list(csv.DictReader(io.StringIO(sheet.out)))
    assert len(rows) == len(HOSTILE)
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert json.loads(run("scan", "--output", "json").out)


def test_only_the_result_is_on_stdout_and_nothing_moves_without_a_terminal(desk):
    ended = desk("scan", "--output", "json")
    json.loads(ended.out)
    assert "\x1b" not in ended.out + ended.err


def test_quiet_leaves_stderr_empty(run):
    assert run("scan", "--quiet").err == ""


def test_a_reader_that_goes_away_changes_no_exit_code(desk):
    command = f'"{os.sys.executable}" -m nightledger scan --output json --fail-on fail; echo $? > code'
    pipe = f"({command}) | true"
    done = subprocess.run(
        ["bash", "-c", pipe], cwd=desk.path, env=desk.environ, capture_output=True, text=True, check=False
    )
    assert (desk.path / "code").read_text().strip() == "1"
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_a_result_that_cannot_be_written_is_an_error(desk):
    with Path("/dev/full").open("w") as full:
        ended = desk("scan", stdout=full)
    assert ended.code == 2
    assert "cannot write the result: No space left on device" in ended.err


def test_a_second_run_at_once_ends_with_5(desk):
    desk.world({"ledger": 3}, slow=3)
    with desk.start("scan") as first:
        while not (desk.path / "evidence.db.lock").exists():
            time.sleep(0.05)
        time.sleep(1)
        second = desk("scan")
        first.communicate()
    assert second.code == 5
    assert "another run holds" in second.err
    assert first.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_run_seals_what_it_has_and_ends_with_3(desk, number):
    desk.world({"ledger": 3}, slow=30)
    with desk.start("scan") as process:
        started(desk)
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 3, err
    assert [run["state"] for run in desk("list", "runs", "--output", "json").rows] == ["interrupted"]


def test_after_a_kill_the_next_run_goes_on(desk):
    desk.world({"ledger": 3}, slow=30)
    with desk.start("scan") as process:
        started(desk)
        process.kill()
        process.communicate()
    desk.world({"ledger": 3})
    assert desk("scan").code == 0
    states = [run["state"] for run in desk("list", "runs", "--output", "json").rows]
    assert states == ["interrupted", "sealed"]


def started(desk):
    for _ in range(600):
        try:
            with sqlite3.connect(f"file:{desk.path}/evidence.db?mode=ro", uri=True) as store:
                (units,) = store.execute("SELECT count(*) FROM run_unit").fetchone()
            store.close()
            if units:
                time.sleep(0.3)
                return
        except sqlite3.Error:
            pass
        time.sleep(0.05)
    raise AssertionError("the run never began")


def newer(path):
    store = sqlite3.connect(path)
    store.executescript("CREATE TABLE meta (key TEXT, value TEXT); INSERT INTO meta VALUES ('schema', '99');")
    store.close()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path.write_bytes(b"not a database" * 100), "not a database"),
        (lambda path: path.mkdir(), "evidence.db"),
        (newer, "the store has schema 99"),
    ],
)
def test_a_store_that_cannot_be_used_ends_with_2_in_one_line(desk, run, spoil, message):
    spoil(desk.path / "evidence.db")
    ended = run("scan")
    assert ended.code == 2
    assert message in ended.err.splitlines()[0]
    assert "Traceback" not in ended.err


def test_a_store_that_begins_anew_where_another_was_sealed_before_is_remarked_on_once(desk, run):
    assert "other ledger" not in run("scan").err
    for file in desk.path.glob("evidence.db*"):
        file.unlink()
    assert "this store is new, its history begins with this run; 1 other ledger sealed" in run("scan").err
    assert "other ledger" not in run("scan").err


def test_a_store_in_a_place_that_is_no_directory_is_said(desk, run):
    ended = run("scan", "--data", str(desk.path / "nightledger.yaml"))
    assert ended.code == 2
    assert "cannot make a store" in ended.err


def test_data_keeps_the_store_elsewhere(desk, run):
    run("scan", "--data", "elsewhere")
    assert (desk.path / "elsewhere" / "evidence.db").exists()
    assert not (desk.path / "evidence.db").exists()


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "sources: []\ncolour: 1\n",
            ["nightledger.yaml:1: sources: needs", "nightledger.yaml:2: colour: unknown key"],
        ),
        (
            "sources: [{type: plugin, name: a, platform: dmo}]",
            ['nightledger.yaml:1: sources[0].platform: is no platform here; did you mean "demo"?'],
        ),
        (None, ["nightledger.yaml", "No such file"]),
    ],
)
def test_bad_settings_end_with_2_and_say_everything(desk, run, text, messages):
    if text is None:
        ended = run("scan", "--config", str(desk.path / "none" / "nightledger.yaml"))
    else:
        desk.settings(text)
        ended = run("scan")
    assert ended.code == 2
    assert all(message in ended.err for message in messages)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            "policy: {demo-box-lokced: {weakest: 2, reason: agreed by the committee}}",
            'did you mean "demo-box-locked"?',
        ),
        (
            "policy: {demo-box-locked: {weakst: 2, reason: agreed by the committee}}",
            'did you mean "weakest"?',
        ),
        (
            "policy: {demo-box-locked: {weakest: two, reason: agreed by the committee}}",
            "weakest: must be a whole number",
        ),
        (
            "selection: {exclude: [{check: demo-bx, reason: agreed by the committee}]}",
            "selection.exclude[0].check: is no check here",
        ),
    ],
)
def test_settings_that_name_what_does_not_exist_end_with_2(desk, run, more, message):
    desk.settings((desk.path / "nightledger.yaml").read_text() + more)
    ended = run("scan")
    assert ended.code == 2
    assert message in ended.err


def test_a_policy_value_changes_the_verdict(desk, run):
    text = "policy: {demo-box-locked: {weakest: 2, reason: agreed by the committee}}"
    desk.settings((desk.path / "nightledger.yaml").read_text() + text)
    assert "1 pass, 2 fail" in run("scan").err


def test_an_unknown_source_is_answered_with_the_nearest(run):
    ended = run("scan", "store-rom")
    assert ended.code == 2
    assert 'did you mean "store-room"?' in ended.err


def test_a_store_url_is_read_from_where_the_settings_point(desk, run, monkeypatch):
    text = (desk.path / "nightledger.yaml").read_text()
    desk.settings(text.replace("sqlite:evidence.db", "env:STORE_URL"))
    monkeypatch.delenv("STORE_URL", raising=False)
    assert "the secret env:STORE_URL is not set" in run("scan").err
    monkeypatch.setenv("STORE_URL", f"sqlite:{desk.path}/other.db")
    assert run("scan").code == 0
    assert (desk.path / "other.db").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system needs root")
def test_a_full_disk_is_one_clear_line_and_loses_nothing(desk):
    small = desk.path / "small"
    small.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(small)], check=False
    ).returncode:
        pytest.skip("this machine may not mount a tmpfs")
    try:
        assert desk("scan", "--data", str(small)).code == 0
        subprocess.run(["dd", "if=/dev/zero", f"of={small}/ballast"], capture_output=True, check=False)
        desk.world({f"box-{number}": number for number in range(2000)})
        ended = desk("scan", "--data", str(small))
        assert ended.code == 2, ended.err
        assert "Traceback" not in ended.err
        (small / "ballast").unlink()
        desk.world({"ledger": 3})
        assert desk("scan", "--data", str(small)).code == 0
        states = [run["state"] for run in desk("list", "runs", "--data", str(small), "--output", "json").rows]
        assert (states[0], states[-1]) == ("sealed", "sealed")
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_place_that_could_not_be_listed_is_one_row_of_the_table_and_every_finding_elsewhere(desk, run):
    world, text = desk.path / "world.json", (desk.path / "nightledger.yaml").read_text()
    desk.settings(text + "  - {type: aws, name: prod, profile: no-such-profile, regions: [us-east-1]}\n")
    assert world.exists()
    table, rows = run("scan"), run("scan", "--output", "json").rows
    told = [line for line in table.out.splitlines() if "aws/prod" in line]
    assert len(told) == 1
    assert "kinds" in told[0]
    assert len([row for row in rows if row["target"] == "aws/prod"]) > 20
    assert "pass" not in {row["status"] for row in rows if row["target"] == "aws/prod"}


@pytest.mark.parametrize("words", [["scan"], ["check", "demo-box-locked", "--seal"]])
def test_a_key_that_cannot_be_used_stops_a_run_before_it_begins(desk, run, words):
    (desk.path / "key").write_text("in the way")
    ended = run(*words)
    assert ended.code == 2
    assert "cannot use the signing key" in ended.err
    (desk.path / "key").unlink()
    assert run("scan").code == 0
    (desk.path / "key").rename(desk.path / "old-key")
    ended = run(*words)
    assert ended.code == 2
    assert "does not hold the key that signs" in ended.err
    assert not (desk.path / "key").exists()
    assert len(run("list", "runs", "--output", "json").rows) == 1


def test_a_table_names_the_first_failures_of_a_check_and_counts_the_rest(desk, run):
    desk.world({f"box-{number:03}": None for number in range(50)} | {"ledger": 3})
    table = run("scan").out.splitlines()
    assert len(table) == 22
    assert "and 30 more" in table[-1]
    assert "another --output form names them all" in table[-1]
    assert len(run("scan", "--output", "csv").out.splitlines()) == 52
