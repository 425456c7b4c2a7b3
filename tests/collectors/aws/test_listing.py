from __future__ import annotations

import base64
import re

import pytest

from collectors.aws.clients import Clients
from collectors.aws.platform import AwsPlatform
from collectors.limits import Limits, Rate
from collectors.poll import Errand, poll
from tests.collectors.aws.plans import plans
from tests.servers.moto import snapshot_block
from tests.servers.moto_clients import ACCOUNT

pytestmark = pytest.mark.server("moto")


def report_answer(content):
    text = base64.b64encode(content).decode()
    return (
        "<GetCredentialReportResponse><GetCredentialReportResult>"
        f"<Content>{text}</Content></GetCredentialReportResult></GetCredentialReportResponse>"
    )


def test_an_empty_part_says_that_the_listing_succeeded(cloud):
    findings = cloud.judge(["aws-ec2-volume-encryption"])
    assert [(f.subject.part, f.status.value) for f in findings] == [
        ("eu-west-1", "not_applicable"),
        ("us-east-1", "not_applicable"),
    ]


def test_systems_manager_answers_are_read_page_by_page_and_in_batches(cloud):
    ec2 = cloud.client("ec2")
    ids = [
        row["InstanceId"]
        for row in ec2.run_instances(ImageId="ami-12345678", MinCount=60, MaxCount=60)["Instances"]
    ]
    counts = {"CriticalNonCompliantCount": 0, "SecurityNonCompliantCount": 0, "FailedCount": 0}
    now = 1_800_000_000
    cloud.front.canned["ssm.describe_instance_information"] = lambda _region: {
        "InstanceInformationList": [
            {"InstanceId": ids[0], "PingStatus": "Online", "PlatformType": "Linux"},
            {"InstanceId": ids[1], "PingStatus": "ConnectionLost", "PlatformType": "Linux"},
        ]
    }
    results = cloud.poll(
        cloud.source(regions=("us-east-1",)), ["aws-ec2-instance-patches", "aws-ec2-instance-managed"]
    )
    assert cloud.front.counts["ssm.describe_instance_patch_states"] == 2
    rows = {o.resource.name: o for o in results[f"aws/{ACCOUNT}", "aws.ec2.instance"].observations}
    assert rows[ids[0]].facts["managed"] == {"ping": "Online", "platform": "Linux"}
    assert rows[ids[2]].facts["managed"] is None
    assert rows[ids[2]].volatile["patch_scan"] is None
    cloud.front.canned["ssm.describe_instance_patch_states"] = {
        "InstancePatchStates": [
            {
                "InstanceId": ids[0],
                "MissingCount": 0,
                "OperationEndTime": now,
                **counts,
                "PatchGroup": "",
                "BaselineId": "pb",
                "OperationStartTime": now,
                "Operation": "Scan",
            }
        ]
    }
    ec2.terminate_instances(InstanceIds=ids[1:])
    results = cloud.poll(cloud.source(regions=("us-east-1",)), ["aws-ec2-instance-patches"])
    (left,) = results[f"aws/{ACCOUNT}", "aws.ec2.instance"].observations
    assert left.volatile["patch_scan"]["ended"] == "2027-01-15T08:00:00Z"


def test_a_region_that_blocks_snapshot_sharing_passes(cloud):
    cloud.front.canned["ec2.get_snapshot_block_public_access_state"] = snapshot_block("block-all-sharing")
    verdicts = cloud.verdicts("aws-ec2-region-snapshot-block")
    assert set(verdicts.values()) == {"pass"}


def test_listings_of_more_than_one_page_are_read_to_the_end(cloud):
    ec2 = cloud.client("ec2")
    for _ in range(7):
        ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1)
    cloud.front.page_size = 3
    cloud.front.counts.clear()
    results = cloud.poll(cloud.source(regions=("us-east-1",)), ["aws-ec2-instance-imdsv2"])
    (coverage,) = results[f"aws/{ACCOUNT}", "aws.ec2.instance"].coverage
    assert (coverage.status.value, coverage.listed) == ("complete", 7)
    assert cloud.front.counts["ec2.describe_instances"] == 3


def scopes_of(result):
    assert {o.resource.scope for o in result.observations} <= {c.scope for c in result.coverage}
    return {c.scope.part: c.status.value for c in result.coverage}


def test_a_scope_is_what_was_listed_and_a_resource_is_asked_in_the_region_it_calls_its_home(cloud):
    there = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    cloud.client("s3").create_bucket(Bucket="near")
    cloud.client("s3", "eu-west-1").create_bucket(Bucket="far", **there)
    cloud.client("ec2", "eu-west-1").create_volume(AvailabilityZone="eu-west-1a", Size=1)
    names = ["aws-s3-bucket-versioning", "aws-ec2-volume-encryption", "aws-ec2-region-ebs-encryption"]
    results = {kind: result for (_, kind), result in cloud.poll(checks=names).items()}
    buckets, volumes, regions = (results[f"aws.{kind}"] for kind in ("s3.bucket", "ec2.volume", "ec2.region"))
    assert scopes_of(buckets) == {"global": "complete"}
    assert {o.resource.name: dict(o.resource.labels)["region"] for o in buckets.observations} == {
        "near": "us-east-1",
        "far": "eu-west-1",
    }
    asked = [seen for seen in cloud.front.seen if seen.endswith("s3.get_bucket_versioning")]
    assert sorted(asked) == ["eu-west-1/s3.get_bucket_versioning", "us-east-1/s3.get_bucket_versioning"]
    assert scopes_of(volumes) == {"eu-west-1": "complete", "us-east-1": "complete"}
    assert [o.resource.scope.part for o in volumes.observations] == ["eu-west-1"]
    assert scopes_of(regions) == {"eu-west-1": "complete", "us-east-1": "complete"}
    assert sorted(o.resource.scope.part for o in regions.observations) == ["eu-west-1", "us-east-1"]


def test_a_listing_that_fails_on_its_second_page_is_partial_and_the_rest_is_unknown(cloud):
    ec2 = cloud.client("ec2")
    for _ in range(4):
        ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1)
    cloud.front.page_size = 3
    cloud.front.after["ec2.describe_instances"] = lambda: cloud.front.refused.update(
        {"ec2.describe_instances": "UnauthorizedOperation"}
    )
    results = cloud.poll(cloud.source(regions=("us-east-1",)), ["aws-ec2-instance-imdsv2"])
    (coverage,) = results[f"aws/{ACCOUNT}", "aws.ec2.instance"].coverage
    assert (coverage.status.value, coverage.listed) == ("partial", 3)
    assert coverage.why.need == "ec2:DescribeInstances"


def test_a_bucket_deleted_between_listing_and_reading_is_counted_and_not_judged(cloud):
    s3 = cloud.client("s3")
    for name in ("stays", "goes"):
        s3.create_bucket(Bucket=name)
    cloud.front.before["s3.get_bucket_encryption"] = lambda: s3.delete_bucket(Bucket="goes")
    results = cloud.poll(checks=["aws-s3-bucket-encryption"], workers=1)
    result = results[f"aws/{ACCOUNT}", "aws.s3.bucket"]
    assert [o.resource.name for o in result.observations] == ["stays"]
    assert [(c.status.value, c.listed, c.gone) for c in result.coverage] == [("complete", 2, 1)]


def test_a_user_newer_than_the_credential_report_is_stale_not_failed(cloud):
    iam = cloud.client("iam")
    iam.create_user(UserName="old")
    iam.generate_credential_report()
    real = iam.get_credential_report()["Content"]
    iam.create_user(UserName="new")
    cloud.front.canned["iam.get_credential_report"] = report_answer(real)
    verdicts = {f.subject.name: f for f in cloud.judge(["aws-iam-user-console-mfa"])}
    assert verdicts["old"].status.value == "not_applicable"
    assert verdicts["new"].status.value == "unknown"
    assert "stale" in verdicts["new"].sentence


def test_a_user_made_again_under_the_same_name_is_not_judged_by_the_earlier_ones_row(cloud):
    iam = cloud.client("iam")
    iam.create_user(UserName="anna")
    real = cloud.client("iam")
    real.generate_credential_report()
    report = real.get_credential_report()["Content"].decode()
    earlier = re.sub(r"\d{4}-\d\d-\d\dT", "2001-01-01T", report)
    cloud.front.canned["iam.get_credential_report"] = report_answer(earlier.encode())
    (finding,) = cloud.judge(["aws-iam-user-console-mfa"])
    assert finding.status.value == "unknown"


def test_a_service_that_throttles_is_asked_more_slowly_from_then_on(cloud):
    cloud.client("s3").create_bucket(Bucket="ward")
    limits = Limits({"": Rate(10_000, 10_000)})
    clients = Clients(limits)
    platform = AwsPlatform(clients)
    cloud.front.refused = {"s3.get_bucket_versioning": "SlowDown"}
    source = cloud.source()
    wanted = plans(platform, ["aws-s3-bucket-versioning"])
    (result,) = poll([Errand(platform, source.name, source, wanted)])
    platform.close()
    assert limits.share((f"aws/{ACCOUNT}", "s3", "us-east-1")) < 1
    (row,) = result.observations
    assert row.facts["versioning"].reason.value == "throttled"


def test_a_trail_is_asked_in_its_home_region_wherever_that_is(cloud):
    cloud.client("s3").create_bucket(Bucket="logs")
    there = cloud.client("cloudtrail", "eu-west-1")
    there.create_trail(Name="everywhere", S3BucketName="logs", IsMultiRegionTrail=True)
    there.start_logging(Name="everywhere")
    there.put_event_selectors(
        TrailName="everywhere", EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True}]
    )
    assert set(cloud.verdicts("aws-account-trail-everywhere").values()) == {"pass"}
    assert "eu-west-1/cloudtrail.get_trail_status" in cloud.front.seen


def test_a_patch_answer_without_its_counts_is_missing_and_never_nothing_missing(cloud):
    made = cloud.client("ec2").run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1)
    row = {"InstanceId": made["Instances"][0]["InstanceId"], "OperationEndTime": 1_800_000_000}
    cloud.front.canned["ssm.describe_instance_patch_states"] = {"InstancePatchStates": [row]}
    (finding,) = [f for f in cloud.judge(["aws-ec2-instance-patches"]) if hasattr(f.subject, "name")]
    assert finding.status.value == "unknown"
    assert "MissingCount" in finding.sentence
