"""Data in transit to CloudFront and API Gateway, and from CloudFront to its origins."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed, undecided
from checks.transmission.links import (
    CHANGE_NOTICED,
    OLD_TLS_REFUSED,
    ONWARD_GUARDED,
    PLAINTEXT_REFUSED,
    TRANSFER_GUARDED,
)
from evidence.facts.aws_endpoints import ApiDomain, OriginProtocols, ViewerProtocols

_NEW_API = ("SecurityPolicy_TLS12", "SecurityPolicy_TLS13")


@check(
    "aws-cloudfront-distribution-tls-only",
    on="aws.cloudfront.distribution",
    severity="high",
    links=[PLAINTEXT_REFUSED, TRANSFER_GUARDED, CHANGE_NOTICED],
)
def distribution_refuses_plain_http(viewers: ViewerProtocols) -> Verdict:
    """Does the distribution refuse to answer viewers over plain HTTP?"""
    if "allow-all" in viewers["policies"]:
        return failed("some paths are answered over plain HTTP")
    return passed("viewers are answered over HTTPS only")


@check(
    "aws-cloudfront-distribution-tls-version",
    on="aws.cloudfront.distribution",
    severity="medium",
    links=[OLD_TLS_REFUSED],
)
def distribution_refuses_old_tls(viewers: ViewerProtocols) -> Verdict:
    """Does the distribution refuse versions of TLS before 1.2?"""
    minimum = viewers["minimum"]
    if minimum is None:
        return undecided("CloudFront did not say which versions of TLS are accepted")
    if minimum.startswith(("TLSv1.2", "TLSv1.3")):
        return passed(f"the lowest protocol is {minimum}")
    return failed(f"the lowest protocol is {minimum}")


@check(
    "aws-cloudfront-distribution-origins",
    on="aws.cloudfront.distribution",
    severity="high",
    links=[ONWARD_GUARDED],
)
def distribution_reaches_origins_over_tls(viewers: ViewerProtocols, origins: OriginProtocols) -> Verdict:
    """Does the distribution speak to its origins over TLS only?"""
    if "http-only" in origins["policies"]:
        return failed("an origin is asked over plain HTTP")
    if "match-viewer" in origins["policies"] and "allow-all" in viewers["policies"]:
        return failed("an origin is asked over plain HTTP whenever a viewer comes over it")
    if "untold" in origins["policies"]:
        return undecided(
            "how an origin inside a VPC is asked is no part of the distribution and was not read"
        )
    return passed("origins are asked over HTTPS only")


@check(
    "aws-apigateway-domain-tls-version",
    on="aws.apigateway.domain",
    severity="medium",
    links=[OLD_TLS_REFUSED],
)
def api_domain_refuses_old_tls(tls: ApiDomain) -> Verdict:
    """Does the API's domain name refuse versions of TLS before 1.2?"""
    policy = tls["policy"]
    if policy == "TLS_1_2" or policy.startswith(_NEW_API):
        return passed(f"the security policy {policy} accepts only TLS 1.2 and newer")
    if policy == "TLS_1_0":
        return failed("the security policy TLS_1_0 accepts versions of TLS before 1.2")
    return undecided(f"the security policy {policy} is not known here")
