"""Audit controls at CloudFront and API Gateway: whether requests are written down."""

from __future__ import annotations

from checks.audit_controls.links import REQUESTS_RECORDED
from checks.check import Verdict, check, failed, passed, undecided
from evidence.facts.aws_endpoints import AccessLogs


@check(
    "aws-cloudfront-distribution-logs",
    on="aws.cloudfront.distribution",
    severity="medium",
    links=[REQUESTS_RECORDED],
)
def distribution_logs_requests(access_logs: AccessLogs) -> Verdict:
    """Does the distribution log each request?"""
    if access_logs["enabled"]:
        return passed("standard logging is on")
    return undecided("the distribution's own logging is off; newer log deliveries were not looked at")


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
