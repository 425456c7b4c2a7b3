"""Audit controls at CloudFront and API Gateway: whether requests are written down."""

from __future__ import annotations

from checks.audit_controls.links import REQUESTS_RECORDED
from checks.check import Verdict, check, failed, passed
from evidence.facts.aws_endpoints import AccessLogs


def logged_the_older_way(access_logs: AccessLogs) -> Verdict | None:
    """A distribution that logs by itself needs no look at deliveries."""
    return passed("standard logging is on") if access_logs["enabled"] else None


@check(
    "aws-cloudfront-distribution-logs",
    on="aws.cloudfront.distribution",
    severity="medium",
    links=[REQUESTS_RECORDED],
    first=logged_the_older_way,
)
def distribution_logs_requests(access_logs: AccessLogs, delivered_logs: AccessLogs) -> Verdict:
    """Does the distribution log each request?"""
    if access_logs["enabled"] or delivered_logs["enabled"]:
        return passed("access logs are delivered")
    return failed(
        "standard logging is off and no access logs are delivered; real-time logs were not considered"
    )


@check(
    "aws-apigateway-stage-logs",
    on=("aws.apigateway.stage", "aws.apigatewayv2.stage"),
    severity="medium",
    links=[REQUESTS_RECORDED],
)
def stage_logs_requests(access_logs: AccessLogs) -> Verdict:
    """Does the stage of the API log each request?"""
    if access_logs["enabled"]:
        return passed("access logs are on")
    return failed("access logs are off")
