"""Who is told of certain events: a trail's log group, its metric filters, the alarms on them, their SNS topics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.cloudtrail import SELECTORS, STATUS, TRAILS, management_events
from collectors.aws.credentials import account_of
from collectors.aws.errors import code_of
from collectors.aws.kind import AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws_alarms import CountedMetric, LogFilter, MetricAlarm, TopicListeners, TrailLog

_METRIC = "Namespace, MetricName, Dimensions[]{Name}"
_GONE = frozenset({"NotFound", "NotFoundException", "ResourceNotFoundException"})


class AlarmedAccount(AwsKind):
    """One account with the alarms on its trails' events; the only resource of this kind in it."""

    kind = "aws.alarms.account"
    service = "cloudtrail"
    keep: ClassVar = {
        "describe_trails": TRAILS,
        "get_trail_status": STATUS,
        "get_event_selectors": SELECTORS,
        "logs.describe_metric_filters": (
            "metricFilters[]{filterName, filterPattern, fieldSelectionCriteria, "
            "metricTransformations[]{metricNamespace, metricName, metricValue, dimensions{*}}}"
        ),
        "cloudwatch.describe_alarms": (
            "MetricAlarms[]{AlarmName, ActionsEnabled, AlarmActions, Statistic, ComparisonOperator, Threshold, "
            f"EvaluationPeriods, DatapointsToAlarm, {_METRIC}, Metrics[]{{MetricStat{{Metric{{{_METRIC}}}}}}}}}, "
            "CompositeAlarms[]{AlarmRule}"
        ),
        "sns.list_subscriptions_by_topic": "Subscriptions[]{SubscriptionArn}",
    }

    @lists()
    def every(self, cloudtrail: AwsClient) -> Iterator[Found]:
        """The account itself."""
        yield Found(cloudtrail.account, cloudtrail.account)

    @fact(
        needs={
            "describe_trails": "cloudtrail:DescribeTrails",
            "get_trail_status": "cloudtrail:GetTrailStatus",
            "get_event_selectors": "cloudtrail:GetEventSelectors",
        }
    )
    def trail_logs(self, cloudtrail: AwsClient) -> list[TrailLog]:
        """DescribeTrails with replicas; status and selectors of those that write to a log group."""
        rows = cloudtrail.describe_trails(includeShadowTrails=True)["trailList"]
        return [
            _trail_log(cloudtrail.at(row["HomeRegion"]), row)
            for row in rows
            if row.get("CloudWatchLogsLogGroupArn")
        ]

    @fact(needs={"describe_metric_filters": "logs:DescribeMetricFilters"})
    def filters(self, logs: AwsClient, trail_logs: list[TrailLog]) -> list[LogFilter]:
        """DescribeMetricFilters of each log group of the account's own, 50 at a time; a group that is gone has none."""
        groups = sorted({log["group"] for log in trail_logs if log["own"]})
        return [one for group in groups for one in _filters(logs.at(_region(group)), group)]

    @fact(needs={"describe_alarms": "cloudwatch:DescribeAlarms"})
    def alarms(self, cloudwatch: AwsClient, filters: list[LogFilter]) -> list[MetricAlarm]:
        """DescribeAlarms of the regions that have such filters, 100 at a time: only the alarms on their metrics."""
        watched: dict[str, set[str]] = {}
        for one in filters:
            names = {metric["name"] for metric in one["metrics"]}
            watched.setdefault(_region(one["group"]), set()).update(names)
        return [
            alarm
            for region, metrics in sorted(watched.items())
            for alarm in _alarms(cloudwatch.at(region))
            if metrics & set(alarm["metrics"])
        ]

    @fact(needs={"list_subscriptions_by_topic": "sns:ListSubscriptionsByTopic"})
    def listeners(self, sns: AwsClient, alarms: list[MetricAlarm]) -> list[TopicListeners]:
        """ListSubscriptionsByTopic of each topic these alarms call; who is subscribed is never kept."""
        topics = sorted({arn for alarm in alarms for arn in alarm["actions"] if ":sns:" in arn})
        return [{"topic": arn, "confirmed": _confirmed(sns.at(_region(arn)), arn)} for arn in topics]


def _trail_log(cloudtrail: AwsClient, row: Mapping[str, Any]) -> TrailLog:
    arn, group = row["TrailARN"], row["CloudWatchLogsLogGroupArn"]
    status = cloudtrail.get_trail_status(Name=arn)
    return {
        "arn": arn,
        "every_region": row.get("IsMultiRegionTrail", False),
        "logging": status["IsLogging"],
        "management": management_events(cloudtrail.get_event_selectors(TrailName=arn)),
        "group": group.removesuffix(":*"),
        "own": account_of(group) == cloudtrail.account,
        "error": status.get("LatestCloudWatchLogsDeliveryError", ""),
    }


def _filters(logs: AwsClient, group: str) -> Iterator[LogFilter]:
    name = group.partition(":log-group:")[2]
    try:
        for page in logs.pages("describe_metric_filters", logGroupName=name, limit=50):
            for row in page["metricFilters"]:
                yield {
                    "group": group,
                    "name": row["filterName"],
                    "pattern": row.get("filterPattern", ""),
                    "narrowed": bool(row.get("fieldSelectionCriteria")),
                    "metrics": [_counted(logs.region, metric) for metric in row["metricTransformations"]],
                }
    except Exception as error:
        if code_of(error) not in _GONE:
            raise


def _counted(region: str, row: Mapping[str, Any]) -> CountedMetric:
    return {
        "name": f"{region} {row['metricNamespace']}/{row['metricName']}",
        "value": row["metricValue"],
        "split": bool(row.get("dimensions")),
    }


def _alarms(cloudwatch: AwsClient) -> list[MetricAlarm]:
    asked = {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"], "MaxRecords": 100}
    pages = list(cloudwatch.pages("describe_alarms", **asked))
    rules = [row["AlarmRule"] for page in pages for row in page.get("CompositeAlarms", [])]
    return [_alarm(cloudwatch.region, row, rules) for page in pages for row in page.get("MetricAlarms", [])]


def _alarm(region: str, row: Mapping[str, Any], rules: list[str]) -> MetricAlarm:
    return {
        "name": row["AlarmName"],
        "metrics": sorted(f"{region} {metric}" for metric in _metrics_of(row)),
        "statistic": "" if row.get("Metrics") else row.get("Statistic", ""),
        "operator": row.get("ComparisonOperator", ""),
        "threshold": str(row.get("Threshold", "")),
        "datapoints": row.get("DatapointsToAlarm") or row.get("EvaluationPeriods", 1),
        "actions": sorted(row.get("AlarmActions", [])) if row["ActionsEnabled"] else [],
        "combined": any(row["AlarmName"] in rule for rule in rules),
    }


def _metrics_of(row: Mapping[str, Any]) -> set[str]:
    parts = [part["MetricStat"]["Metric"] for part in row.get("Metrics", []) if part.get("MetricStat")]
    held = [*parts, row] if row.get("MetricName") else parts
    # With a dimension it is another metric than the one that a filter counts into.
    plain = [metric for metric in held if not metric.get("Dimensions")]
    return {f"{metric['Namespace']}/{metric['MetricName']}" for metric in plain}


def _confirmed(sns: AwsClient, topic: str) -> int:
    try:
        pages = list(sns.pages("list_subscriptions_by_topic", TopicArn=topic))
    except Exception as error:
        if code_of(error) in _GONE:
            return 0
        raise
    rows = [row for page in pages for row in page.get("Subscriptions", [])]
    return sum(row["SubscriptionArn"].startswith("arn:") for row in rows)


def _region(arn: str) -> str:
    return arn.split(":")[3]
