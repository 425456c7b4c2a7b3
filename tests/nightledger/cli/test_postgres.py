import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.servers.postgres import postgres_server


@pytest.fixture(scope="module")
def server():
    with postgres_server() as running:
        yield running


@pytest.fixture
def served(desk, server):
    desk.environ["NIGHTLEDGER_STORE"] = server.new_database()
    return desk


def test_every_verb_works_on_a_server(served, monkeypatch):
    monkeypatch.setenv("NIGHTLEDGER_STORE", served.environ["NIGHTLEDGER_STORE"])
    run = lambda *words: served.here(monkeypatch, *words)  # noqa: E731
    assert run("scan").code == 0
    served.world({"ledger": 3, "petty-cash": None})
    assert run("scan", "--fail-on", "drift").code == 1
    assert "regressed" in run("drift").out
    assert run("status", "310(c)").code == 0
    assert run("show", "ledger", "--raw").code == 0
    assert run("doctor").code == 0
    assert "nightledger@" not in run("doctor").out
    assert run("verify").code == 0
    assert not (served.path / "evidence.db").exists()


def until_begun(served):
    for _ in range(120):
        listed = served("list", "runs", "--output", "json")
        if listed.code == 0 and listed.rows:
            return
        time.sleep(0.2)
    raise AssertionError("the run never began")


def test_two_runs_at_once_and_a_killed_run(served):
    served.world({"ledger": 3}, slow=20)
    with served.start("scan") as first:
        until_begun(served)
        assert served("scan").code == 5
        first.kill()
        first.communicate()
    served.world({"ledger": 3})
    for _ in range(20):
        ended = served("scan")
        if ended.code != 5:
            break
        time.sleep(1)
    assert ended.code == 0, ended.err
    states = [run["state"] for run in served("list", "runs", "--output", "json").rows]
    assert states == ["interrupted", "sealed"]


def test_two_schedulers_on_one_server_make_a_night_once(served):
    begun = datetime.now(UTC) - timedelta(hours=1)
    text = (served.path / "nightledger.yaml").read_text()
    served.settings(text + f'schedule: {{cron: "{begun.minute} {begun.hour} * * *", timezone: UTC}}\n')
    processes = [served.start("schedule", stdout=subprocess.DEVNULL) for _ in range(2)]
    for _ in range(120):
        listed = served("list", "runs", "--output", "json")
        if listed.code == 0 and "sealed" in [run["state"] for run in listed.rows]:
            break
        time.sleep(0.5)
    time.sleep(3)
    for process in processes:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    assert [run["state"] for run in served("list", "runs", "--output", "json").rows] == ["sealed"]
