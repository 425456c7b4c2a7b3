from __future__ import annotations

import pytest

from tests.collectors.aws.family import assert_refused, assert_true

pytestmark = pytest.mark.server("moto")

PASS, FAIL, NONE, UNKNOWN = "pass", "fail", "not_applicable", "unknown"
ON, OFF = "us-east-1", "eu-west-1"
REGION_CHECKS = (
    "aws-region-config-recorder",
    "aws-region-guardduty",
    "aws-region-guardduty-s3",
    "aws-region-security-hub",
    "aws-region-macie",
)


@pytest.fixture
def watched(cloud):
    cloud.client("s3").create_bucket(Bucket="config")
    config = cloud.client("config")
    config.put_configuration_recorder(
        ConfigurationRecorder={
            "name": "default",
            "roleARN": "arn:aws:iam::123456789012:role/config",
            "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True},
        }
    )
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "config"})
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    cloud.client("guardduty").create_detector(
        Enable=True, Features=[{"Name": "S3_DATA_EVENTS", "Status": "ENABLED"}]
    )
    cloud.client("securityhub").enable_security_hub()
    cloud.client("macie2").enable_macie()
    logs = cloud.client("logs")
    for name, days in (("short", 14), ("long", 3653), ("for-ever", None)):
        logs.create_log_group(logGroupName=name, **({"kmsKeyId": "arn:aws:kms:x"} if name == "long" else {}))
        if days:
            logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    # moto knows neither service to be off.
    cloud.front.canned["macie2.get_macie_session"] = {"status": "ENABLED"}
    cloud.front.refused = {}
    cloud.front.counts.clear()
    return cloud


def test_every_verdict_about_a_watched_region_is_the_true_one(watched):
    assert_true(watched, {(check, ON): PASS for check in REGION_CHECKS})


def test_a_region_where_nothing_was_set_up_fails(watched):
    checks = ("aws-region-config-recorder", "aws-region-guardduty", "aws-region-guardduty-s3")
    assert_true(watched, {(check, OFF): FAIL for check in checks})


def test_log_groups_are_judged_by_what_they_keep_and_under_which_key(watched):
    keep, key = "aws-logs-group-retention", "aws-logs-group-key"
    truth = {(keep, "short"): FAIL, (keep, "long"): PASS, (keep, "for-ever"): PASS}
    assert_true(watched, truth | {(key, "long"): PASS, (key, "short"): FAIL})


def test_a_log_group_that_only_hands_events_on_keeps_them_a_day(watched):
    place = "arn:aws:logs:us-east-1:123456789012:log-group"
    held = [
        {"logGroupName": kind, "arn": f"{place}:{kind}:*", "creationTime": 1, "logGroupClass": kind}
        for kind in ("DELIVERY", "INFREQUENT_ACCESS")
    ]
    watched.front.canned["logs.describe_log_groups"] = {"logGroups": held}
    keep = "aws-logs-group-retention"
    assert_true(watched, {(keep, "DELIVERY"): FAIL, (keep, "INFREQUENT_ACCESS"): PASS})


@pytest.mark.parametrize(
    ("recorder", "status", "want"),
    [
        ({"allSupported": True}, {"recording": True, "lastStatus": "SUCCESS"}, PASS),
        ({"allSupported": True}, {"recording": True, "lastStatus": "PENDING"}, PASS),
        ({"allSupported": True}, {"recording": False}, FAIL),
        (
            {"allSupported": True},
            {"recording": True, "lastStatus": "FAILURE", "lastErrorCode": "NoBucket"},
            FAIL,
        ),
        ({"allSupported": False}, {"recording": True, "lastStatus": "SUCCESS"}, FAIL),
        (
            {"recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"}},
            {"recording": True, "lastStatus": "SUCCESS"},
            FAIL,
        ),
    ],
)
def test_a_recorder_passes_only_while_it_takes_everything_and_delivers(cloud, recorder, status, want):
    cloud.front.canned["config.describe_configuration_recorders"] = {
        "ConfigurationRecorders": [
            {"name": "default", "recordingGroup": recorder},
            {"name": "AWSServices", "servicePrincipal": "x.amazonaws.com", "recordingGroup": {}},
        ]
    }
    cloud.front.canned["config.describe_configuration_recorder_status"] = {
        "ConfigurationRecordersStatus": [{"name": "default", **status}]
    }
    assert_true(cloud, {("aws-region-config-recorder", ON): want})


@pytest.mark.parametrize(
    ("answer", "on", "s3"),
    [
        ({"status": "ENABLED", "features": [{"name": "S3_DATA_EVENTS", "status": "ENABLED"}]}, PASS, PASS),
        (
            {
                "status": "ENABLED",
                "features": [
                    {"name": "S3_DATA_EVENTS", "status": "DISABLED"},
                    {"name": "CLOUD_TRAIL", "status": "ENABLED"},
                ],
            },
            PASS,
            FAIL,
        ),
        ({"status": "ENABLED"}, PASS, UNKNOWN),
        ({"status": "DISABLED"}, FAIL, FAIL),
    ],
)
def test_guardduty_passes_only_while_it_is_enabled(cloud, answer, on, s3):
    cloud.front.canned["guardduty.list_detectors"] = {"detectorIds": ["d1"]}
    cloud.front.canned["guardduty.get_detector"] = answer
    assert_true(cloud, {("aws-region-guardduty", ON): on, ("aws-region-guardduty-s3", ON): s3})


@pytest.mark.parametrize(
    ("operation", "permission", "checks"),
    [
        (
            "config.describe_configuration_recorders",
            "config:DescribeConfigurationRecorders",
            "aws-region-config-recorder",
        ),
        (
            "config.describe_configuration_recorder_status",
            "config:DescribeConfigurationRecorderStatus",
            "aws-region-config-recorder",
        ),
        (
            "guardduty.list_detectors",
            "guardduty:ListDetectors",
            "aws-region-guardduty aws-region-guardduty-s3",
        ),
        ("guardduty.get_detector", "guardduty:GetDetector", "aws-region-guardduty aws-region-guardduty-s3"),
        ("securityhub.describe_hub", "securityhub:DescribeHub", "aws-region-security-hub"),
        ("macie2.get_macie_session", "macie2:GetMacieSession", "aws-region-macie"),
        ("logs.describe_log_groups", "logs:DescribeLogGroups", "aws-logs-group-retention aws-logs-group-key"),
    ],
)
def test_a_refused_call_gives_unknown_that_names_the_permission(watched, operation, permission, checks):
    assert_refused(watched, operation, permission, checks)
