from __future__ import annotations

import pytest

from checks.audit_controls.aws_trails import bucket_access_is_recorded
from checks.derive import Collection, Seen
from checks.joins.aws_data_events import bucket_recording
from evidence.facts.aws_trails import DataEvents, DataSelector
from evidence.model import Observation, Resource, Scope
from tests.checks.strict import Strict

HERE = Scope("aws/111122223333")
EVERY_OBJECT = {
    "type": "AWS::S3::Object",
    "reads": True,
    "writes": True,
    "starts": [],
    "equals": [],
    "not_starts": [],
    "not_equals": [],
    "narrowed": False,
}


def trail(**other):
    given = {
        "bucket": "trail",
        "region": "us-east-1",
        "every_region": True,
        "logging": True,
        "error": "",
        "selectors": [Strict(DataSelector, **EVERY_OBJECT)],
    }
    facts = {"data_events": Strict(DataEvents, **{**given, **other})}
    return Seen(Observation(Resource("aws.cloudtrail.data_trail", "arn:trail", "t", HERE), facts))


def judged(seen, region="us-east-1"):
    labels = (("region", region),) if region else ()
    bucket = Seen(Observation(Resource("aws.s3.bucket", "arn:aws:s3:::ward#1", "ward", HERE, labels), {}))
    recording = bucket_recording.function(bucket, Collection((seen,), None))["recording"]
    return bucket_access_is_recorded.judge(recording).status


@pytest.mark.parametrize(
    ("seen", "region", "want"),
    [
        (trail(), "us-east-1", "pass"),
        (trail(), "", "pass"),
        (trail(every_region=False), "us-east-1", "pass"),
        (trail(every_region=False), "eu-west-1", "fail"),
        (trail(every_region=False), "", "unknown"),
        (trail(error="AccessDenied"), "us-east-1", "fail"),
        (trail(logging=False), "us-east-1", "fail"),
        (trail(selectors=[]), "us-east-1", "fail"),
        (trail(bucket="ward", selectors=[]), "us-east-1", "not_applicable"),
    ],
)
def test_a_trail_records_a_bucket_where_it_runs_delivers_and_takes_its_events(seen, region, want):
    assert judged(seen, region) == want
