from __future__ import annotations

import pytest

from checks.audit_controls import watched_events
from checks.audit_controls.told import Chain, verdict
from checks.audit_controls.watched_events import ORDINARY, Watch
from checks.log_pattern import matches_event
from evidence.facts.aws_alarms import CountedMetric, LogFilter, MetricAlarm, TopicListeners, TrailLog
from tests.checks.strict import Strict

TOPIC = "arn:aws:sns:us-east-1:111122223333:security"
METRIC = "us-east-1 Trail/m"
WATCHES = {name: held for name, held in vars(watched_events).items() if isinstance(held, Watch)}
BY_NAME = sorted(name for name, held in WATCHES.items() if all(" " not in event for event in held.events))
ROOT = (
    '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}'
)
NO_MFA = '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }'
FAILED = '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }'
REFUSED = (
    '{ ($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*") '
    '&& ($.sourceIPAddress!="delivery.logs.amazonaws.com") && ($.eventName!="HeadBucket") }'
)


def log(**other):
    given = {
        "arn": "arn:trail",
        "every_region": True,
        "logging": True,
        "management": "all",
        "group": "arn:group",
        "own": True,
        "error": "",
    }
    return Strict(TrailLog, **{**given, **other})


def looks_for(pattern, *, narrowed=False, value="1", split=False):
    metric = Strict(CountedMetric, name=METRIC, value=value, split=split)
    return Strict(
        LogFilter, group="arn:group", name="f", pattern=pattern, narrowed=narrowed, metrics=[metric]
    )


def alarm(**other):
    given = {
        "name": "a",
        "metrics": [METRIC],
        "statistic": "Sum",
        "operator": "GreaterThanOrEqualToThreshold",
        "threshold": "1.0",
        "datapoints": 1,
        "actions": [TOPIC],
        "combined": False,
    }
    return Strict(MetricAlarm, **{**given, **other})


def status(watch, *, logs=None, filters=(), alarms=None, confirmed=1):
    listeners = [Strict(TopicListeners, topic=TOPIC, confirmed=confirmed)]
    chain = Chain(list(filters), [alarm()] if alarms is None else alarms, listeners)
    return verdict(watch, [log()] if logs is None else logs, chain).status


def any_of(names):
    return "{ " + " || ".join(f"($.eventName = {name})" for name in names) + " }"


@pytest.mark.parametrize("name", BY_NAME)
def test_a_filter_for_every_event_of_a_watch_passes_and_one_less_fails(name):
    watch = WATCHES[name]
    assert status(watch, filters=[looks_for(any_of(watch.events))]) == "pass"
    for left_out in watch.events:
        others = [event for event in watch.events if event != left_out] or ["Other"]
        assert status(watch, filters=[looks_for(any_of(others))]) == "fail"


@pytest.mark.parametrize("name", BY_NAME)
def test_two_filters_may_share_the_events_of_a_watch(name):
    watch = WATCHES[name]
    names = list(watch.events)
    filters = [looks_for(any_of(names[:1])), looks_for(any_of(names[1:]))]
    assert status(watch, filters=filters) == "pass"


@pytest.mark.parametrize(
    ("watch", "pattern"),
    [("ROOT_USE", ROOT), ("LOGIN_WITHOUT_MFA", NO_MFA), ("FAILED_LOGIN", FAILED), ("REFUSED_CALL", REFUSED)],
)
def test_a_pattern_in_common_use_passes(watch, pattern):
    assert status(WATCHES[watch], filters=[looks_for(pattern)]) == "pass"
    assert not any(matches_event(pattern, event) for event in ORDINARY)


@pytest.mark.parametrize(
    ("logs", "want"),
    [
        ([], "fail"),
        ([log(logging=False)], "fail"),
        ([log(error="AccessDenied")], "fail"),
        ([log(every_region=False)], "fail"),
        ([log(management="write")], "fail"),
        ([log(management="")], "unknown"),
        ([log(own=False)], "unknown"),
        ([log(arn="other", logging=False), log()], "pass"),
    ],
)
def test_only_a_sound_trail_with_a_log_group_of_the_account_counts(logs, want):
    assert status(WATCHES["ROOT_USE"], logs=logs, filters=[looks_for(ROOT)]) == want


@pytest.mark.parametrize(
    ("held", "want"),
    [
        (alarm(), "pass"),
        (alarm(operator="GreaterThanThreshold", threshold="0.0"), "pass"),
        (alarm(statistic="Maximum"), "pass"),
        (alarm(threshold="5.0"), "fail"),
        (alarm(operator="GreaterThanThreshold"), "fail"),
        (alarm(datapoints=2), "fail"),
        (alarm(actions=[]), "fail"),
        (alarm(actions=[], combined=True), "unknown"),
        (alarm(actions=["arn:aws:lambda:us-east-1:111122223333:function:f"]), "unknown"),
        (alarm(statistic="", operator=""), "unknown"),
        (alarm(statistic="Average"), "unknown"),
        (alarm(metrics=["eu-west-1 Trail/m"]), "fail"),
    ],
)
def test_an_alarm_must_be_raised_by_one_event_and_call_somebody(held, want):
    assert status(WATCHES["ROOT_USE"], filters=[looks_for(ROOT)], alarms=[held]) == want


def test_an_alarm_of_many_events_may_wait_for_many():
    assert (
        status(WATCHES["FAILED_LOGIN"], filters=[looks_for(FAILED)], alarms=[alarm(threshold="5.0")])
        == "pass"
    )


@pytest.mark.parametrize(
    "counted", [{"narrowed": True}, {"split": True}, {"value": "$.size"}], ids=["narrowed", "split", "value"]
)
def test_what_a_filter_counts_otherwise_settles_nothing(counted):
    assert status(WATCHES["ROOT_USE"], filters=[looks_for(ROOT, **counted)]) == "unknown"


def test_an_unconfirmed_listener_hears_nothing():
    assert status(WATCHES["ROOT_USE"], filters=[looks_for(ROOT)], confirmed=0) == "fail"
