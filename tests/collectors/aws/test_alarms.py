from __future__ import annotations

import pytest

from tests.collectors.aws.family import assert_only_reads, assert_refused, assert_steady, assert_true

pytestmark = pytest.mark.server("moto")

PASS, FAIL, UNKNOWN = "pass", "fail", "unknown"
ACCOUNT = "123456789012"
GROUP = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:trail:*"
ROOT = '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }'
NO_MFA = (
    '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") '
    '&& ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }'
)
REFUSED = '{ ($.errorCode ="*UnauthorizedOperation") || ($.errorCode ="AccessDenied*") }'
HALF = "{($.eventName=CreateTrail)||($.eventName=UpdateTrail)}"
ALL = (
    "aws-alarm-root-use aws-alarm-login-without-mfa aws-alarm-refused-calls aws-alarm-trail-changes "
    "aws-alarm-key-loss"
)


def alarm(cloud, name, *, topic=None, threshold=1.0, on=True):
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="Trail",
        MetricName=name,
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=threshold,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        ActionsEnabled=on,
        AlarmActions=[topic] if topic else [],
    )


def look_for(cloud, name, pattern):
    logs = cloud.client("logs")
    for known in logs.describe_metric_filters(logGroupName="trail", filterNamePrefix=name)["metricFilters"]:
        logs.delete_metric_filter(logGroupName="trail", filterName=known["filterName"])
    logs.put_metric_filter(
        logGroupName="trail",
        filterName=name,
        filterPattern=pattern,
        metricTransformations=[{"metricNamespace": "Trail", "metricName": name, "metricValue": "1"}],
    )


def topic(cloud, name, *, heard):
    sns = cloud.client("sns")
    arn = sns.create_topic(Name=name)["TopicArn"]
    if heard:
        sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="someone@example.org")
    return arn


@pytest.fixture
def alarmed(cloud):
    cloud.client("s3").create_bucket(Bucket="trail")
    cloud.client("logs").create_log_group(logGroupName="trail")
    cloudtrail = cloud.client("cloudtrail")
    cloudtrail.create_trail(
        Name="all",
        S3BucketName="trail",
        IsMultiRegionTrail=True,
        CloudWatchLogsLogGroupArn=GROUP,
        CloudWatchLogsRoleArn=f"arn:aws:iam::{ACCOUNT}:role/trail",
    )
    cloudtrail.start_logging(Name="all")
    cloudtrail.put_event_selectors(
        TrailName="all", EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True}]
    )
    heard, unheard = topic(cloud, "heard", heard=True), topic(cloud, "unheard", heard=False)
    for name, pattern in (("root", ROOT), ("no-mfa", NO_MFA), ("refused", REFUSED), ("half", HALF)):
        look_for(cloud, name, pattern)
    alarm(cloud, "root", topic=heard)
    alarm(cloud, "no-mfa", topic=unheard)
    alarm(cloud, "refused", topic=heard, threshold=10.0)
    alarm(cloud, "half", topic=heard)
    alarm(cloud, "cpu", topic=heard)
    cloud.front.clear()
    return cloud


def test_an_event_passes_only_when_a_confirmed_listener_is_told_of_it(alarmed):
    truth = {
        "aws-alarm-root-use": PASS,
        "aws-alarm-login-without-mfa": FAIL,
        "aws-alarm-failed-logins": FAIL,
        "aws-alarm-refused-calls": PASS,
        "aws-alarm-trail-changes": FAIL,
        "aws-alarm-key-loss": FAIL,
    }
    assert_true(alarmed, {(check, ACCOUNT): status for check, status in truth.items()})
    assert_only_reads(alarmed)
    assert sum(alarmed.front.counts.values()) == 8


def test_the_sentence_says_where_the_chain_breaks(alarmed):
    said = {finding.check: finding.sentence for finding in alarmed.judge(ALL.split())}
    assert "nobody has confirmed" in said["aws-alarm-login-without-mfa"]
    assert "DeleteTrail: no metric filter matches it" in said["aws-alarm-trail-changes"]


def test_who_is_subscribed_is_never_kept(alarmed):
    results = alarmed.poll(checks=ALL.split())
    kept = b"".join(data for result in results.values() for data in result.objects.values())
    assert b"someone@example.org" not in kept


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("actions off", {"topic": "arn:aws:sns:us-east-1:123456789012:heard", "on": False}),
        ("no action", {}),
        ("ten events", {"topic": "arn:aws:sns:us-east-1:123456789012:heard", "threshold": 10.0}),
    ],
)
def test_an_alarm_that_stays_silent_fails(alarmed, name, change):
    alarm(alarmed, "root", **change)
    assert_true(alarmed, {("aws-alarm-root-use", ACCOUNT): FAIL})


def test_a_filter_that_matches_everything_tells_nobody_anything(alarmed):
    look_for(alarmed, "root", "{ $.eventName = * }")
    assert_true(alarmed, {("aws-alarm-root-use", ACCOUNT): FAIL})


def test_a_pattern_of_another_form_settles_nothing(alarmed):
    look_for(alarmed, "root", "[ip, user=root]")
    assert_true(alarmed, {("aws-alarm-root-use", ACCOUNT): UNKNOWN})


def test_a_pattern_of_another_form_that_leads_to_nobody_changes_nothing(alarmed):
    look_for(alarmed, "silent", "[ip, user=root]")
    assert_true(alarmed, {("aws-alarm-root-use", ACCOUNT): PASS, ("aws-alarm-key-loss", ACCOUNT): FAIL})


def test_a_stopped_trail_tells_nobody_anything(alarmed):
    alarmed.client("cloudtrail").stop_logging(Name="all")
    assert_true(alarmed, {("aws-alarm-root-use", ACCOUNT): FAIL})


def test_an_account_without_any_log_group_fails(cloud):
    assert_true(cloud, {("aws-alarm-root-use", ACCOUNT): FAIL})


def test_the_log_group_of_an_organisations_trail_in_another_account_is_unknown(alarmed):
    alarmed.front.canned["cloudtrail.describe_trails"] = {
        "trailList": [
            {
                "Name": "org",
                "TrailARN": "arn:aws:cloudtrail:us-east-1:999999999999:trail/org",
                "HomeRegion": "us-east-1",
                "IsMultiRegionTrail": True,
                "IsOrganizationTrail": True,
                "S3BucketName": "x",
                "CloudWatchLogsLogGroupArn": "arn:aws:logs:us-east-1:999999999999:log-group:org:*",
            }
        ]
    }
    alarmed.front.canned["cloudtrail.get_trail_status"] = {"IsLogging": True}
    alarmed.front.canned["cloudtrail.get_event_selectors"] = {
        "EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}]
    }
    assert_true(alarmed, {("aws-alarm-root-use", ACCOUNT): UNKNOWN})


@pytest.mark.parametrize(
    ("operation", "permission"),
    [
        ("cloudtrail.describe_trails", "cloudtrail:DescribeTrails"),
        ("cloudtrail.get_trail_status", "cloudtrail:GetTrailStatus"),
        ("cloudtrail.get_event_selectors", "cloudtrail:GetEventSelectors"),
        ("logs.describe_metric_filters", "logs:DescribeMetricFilters"),
        ("cloudwatch.describe_alarms", "cloudwatch:DescribeAlarms"),
        ("sns.list_subscriptions_by_topic", "sns:ListSubscriptionsByTopic"),
    ],
)
def test_a_refused_call_gives_unknown_that_names_the_permission(alarmed, operation, permission):
    assert_refused(alarmed, operation, permission, ALL)


def test_they_are_the_same_however_many_look_and_however_often(alarmed):
    # The time of the last delivery is never the same.
    alarmed.front.canned["cloudtrail.get_trail_status"] = {"IsLogging": True}
    assert_steady(alarmed, ALL)
