from __future__ import annotations

import json

import pytest

from tests.collectors.aws.joined import assert_unseen, statuses
from tests.servers.moto_clients import ACCOUNT

pytestmark = pytest.mark.server("moto")

PASS, FAIL, NONE, UNKNOWN = "pass", "fail", "not_applicable", "unknown"
OBJECTS, CALLS = "aws-s3-bucket-data-events", "aws-lambda-function-data-events"
PUBLIC, KEPT, LOCKED, LOGGED = (
    "aws-cloudtrail-bucket-not-public",
    "aws-cloudtrail-bucket-kept",
    "aws-cloudtrail-bucket-locked",
    "aws-cloudtrail-bucket-access-logging",
)
BUCKETS = f"{PUBLIC} {KEPT} {LOCKED} {LOGGED}"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:"


def basic(*resources, mode="All"):
    data = [{"Type": type_, "Values": values} for type_, values in resources]
    return {
        "EventSelectors": [
            {"ReadWriteType": mode, "IncludeManagementEvents": True, "DataResources": data},
        ]
    }


def advanced(type_="AWS::S3::Object", **fields):
    held = {"eventCategory": {"Equals": ["Data"]}, "resources.type": {"Equals": [type_]}, **fields}
    selectors = [{"Field": field, **tested} for field, tested in held.items()]
    return {"AdvancedEventSelectors": [{"Name": "data", "FieldSelectors": selectors}]}


def arn(**tested):
    return {"resources.ARN": tested}


@pytest.fixture
def trailed(cloud):
    s3 = cloud.client("s3")
    for name in ("trail", "ward", "ward-2"):
        s3.create_bucket(Bucket=name)
    trail(cloud, "all", every_region=True)
    cloud.front.clear()
    return cloud


def trail(cloud, name, *, every_region, bucket="trail", region="us-east-1"):
    cloudtrail = cloud.client("cloudtrail", region)
    cloudtrail.create_trail(Name=name, S3BucketName=bucket, IsMultiRegionTrail=every_region)
    cloudtrail.start_logging(Name=name)


def function(cloud, name):
    role = f"arn:aws:iam::{ACCOUNT}:role/x"
    cloud.client("iam").create_role(RoleName="x", AssumeRolePolicyDocument="{}")
    cloud.client("lambda").create_function(
        FunctionName=name, Runtime="python3.13", Role=role, Handler="a.b", Code={"ZipFile": b"x"}
    )


@pytest.mark.parametrize(
    ("selectors", "ward", "other"),
    [
        (basic(), FAIL, FAIL),
        (basic(("AWS::S3::Object", ["arn:aws:s3"])), PASS, PASS),
        (basic(("AWS::S3::Object", ["arn:aws:s3:::"])), PASS, PASS),
        (basic(("AWS::S3::Object", ["arn:aws:s3:::ward/"])), PASS, FAIL),
        (basic(("AWS::S3::Object", ["arn:aws:s3:::ward/notes/"])), FAIL, FAIL),
        (basic(("AWS::S3::Object", ["arn:aws:s3"]), mode="WriteOnly"), FAIL, FAIL),
        (basic(("AWS::Lambda::Function", ["arn:aws:lambda"])), FAIL, FAIL),
        (advanced(), PASS, PASS),
        (advanced(readOnly={"Equals": ["false"]}), FAIL, FAIL),
        (advanced(**arn(StartsWith=["arn:aws:s3:::ward/"])), PASS, FAIL),
        (advanced(**arn(NotStartsWith=["arn:aws:s3:::ward/"])), FAIL, PASS),
        (advanced(**arn(NotStartsWith=["arn:aws:s3:::ward/logs/"])), FAIL, PASS),
        (advanced(**arn(NotEquals=["arn:aws:s3:::ward/one"])), FAIL, PASS),
        (advanced(eventName={"Equals": ["GetObject"]}), UNKNOWN, UNKNOWN),
        (advanced("AWS::S3::AccessPoint"), FAIL, FAIL),
    ],
)
def test_a_bucket_passes_when_a_running_trail_takes_every_access_to_its_objects(
    trailed, selectors, ward, other
):
    trailed.client("cloudtrail").put_event_selectors(TrailName="all", **selectors)
    found = statuses(trailed, OBJECTS)
    assert (found[OBJECTS, "ward"], found[OBJECTS, "ward-2"]) == (ward, other)


def test_a_stopped_trail_takes_nothing(trailed):
    cloudtrail = trailed.client("cloudtrail")
    cloudtrail.put_event_selectors(TrailName="all", **basic(("AWS::S3::Object", ["arn:aws:s3"])))
    cloudtrail.stop_logging(Name="all")
    assert statuses(trailed, OBJECTS)[OBJECTS, "ward"] == FAIL


def test_a_trail_of_one_region_takes_only_what_happens_there(trailed):
    trail(trailed, "there", every_region=False, region="eu-west-1")
    trailed.client("cloudtrail", "eu-west-1").put_event_selectors(
        TrailName="there",
        **basic(("AWS::S3::Object", ["arn:aws:s3"]), ("AWS::Lambda::Function", ["arn:aws:lambda"])),
    )
    function(trailed, "here")
    place = {"LocationConstraint": "eu-west-1"}
    trailed.client("s3", "eu-west-1").create_bucket(Bucket="there", CreateBucketConfiguration=place)
    found = statuses(trailed, OBJECTS)
    assert (found[OBJECTS, "there"], found[OBJECTS, "ward"]) == (PASS, FAIL)
    assert statuses(trailed, CALLS)[CALLS, "here"] == FAIL


def test_the_bucket_that_a_trail_delivers_to_need_not_be_recorded_by_it(trailed):
    selectors = advanced(**arn(NotStartsWith=["arn:aws:s3:::trail/"]))
    trailed.client("cloudtrail").put_event_selectors(TrailName="all", **selectors)
    assert statuses(trailed, OBJECTS)[OBJECTS, "trail"] == NONE


@pytest.mark.parametrize(
    ("selectors", "want"),
    [
        (basic(("AWS::Lambda::Function", ["arn:aws:lambda"])), PASS),
        (basic(("AWS::Lambda::Function", [FUNCTION + "f"])), PASS),
        (basic(("AWS::Lambda::Function", [FUNCTION + "ff"])), FAIL),
        (basic(("AWS::Lambda::Function", ["arn:aws:lambda"]), mode="ReadOnly"), FAIL),
        (advanced("AWS::Lambda::Function"), PASS),
        (advanced("AWS::Lambda::Function", **arn(NotEquals=[FUNCTION + "f"])), FAIL),
        (advanced("AWS::Lambda::Function", eventSource={"Equals": ["x"]}), UNKNOWN),
    ],
)
def test_a_function_passes_when_a_running_trail_takes_each_call(trailed, selectors, want):
    function(trailed, "f")
    trailed.client("cloudtrail").put_event_selectors(TrailName="all", **selectors)
    assert statuses(trailed, CALLS)[CALLS, "f"] == want


def test_an_account_without_buckets_or_functions_has_nothing_to_judge(cloud):
    assert set(statuses(cloud, f"{OBJECTS} {CALLS} {BUCKETS}").values()) == {NONE}


def test_a_new_trail_bucket_is_private_and_unguarded(trailed):
    found = statuses(trailed, BUCKETS)
    assert [found[check, "all"] for check in (PUBLIC, KEPT, LOCKED, LOGGED)] == [PASS, FAIL, FAIL, FAIL]


def test_a_guarded_trail_bucket_passes(trailed):
    s3 = trailed.client("s3")
    s3.put_bucket_acl(Bucket="ward", ACL="log-delivery-write")
    s3.put_bucket_logging(
        Bucket="trail",
        BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "ward", "TargetPrefix": ""}},
    )
    s3.put_bucket_versioning(Bucket="trail", VersioningConfiguration={"Status": "Enabled"})
    found = statuses(trailed, BUCKETS)
    assert [found[check, "all"] for check in (PUBLIC, KEPT, LOCKED, LOGGED)] == [PASS, PASS, FAIL, PASS]


def test_a_trail_bucket_with_locked_objects_is_kept(trailed):
    s3 = trailed.client("s3")
    s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 6}}
    s3.put_object_lock_configuration(
        Bucket="locked", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    trail(trailed, "safe", every_region=True, bucket="locked")
    found = statuses(trailed, f"{KEPT} {LOCKED}")
    assert [found[check, "safe"] for check in (KEPT, LOCKED)] == [PASS, PASS]


def test_versions_alone_do_not_lock_and_a_suspension_ends_the_keeping(trailed):
    s3 = trailed.client("s3")
    for status, kept in (("Enabled", PASS), ("Suspended", FAIL)):
        s3.put_bucket_versioning(Bucket="trail", VersioningConfiguration={"Status": status})
        found = statuses(trailed, f"{KEPT} {LOCKED}")
        assert [found[check, "all"] for check in (KEPT, LOCKED)] == [kept, FAIL]


def test_an_open_trail_bucket_fails_unless_the_account_closes_it(trailed):
    grant = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::trail/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [grant]})
    trailed.client("s3").put_bucket_policy(Bucket="trail", Policy=policy)
    assert statuses(trailed, PUBLIC)[PUBLIC, "all"] == FAIL
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    trailed.client("s3control").put_public_access_block(
        AccountId=ACCOUNT, PublicAccessBlockConfiguration=dict.fromkeys(names, True)
    )
    assert statuses(trailed, PUBLIC)[PUBLIC, "all"] == PASS


def test_a_trail_bucket_of_an_account_not_looked_at_is_unknown(trailed):
    trailed.client("s3").delete_bucket(Bucket="trail")
    assert set(statuses(trailed, BUCKETS).values()) <= {UNKNOWN, NONE}
    assert statuses(trailed, KEPT)[KEPT, "all"] == UNKNOWN


@pytest.mark.parametrize(
    ("operation", "permission", "checks"),
    [
        ("cloudtrail.describe_trails", "cloudtrail:DescribeTrails", f"{OBJECTS} {BUCKETS}"),
        ("cloudtrail.get_trail_status", "cloudtrail:GetTrailStatus", OBJECTS),
        ("cloudtrail.get_event_selectors", "cloudtrail:GetEventSelectors", OBJECTS),
        ("s3.list_buckets", "s3:ListAllMyBuckets", f"{OBJECTS} {BUCKETS}"),
        ("s3.get_bucket_versioning", "s3:GetBucketVersioning", KEPT),
        ("s3.get_object_lock_configuration", "s3:GetBucketObjectLockConfiguration", LOCKED),
        ("s3.get_bucket_logging", "s3:GetBucketLogging", LOGGED),
        ("s3.get_bucket_acl", "s3:GetBucketAcl", PUBLIC),
        ("s3control.get_public_access_block", "s3:GetAccountPublicAccessBlock", PUBLIC),
    ],
)
def test_a_refused_call_gives_unknown_that_names_the_permission(trailed, operation, permission, checks):
    trailed.client("s3").put_bucket_versioning(Bucket="trail", VersioningConfiguration={"Status": "Enabled"})
    assert_unseen(trailed, operation, permission, checks)
