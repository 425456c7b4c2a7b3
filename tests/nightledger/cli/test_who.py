"""`drift --who` and the preflight of `doctor`, against AWS as moto plays it."""

import json
import os
from datetime import UTC, datetime

import boto3
import pytest

from tests.servers.moto import DUMMY, MotoServer

pytestmark = pytest.mark.server("moto")

SETTINGS = """\
organisation: {{name: Example Clinic}}
store: sqlite:evidence.db
key_directory: key
sources:
  - {{type: aws, name: cloud, regions: [us-east-1], endpoint_url: "{url}"}}
"""
CHECK = "aws-s3-bucket-versioning"


@pytest.fixture
def moto(monkeypatch):
    for name, value in DUMMY.items():
        monkeypatch.setenv(name, value)
    try:
        server = MotoServer().start()
    except (ImportError, OSError) as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no moto server can run here: {error}")
    server.reset()
    yield server
    server.stop()


@pytest.fixture
def drifted(desk, run, moto):
    desk.settings(SETTINGS.format(url=moto.url))
    s3 = boto3.client("s3", "us-east-1", endpoint_url=moto.url)
    s3.create_bucket(Bucket="ward")
    assert run("check", CHECK, "--seal", "--fail-on", "never").code == 0
    s3.put_bucket_versioning(Bucket="ward", VersioningConfiguration={"Status": "Enabled"})
    assert run("check", CHECK, "--seal").code == 0
    s3.close()
    act = {
        "EventId": "event-1",
        "EventName": "PutBucketVersioning",
        "EventTime": datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp(),
        "ReadOnly": "false",
        "CloudTrailEvent": json.dumps({"userIdentity": {"arn": "arn:aws:iam::123456789012:user/alice"}}),
    }
    moto.front.canned["cloudtrail.lookup_events"] = {"Events": [act]}
    return moto


def test_drift_names_who_made_the_change_only_when_asked(drifted, run):
    (row,) = run("drift", "--run", "2", "--output", "json").rows
    assert row["change"] == "fixed"
    assert "who" not in row
    assert drifted.front.counts["cloudtrail.lookup_events"] == 0
    (row,) = run("drift", "--run", "2", "--who", "--output", "json").rows
    assert row["who"] == (
        "arn:aws:iam::123456789012:user/alice at 2026-11-20T12:00:00Z by PutBucketVersioning (event event-1)"
    )
    assert row["acts"][0]["event"] == "event-1"
    assert "user/alice" in run("drift", "--run", "2", "--who").out


def test_who_made_a_change_is_not_kept(drifted, desk, run):
    assert "user/alice" in run("drift", "--run", "2", "--who").out
    held = b"".join(path.read_bytes() for path in desk.path.rglob("*") if path.is_file())
    assert b"alice" not in held
    assert "alice" not in run("show", "ward", "--as-of", "2", "--raw").out


def test_a_refused_lookup_is_said_and_stops_nothing(drifted, run):
    drifted.front.refused = {"cloudtrail.lookup_events": "AccessDeniedException"}
    ended = run("drift", "--run", "2", "--who", "--output", "json")
    assert ended.code == 0
    assert "needs cloudtrail:LookupEvents" in ended.rows[0]["who"]


def test_a_platform_without_such_a_record_is_asked_nothing(desk, run):
    run("scan")
    desk.world({"ledger": 7, "petty-cash": 1, "shed": None})
    run("scan")
    rows = run("drift", "--who", "--output", "json").rows
    assert rows
    assert {row["who"] for row in rows} == {""}
