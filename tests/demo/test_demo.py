from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from tests.servers.slapd import require_slapd


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> list[list[tuple[str, str]]]:
    require_slapd()
    return [drift_of(tmp_path_factory.mktemp("demo")) for _ in range(2)]


def drift_of(home) -> list[tuple[str, str]]:
    run(sys.executable, "-m", "demo", str(home))
    printed = run(
        *(sys.executable, "-m", "nightledger", "drift"),
        *("--config", str(home / "nightledger.yaml"), "--output", "json"),
    )
    changes = json.loads(printed)["rows"]
    return [(change["change"], re.sub(r"\d{4}-\d\d-\d\d", "DATE", change["sentence"])) for change in changes]


def run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_demo_tells_the_same_story_twice(told):
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("fixed", "clinic-exports: aws-s3-bucket-tls-only went from fail to pass"),
        ("regressed", "dr.lee: aws-iam-user-console-mfa went from pass to fail"),
        ("new", "vendor-support is new; it fails aws-ec2-security-group-admin-ports"),
        ("vanished", "old-scratch is gone"),
        ("blind_spot", "needs kms:GetKeyRotationStatus"),
    ],
)
def test_every_change_of_the_day_between_is_told(told, change, words):
    assert any(kind == change and words in sentence for kind, sentence in told[0])


def test_a_withdrawn_permission_is_neither_fixed_nor_vanished(told):
    assert not any("aws.kms.key" in sentence and kind in {"fixed", "vanished"} for kind, sentence in told[0])
