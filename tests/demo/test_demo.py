from __future__ import annotations

import subprocess
import sys

import pytest

from demo.readme import BLOCK, README, block, changes, undated
from tests.servers.slapd import require_slapd


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> list[list[tuple[str, str]]]:
    require_slapd()
    return [drift_of(tmp_path_factory.mktemp("demo")) for _ in range(2)]


def drift_of(home) -> list[tuple[str, str]]:
    subprocess.run([sys.executable, "-m", "demo", str(home)], check=True, capture_output=True)
    return [(row["change"], undated(row["sentence"])) for row in changes(home)]


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
