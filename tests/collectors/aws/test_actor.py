from __future__ import annotations

import json
from datetime import UTC, datetime

import botocore.session
import pytest

from collectors.acts import Act, Drifted, NamesActors, Window
from collectors.aws.actor import KEEP, names
from collectors.keep import parse
from evidence.model import Missing, Reason

pytestmark = pytest.mark.server("moto")

ACCOUNT = "aws/123456789012"
WINDOW = Window("2026-11-20T02:00:00Z", "2026-11-21T02:10:00Z")
BUCKET = Drifted(ACCOUNT, "aws.s3.bucket", "arn:aws:s3:::ward#123456789012", "eu-west-1")
ALICE = "arn:aws:iam::123456789012:user/alice"


def event(number, name, *, at=12, arn=ALICE, read="false", error="", **more):
    inside = {"userIdentity": {"type": "IAMUser", "arn": arn}, "requestParameters": {"secret": "x"}, **more}
    if error:
        inside["errorCode"] = error
    return {
        "EventId": f"event-{number}",
        "EventName": name,
        "EventTime": datetime(2026, 11, 20, at, tzinfo=UTC).timestamp(),
        "ReadOnly": read,
        "Username": "alice",
        "AccessKeyId": "AKIAALICE",
        "Resources": [{"ResourceName": "ward", "ResourceType": "AWS::S3::Bucket"}],
        "CloudTrailEvent": json.dumps(inside),
    }


def asked_about(cloud, *drifted, **source):
    return dict(cloud.platform().actors(cloud.source(**source), drifted, WINDOW))


def test_the_latest_change_names_actor_time_and_event(cloud):
    rows = [
        event(2, "PutBucketPolicy", at=15),
        event(1, "PutBucketVersioning", at=12),
        event(3, "GetBucketPolicy", at=16, read="true"),
        event(4, "DeleteBucketPolicy", at=17, error="AccessDenied"),
    ]
    cloud.front.canned["cloudtrail.lookup_events"] = {"Events": rows}
    assert asked_about(cloud, BUCKET) == {
        BUCKET: (
            Act(ALICE, "2026-11-20T15:00:00Z", "PutBucketPolicy", "event-2"),
            Act(ALICE, "2026-11-20T12:00:00Z", "PutBucketVersioning", "event-1"),
        )
    }


def test_the_trail_is_asked_in_the_region_of_the_resource_and_at_home_for_what_is_global(cloud):
    cloud.front.canned["cloudtrail.lookup_events"] = {"Events": []}
    user = Drifted(ACCOUNT, "aws.iam.user", "arn:aws:iam::123456789012:user/alice#AIDA1", "global")
    assert asked_about(cloud, BUCKET, user) == {BUCKET: (), user: ()}
    asked = [seen for seen in cloud.front.seen if seen.endswith("lookup_events")]
    assert asked == ["eu-west-1/cloudtrail.lookup_events"] * 2 + ["us-east-1/cloudtrail.lookup_events"] * 2


def test_nothing_is_fetched_where_nothing_drifted(cloud):
    assert asked_about(cloud) == {}
    assert cloud.front.counts["cloudtrail.lookup_events"] == 0


def test_a_refused_lookup_names_the_permission(cloud):
    cloud.front.refused = {"cloudtrail.lookup_events": "AccessDeniedException"}
    (answer,) = asked_about(cloud, BUCKET).values()
    assert isinstance(answer, Missing)
    assert (answer.reason, answer.need) == (Reason.DENIED, "cloudtrail:LookupEvents")


def test_only_accounts_in_which_something_drifted_are_entered(cloud):
    cloud.front.canned["cloudtrail.lookup_events"] = {"Events": []}
    one = Drifted("aws/222222222222", "aws.s3.bucket", "arn:aws:s3:::x#222222222222", "us-east-1")
    assert asked_about(cloud, one, role_name="audit", organization=True) == {one: ()}
    assert cloud.front.counts["sts.assume_role"] == 1
    assert cloud.front.counts["organizations.list_accounts"] == 0


def test_an_account_that_cannot_be_entered_is_an_answer(cloud):
    cloud.front.refused = {"sts.assume_role": "AccessDenied"}
    one = Drifted("aws/222222222222", "aws.s3.bucket", "arn:aws:s3:::x#222222222222", "us-east-1")
    (answer,) = asked_about(cloud, one, role_name="audit", accounts=("222222222222", "333333333333")).values()
    assert (answer.reason, answer.need) == (Reason.DENIED, "sts:AssumeRole")


def test_an_account_as_a_whole_has_no_name_in_the_event_history(cloud):
    whole = Drifted(ACCOUNT, "aws.account", "123456789012", "global")
    (answer,) = asked_about(cloud, whole).values()
    assert answer.reason is Reason.NOT_AVAILABLE
    assert cloud.front.counts["cloudtrail.lookup_events"] == 0


def test_reads_without_end_are_not_taken_for_no_change(cloud):
    reads = {"Events": [event(1, "GetObject", read="true")], "NextToken": "more"}
    pages = iter(range(100))
    cloud.front.canned["cloudtrail.lookup_events"] = lambda _region: {
        **reads,
        "NextToken": f"more-{next(pages)}",
    }
    instance = Drifted(ACCOUNT, "aws.ec2.instance", "i-1", "us-east-1")
    (answer,) = asked_about(cloud, instance).values()
    assert answer.reason is Reason.TRUNCATED


def test_nothing_of_a_request_is_kept(cloud):
    kept = parse(KEEP["lookup_events"]).project({"Events": [event(1, "PutBucketPolicy")]}, lambda _path: None)
    assert "secret" not in json.dumps(kept)
    assert "AKIAALICE" not in json.dumps(kept)


@pytest.mark.parametrize(
    ("identity", "actor"),
    [
        ({"type": "AWSService", "invokedBy": "autoscaling.amazonaws.com"}, "autoscaling.amazonaws.com"),
        ({"type": "Root", "arn": "arn:aws:iam::1:root"}, "arn:aws:iam::1:root"),
        ({}, "someone the event does not name"),
    ],
)
def test_whoever_acted_is_named_as_far_as_the_event_does(cloud, identity, actor):
    row = {
        **event(1, "PutBucketAcl"),
        "Username": "",
        "CloudTrailEvent": json.dumps({"userIdentity": identity}),
    }
    cloud.front.canned["cloudtrail.lookup_events"] = {"Events": [row]}
    (acts,) = asked_about(cloud, BUCKET).values()
    assert [act.actor for act in acts] == [actor]


@pytest.mark.parametrize(
    ("uid", "found"),
    [
        ("arn:aws:s3:::ward#123456789012", ("ward", "arn:aws:s3:::ward")),
        ("arn:aws:ec2:us-east-1:1:volume/vol-1", ("vol-1", "arn:aws:ec2:us-east-1:1:volume/vol-1")),
        ("arn:aws:iam::1:role/path/audit#AROA1", ("audit", "arn:aws:iam::1:role/path/audit")),
        ("AKIA1", ("AKIA1",)),
        ("123456789012", ()),
        ("123456789012/eu-west-1", ()),
    ],
)
def test_a_resource_is_looked_for_by_its_name_and_by_its_arn(uid, found):
    assert names(uid) == found


def test_every_field_kept_is_one_that_aws_sends():
    model = botocore.session.Session().get_service_model("cloudtrail")
    row = model.operation_model("LookupEvents").output_shape.members["Events"].member
    assert {field.name for field in parse(KEEP["lookup_events"]).fields[0].inner.fields} <= set(row.members)


def test_the_platform_can_name_actors(cloud):
    assert isinstance(cloud.platform(), NamesActors)
