"""The shapes of AWS facts about being told: a trail's log group, its metric filters, their alarms and who hears them."""

from __future__ import annotations

from typing import TypedDict


class TrailLog(TypedDict):
    """A trail that covers the account and the log group it also writes to ("" = none).

    `own` says whether that group is the account's; `error` is that of the last delivery to it ("" = none),
    `management` as in TrailEvents ("" = AWS did not say).
    """

    arn: str
    every_region: bool
    logging: bool
    management: str
    group: str
    own: bool
    error: str


class CountedMetric(TypedDict):
    """The metric ("region namespace/name") a filter counts into; `split` says that it is counted by dimensions.

    `value` is what one matching event adds, as AWS holds it ("1", "$.size").
    """

    name: str
    value: str
    split: bool


class LogFilter(TypedDict):
    """A metric filter of a log group, with the pattern it looks for; `narrowed` = by more than the pattern."""

    group: str
    name: str
    pattern: str
    narrowed: bool
    metrics: list[CountedMetric]


class MetricAlarm(TypedDict):
    """An alarm on such metrics; `statistic` "" = a formula or percentile, `threshold` a number as text.

    `datapoints` is how many periods must breach it; `actions` are the ARNs it calls, none while they are off;
    `combined` says that a composite alarm, whose own actions were not read, is built on it.
    """

    name: str
    metrics: list[str]
    statistic: str
    operator: str
    threshold: str
    datapoints: int
    actions: list[str]
    combined: bool


class TopicListeners(TypedDict):
    """How many subscriptions of an SNS topic were confirmed; a topic that is gone has none."""

    topic: str
    confirmed: int
