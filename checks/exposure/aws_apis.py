"""What stands before APIs on AWS."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed
from checks.exposure.links import REQUESTS_FILTERED
from evidence.facts.aws_apis import RequestFilter


@check("aws-apigateway-stage-filter", on="aws.apigateway.stage", severity="low", links=[REQUESTS_FILTERED])
def stage_filters_requests(request_filter: RequestFilter | None) -> Verdict:
    """Do requests pass a web application firewall before they reach the stage of the API?"""
    if request_filter is None:
        return failed(
            "no web ACL is attached to the stage; one before a CloudFront distribution was not considered"
        )
    return passed(f"the web ACL {request_filter['acl']} is attached to the stage")
