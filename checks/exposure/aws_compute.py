"""Exposure of functions and clusters on AWS."""

from __future__ import annotations

from ipaddress import ip_network

from checks.check import Verdict, check, failed, passed
from checks.exposure.links import NOT_FOR_EVERYONE, PATH_NARROWED
from checks.policy_denials import opening
from checks.policy_verdicts import gravest, of_opening
from evidence.facts.aws import PolicyDocument
from evidence.facts.aws_compute import ClusterSettings
from evidence.model import Status

_LEFT = "; policies of single versions were not looked at"


@check(
    "aws-lambda-function-not-public", on="aws.lambda.function", severity="critical", links=[NOT_FOR_EVERYONE]
)
def function_is_not_public(
    policy: PolicyDocument | None, alias_policies: list[PolicyDocument] | None
) -> Verdict:
    """Is the function closed to callers at large?"""
    if policy is None and not alias_policies:
        return passed(f"the function has no policy, so only identities of its own account may call it{_LEFT}")
    told = gravest(
        of_opening(opening(policy or {}), "the function's policy lets anyone call it"),
        *(
            of_opening(opening(one), "the policy of an alias lets anyone call the function")
            for one in alias_policies or ()
        ),
    )
    if told is None:
        return passed(f"only callers that a policy names or ties to an account may call the function{_LEFT}")
    return passed(f"{told.sentence}{_LEFT}") if told.status is Status.PASS else told


@check("aws-eks-cluster-endpoint", on="aws.eks.cluster", severity="medium", links=[PATH_NARROWED])
def cluster_endpoint_is_narrow(settings: ClusterSettings) -> Verdict:
    """Is the cluster's endpoint closed to the internet at large?"""
    if not settings["public"]:
        return passed("the endpoint answers inside the VPC only")
    wide = [cidr for cidr in settings["networks"] if ip_network(cidr, strict=False).prefixlen < 8]
    if wide or not settings["networks"]:
        return failed("the endpoint answers the whole internet")
    return passed(f"the endpoint answers {', '.join(settings['networks'])}")
