"""Load balancers of the first generation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws_endpoints import AccessLogs, ClassicListener


class ClassicLoadBalancer(AwsKind):
    """A classic load balancer; the time it was made tells it from a later one of the same name."""

    kind = "aws.elb.load_balancer"
    service = "elb"
    part = "region"
    gone = frozenset({"LoadBalancerNotFound"})
    keep: ClassVar = {
        "describe_load_balancers": (
            "LoadBalancerDescriptions[]{LoadBalancerName, CreatedTime, "
            "ListenerDescriptions[]{Listener{Protocol, LoadBalancerPort}}}"
        ),
        "describe_load_balancer_attributes": "LoadBalancerAttributes{AccessLog{Enabled}}",
    }
    listeners: list[ClassicListener]

    @lists(
        needs={"describe_load_balancers": "elasticloadbalancing:DescribeLoadBalancers", **REGIONS},
        gives="listeners",
    )
    def every(self, elb: AwsClient) -> Iterator[Found]:
        """DescribeLoadBalancers of the first generation's API, 400 at a time."""
        for page in elb.pages("describe_load_balancers", PageSize=400):
            for row in page["LoadBalancerDescriptions"]:
                name = row["LoadBalancerName"]
                place = f"arn:{elb.partition}:elasticloadbalancing:{elb.region}:{elb.account}"
                listeners = [
                    {"protocol": held["Listener"]["Protocol"], "port": held["Listener"]["LoadBalancerPort"]}
                    for held in row["ListenerDescriptions"]
                ]
                uid = f"{place}:loadbalancer/{name}#{row['CreatedTime']}"
                yield Found(uid, name, gives={"listeners": listeners})

    @fact(needs="elasticloadbalancing:DescribeLoadBalancerAttributes")
    def access_logs(self, elb: AwsClient, classic_load_balancer: Found) -> AccessLogs:
        """DescribeLoadBalancerAttributes of the first generation's API."""
        answer = elb.describe_load_balancer_attributes(LoadBalancerName=classic_load_balancer.name)
        return {"enabled": answer["LoadBalancerAttributes"]["AccessLog"]["Enabled"]}
