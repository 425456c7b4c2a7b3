"""Being told on AWS: whether an alarm reaches somebody when an event worth looking at is recorded."""

from __future__ import annotations

from checks.audit_controls import watched_events as events
from checks.audit_controls.links import EVENT_CALLS_ATTENTION, LOGINS_WATCHED
from checks.audit_controls.told import Chain, verdict
from checks.audit_controls.watched_events import Watch
from checks.check import Check, Link, Verdict, check
from evidence.facts.aws_alarms import LogFilter, MetricAlarm, TopicListeners, TrailLog


def _told(id_: str, watch: Watch, question: str, severity: str, *more: Link) -> Check:
    """One check of those here: they ask the same of the same facts, each about its own events."""

    def ask(
        trail_logs: list[TrailLog],
        filters: list[LogFilter],
        alarms: list[MetricAlarm],
        listeners: list[TopicListeners],
    ) -> Verdict:
        return verdict(watch, trail_logs, Chain(filters, alarms, listeners))

    ask.__doc__ = question
    links = [*more, EVENT_CALLS_ATTENTION]
    return check(id_, on="aws.alarms.account", severity=severity, links=links)(ask)


root_use_is_told = _told(
    "aws-alarm-root-use", events.ROOT_USE, "Is somebody told when the root user is used?", "medium"
)

login_without_mfa_is_told = _told(
    "aws-alarm-login-without-mfa",
    events.LOGIN_WITHOUT_MFA,
    "Is somebody told when a user signs in to the console without a second factor?",
    "medium",
    LOGINS_WATCHED,
)

failed_logins_are_told = _told(
    "aws-alarm-failed-logins",
    events.FAILED_LOGIN,
    "Is somebody told of failed logins to the console?",
    "medium",
    LOGINS_WATCHED,
)

refused_calls_are_told = _told(
    "aws-alarm-refused-calls", events.REFUSED_CALL, "Is somebody told of calls that were refused?", "low"
)

identity_policies_are_told = _told(
    "aws-alarm-identity-policies",
    events.IDENTITY_POLICY,
    "Is somebody told when a policy of users, groups or roles changes?",
    "low",
)

trail_changes_are_told = _told(
    "aws-alarm-trail-changes",
    events.TRAIL_CHANGE,
    "Is somebody told when a trail is changed or stopped?",
    "medium",
)

key_loss_is_told = _told(
    "aws-alarm-key-loss",
    events.KEY_LOSS,
    "Is somebody told when a key is disabled or scheduled for deletion?",
    "low",
)

bucket_policies_are_told = _told(
    "aws-alarm-bucket-policies",
    events.BUCKET_POLICY,
    "Is somebody told when a bucket's policy or access list changes?",
    "low",
)

config_changes_are_told = _told(
    "aws-alarm-config-changes",
    events.CONFIG_CHANGE,
    "Is somebody told when the recording of configurations changes?",
    "low",
)

security_groups_are_told = _told(
    "aws-alarm-security-groups",
    events.SECURITY_GROUP,
    "Is somebody told when a security group changes?",
    "low",
)

network_paths_are_told = _told(
    "aws-alarm-network-paths",
    events.NETWORK_PATH,
    "Is somebody told when network ACLs, gateways, routes or VPCs change?",
    "low",
)
