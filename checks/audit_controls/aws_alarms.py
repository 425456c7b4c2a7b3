"""Being told on AWS: whether an alarm reaches somebody when an event worth looking at is recorded."""

from __future__ import annotations

from checks.audit_controls import watched_events as events
from checks.audit_controls.links import EVENT_CALLS_ATTENTION, LOGINS_WATCHED
from checks.audit_controls.told import Chain, verdict
from checks.check import Verdict, check
from evidence.facts.aws_alarms import LogFilter, MetricAlarm, TopicListeners, TrailLog

_ON = "aws.alarms.account"


@check("aws-alarm-root-use", on=_ON, severity="medium", links=[EVENT_CALLS_ATTENTION])
def root_use_is_told(
    trail_logs: list[TrailLog],
    filters: list[LogFilter],
    alarms: list[MetricAlarm],
    listeners: list[TopicListeners],
) -> Verdict:
    """Is somebody told when the root user is used?"""
    return verdict(events.ROOT_USE, trail_logs, Chain(filters, alarms, listeners))


@check(
    "aws-alarm-login-without-mfa", on=_ON, severity="medium", links=[LOGINS_WATCHED, EVENT_CALLS_ATTENTION]
)
def login_without_mfa_is_told(
    trail_logs: list[TrailLog],
    filters: list[LogFilter],
    alarms: list[MetricAlarm],
    listeners: list[TopicListeners],
) -> Verdict:
    """Is somebody told when a user signs in to the console without a second factor?"""
    return verdict(events.LOGIN_WITHOUT_MFA, trail_logs, Chain(filters, alarms, listeners))


@check("aws-alarm-failed-logins", on=_ON, severity="medium", links=[LOGINS_WATCHED, EVENT_CALLS_ATTENTION])
def failed_logins_are_told(
    trail_logs: list[TrailLog],
    filters: list[LogFilter],
    alarms: list[MetricAlarm],
    listeners: list[TopicListeners],
) -> Verdict:
    """Is somebody told of failed logins to the console?"""
    return verdict(events.FAILED_LOGIN, trail_logs, Chain(filters, alarms, listeners))


@check("aws-alarm-refused-calls", on=_ON, severity="low", links=[EVENT_CALLS_ATTENTION])
def refused_calls_are_told(
    trail_logs: list[TrailLog],
    filters: list[LogFilter],
    alarms: list[MetricAlarm],
    listeners: list[TopicListeners],
) -> Verdict:
    """Is somebody told of calls that were refused?"""
    return verdict(events.REFUSED_CALL, trail_logs, Chain(filters, alarms, listeners))


@check("aws-alarm-identity-policies", on=_ON, severity="low", links=[EVENT_CALLS_ATTENTION])
def identity_policies_are_told(
    trail_logs: list[TrailLog],
    filters: list[LogFilter],
    alarms: list[MetricAlarm],
    listeners: list[TopicListeners],
) -> Verdict:
    """Is somebody told when a policy of users, groups or roles changes?"""
    return verdict(events.IDENTITY_POLICY, trail_logs, Chain(filters, alarms, listeners))


@check("aws-alarm-trail-changes", on=_ON, severity="medium", links=[EVENT_CALLS_ATTENTION])
def trail_changes_are_told(
    trail_logs: list[TrailLog],
    filters: list[LogFilter],
    alarms: list[MetricAlarm],
    listeners: list[TopicListeners],
) -> Verdict:
    """Is somebody told when a trail is changed or stopped?"""
    return verdict(events.TRAIL_CHANGE, trail_logs, Chain(filters, alarms, listeners))


@check("aws-alarm-key-loss", on=_ON, severity="low", links=[EVENT_CALLS_ATTENTION])
def key_loss_is_told(
    trail_logs: list[TrailLog],
    filters: list[LogFilter],
    alarms: list[MetricAlarm],
    listeners: list[TopicListeners],
) -> Verdict:
    """Is somebody told when a key is disabled or scheduled for deletion?"""
    return verdict(events.KEY_LOSS, trail_logs, Chain(filters, alarms, listeners))


@check("aws-alarm-bucket-policies", on=_ON, severity="low", links=[EVENT_CALLS_ATTENTION])
def bucket_policies_are_told(
    trail_logs: list[TrailLog],
    filters: list[LogFilter],
    alarms: list[MetricAlarm],
    listeners: list[TopicListeners],
) -> Verdict:
    """Is somebody told when a bucket's policy or access list changes?"""
    return verdict(events.BUCKET_POLICY, trail_logs, Chain(filters, alarms, listeners))


@check("aws-alarm-config-changes", on=_ON, severity="low", links=[EVENT_CALLS_ATTENTION])
def config_changes_are_told(
    trail_logs: list[TrailLog],
    filters: list[LogFilter],
    alarms: list[MetricAlarm],
    listeners: list[TopicListeners],
) -> Verdict:
    """Is somebody told when the recording of configurations changes?"""
    return verdict(events.CONFIG_CHANGE, trail_logs, Chain(filters, alarms, listeners))


@check("aws-alarm-security-groups", on=_ON, severity="low", links=[EVENT_CALLS_ATTENTION])
def security_groups_are_told(
    trail_logs: list[TrailLog],
    filters: list[LogFilter],
    alarms: list[MetricAlarm],
    listeners: list[TopicListeners],
) -> Verdict:
    """Is somebody told when a security group changes?"""
    return verdict(events.SECURITY_GROUP, trail_logs, Chain(filters, alarms, listeners))


@check("aws-alarm-network-paths", on=_ON, severity="low", links=[EVENT_CALLS_ATTENTION])
def network_paths_are_told(
    trail_logs: list[TrailLog],
    filters: list[LogFilter],
    alarms: list[MetricAlarm],
    listeners: list[TopicListeners],
) -> Verdict:
    """Is somebody told when network ACLs, gateways, routes or VPCs change?"""
    return verdict(events.NETWORK_PATH, trail_logs, Chain(filters, alarms, listeners))
