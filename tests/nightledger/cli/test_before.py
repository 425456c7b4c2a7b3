"""What is done before the first night: init, permissions, doctor, schedule --next."""

import json
import shutil
import subprocess

import pytest

from config.load import parse
from evidence.seal import KeyDirectory


def states(ended):
    return {(row["subject"], row["what"]): row["state"] for row in ended.rows}


def test_doctor_tries_everything_and_ends_with_0_when_nothing_is_missing(run):
    run("scan")
    ended = run("doctor", "--output", "json")
    assert ended.code == 0, ended.out
    found = states(ended)
    assert found["demo/world", "demo.box"] == "ok"
    assert found["demo/world", "principal"] == "ok"
    assert found["installation", "checks"] == "ok"


def test_doctor_names_the_permission_that_is_missing(desk, run):
    desk.world({"ledger": 3}, refuse=["ReadLock"])
    ended = run("doctor")
    assert ended.code == 3
    assert "needs demo:ReadLock" in ended.out
    desk.world({"ledger": 3}, refuse=["ListBoxes"])
    assert "needs demo:ListBoxes" in run("doctor").out


def test_doctor_does_not_call_tried_what_it_could_not_try(desk, run):
    desk.world({})
    assert states(run("doctor", "--output", "json"))["demo/world", "demo.box"] == "untried"


def test_doctor_asks_for_no_more_than_one_resource(desk, run):
    desk.world({f"box-{number}": 1 for number in range(20)}, slow=0.2)
    assert run("doctor").code == 0


def test_doctor_makes_no_store(desk, run):
    run("doctor")
    assert not (desk.path / "evidence.db").exists()


def test_doctor_sees_another_key_and_one_that_others_can_read(desk, run):
    run("scan")
    file = desk.path / "key" / "signing-key.pem"
    file.chmod(0o644)
    assert "others can read or replace it" in run("doctor").out
    shutil.rmtree(desk.path / "key")
    KeyDirectory(desk.path / "key").signer()
    ended = run("doctor")
    assert ended.code == 3
    assert "does not hold the key that signs this store's ledger" in ended.out


def test_doctor_sees_a_store_it_cannot_open_and_a_key_that_is_gone(desk, run):
    run("scan")
    shutil.rmtree(desk.path / "key")
    ended = run("doctor")
    assert ended.code == 3
    assert "the key that signed this store is not here" in ended.out
    (desk.path / "evidence.db").write_bytes(b"not a database" * 1000)
    assert "gap" in run("doctor").out


def test_doctor_sees_another_package_of_our_name_standing_before_ours(desk):
    (desk.path / "config").mkdir()
    (desk.path / "other").mkdir()
    (desk.path / "other" / "scheduler.py").write_text("")
    path = f"{desk.path}/other:{desk.environ['PYTHONPATH']}"
    ended = desk("doctor", environ={"PYTHONPATH": path})
    assert ended.code == 3
    assert "shadowed by" in ended.out


def test_permissions_for_aws_are_a_policy_of_read_actions(run):
    policy = json.loads(run("permissions", "aws", "--format", "json").out)
    (statement,) = policy["Statement"]
    assert statement["Action"] == sorted(set(statement["Action"]))
    verbs = {action.split(":")[1] for action in statement["Action"]}
    # Asking IAM to make its credential report changes nothing that is looked at; API Gateway names its reads by method.
    assert {verb for verb in verbs if not verb.startswith(("Get", "BatchGet", "List", "Describe"))} <= {
        "GET",
        "GenerateCredentialReport",
    }


def test_permissions_can_be_limited_to_what_some_checks_need(run):
    policy = json.loads(
        run("permissions", "aws", "--format", "json", "--for", "aws-s3-bucket-encryption").out
    )
    actions = set(policy["Statement"][0]["Action"])
    assert actions == {"s3:ListAllMyBuckets", "s3:GetEncryptionConfiguration"}


def test_permissions_for_terraform_name_the_same_actions(run):
    text = run("permissions", "aws", "--format", "terraform").out
    policy = json.loads(run("permissions", "aws", "--format", "json").out)
    assert all(f'"{action}",' in text for action in policy["Statement"][0]["Action"])


def test_permissions_for_hosts_are_rules_that_sudo_accepts(desk, run):
    text = run("permissions", "hosts").out
    assert "nightledger ALL=(root) NOPASSWD: /usr/sbin/sshd -T" in text
    if shutil.which("visudo"):
        (desk.path / "rules").write_text(text)
        subprocess.run(["visudo", "-cf", "rules"], cwd=desk.path, check=True, capture_output=True)


def test_permissions_without_that_form_end_with_2(run):
    assert run("permissions", "hosts", "--format", "terraform").code == 2
    assert run("permissions", "azure").code == 2
    assert json.loads(run("permissions", "directory", "--format", "json").out)["permissions"]


@pytest.mark.parametrize("sources", [["aws"], ["hosts"], ["directory"], ["aws", "hosts", "directory"]])
def test_init_writes_settings_that_can_be_read_and_prints_what_to_grant(desk, run, sources):
    (desk.path / "nightledger.yaml").unlink()
    chosen = [word for source in sources for word in ("--source", source)]
    ended = run("init", "--yes", *chosen, "--organisation", 'Dr. "O\'Neil": #1', "--timezone", "Europe/Paris")
    assert ended.code == 0, ended.err
    settings = parse((desk.path / "nightledger.yaml").read_text(), desk.path / "nightledger.yaml", {})
    assert [source.type for source in settings.sources] == sources
    assert settings.organisation.name == 'Dr. "O\'Neil": #1'
    assert "# yaml-language-server: $schema=" in (desk.path / "nightledger.yaml").read_text()
    assert "nightledger doctor" in ended.out
    if "aws" in sources:
        assert '"s3:ListAllMyBuckets"' in ended.out


def test_init_overwrites_nothing_and_asks_nobody_who_is_not_there(desk, run):
    assert run("init", "--yes").code == 2
    (desk.path / "nightledger.yaml").unlink()
    ended = desk("init")
    assert ended.code == 2
    assert "--yes" in ended.err
    assert run("init", "--yes", "--timezone", "Mars/Base").code == 2
    assert not (desk.path / "nightledger.yaml").exists()


def test_the_next_nights_are_told_in_both_zones(desk, run):
    desk.settings((desk.path / "nightledger.yaml").read_text() + 'schedule: {cron: "30 1 * * *"}\n')
    rows = run("schedule", "--next", "--output", "json").rows
    assert len(rows) == 5
    assert all("T01:30:00-0" in row["local"] for row in rows)
