from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from demo.readme import BLOCK, README, block, changes, undated
from tests.servers.slapd import require_slapd


@pytest.fixture(scope="module")
def demos(tmp_path_factory) -> list[tuple[Path, str]]:
    require_slapd()
    homes = [tmp_path_factory.mktemp("demo") for _ in range(2)]
    return [(home, play(home)) for home in homes]


def play(home: Path) -> str:
    command = [sys.executable, "-m", "demo", str(home)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def told(demos) -> list[list[tuple[str, str]]]:
    return [[(row["change"], undated(row["sentence"])) for row in changes(home)] for home, _ in demos]


def test_the_demo_tells_the_same_story_twice(told):
    # Within one class the order is that of names, some of which moto draws.
    assert sorted(told[0]) == sorted(told[1])


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


def test_the_readme_shows_what_the_demo_says(told):
    rows = [{"change": change, "sentence": sentence} for change, sentence in told[0]]
    assert sorted(BLOCK.search(README.read_text())[0].splitlines()) == sorted(block(rows).splitlines())


def test_every_command_the_demo_tells_to_try_works(demos):
    _, printed = demos[0]
    settings = re.search(r"export (NIGHTLEDGER_CONFIG)=(\S+)", printed)
    tries = re.findall(r"^  \.venv/bin/nightledger (.+?)(?:   .*)?$", printed, re.MULTILINE)
    assert len(tries) == 8
    for line in tries:
        command = [sys.executable, "-m", "nightledger", *line.split()]
        environment = {**os.environ, settings[1]: settings[2]}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (line, done.returncode, done.stderr.partition("hint")[0]) == (line, 0, done.stderr)
