"""Load balancers of the first generation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws_endpoints import AccessLogs, ClassicListener, ListenerTls

_NEGOTIATION = "SSLNegotiationPolicyType"


class ClassicLoadBalancer(AwsKind):
    """A classic load balancer; the time it was made tells it from a later one of the same name."""

    kind = "aws.elb.load_balancer"
    service = "elb"
    part = "region"
    gone = frozenset({"LoadBalancerNotFound"})
    keep: ClassVar = {
        "describe_load_balancers": (
            "LoadBalancerDescriptions[]{LoadBalancerName, CreatedTime, "
            "ListenerDescriptions[]{Listener{Protocol, LoadBalancerPort}, PolicyNames}}"
        ),
        "describe_load_balancer_policies": (
            "PolicyDescriptions[]{PolicyName, PolicyTypeName, "
            "PolicyAttributeDescriptions[]{AttributeName, AttributeValue}}"
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
                yield Found(
                    uid, name, gives={"listeners": listeners}, handle=_ending_tls(row["ListenerDescriptions"])
                )

    @fact(needs="elasticloadbalancing:DescribeLoadBalancerPolicies")
    def tls(self, elb: AwsClient, classic_load_balancer: Found) -> list[ListenerTls]:
        """DescribeLoadBalancerPolicies; a load balancer that ends no TLS is not asked."""
        if not classic_load_balancer.handle:
            return []
        answer = elb.describe_load_balancer_policies(LoadBalancerName=classic_load_balancer.name)
        known = {row["PolicyName"]: row for row in answer["PolicyDescriptions"]}
        return [_tls(port, names, known) for port, names in classic_load_balancer.handle]

    @fact(needs="elasticloadbalancing:DescribeLoadBalancerAttributes")
    def access_logs(self, elb: AwsClient, classic_load_balancer: Found) -> AccessLogs:
        """DescribeLoadBalancerAttributes of the first generation's API."""
        answer = elb.describe_load_balancer_attributes(LoadBalancerName=classic_load_balancer.name)
        return {"enabled": answer["LoadBalancerAttributes"]["AccessLog"]["Enabled"]}


def _ending_tls(listeners: Iterable[Mapping[str, Any]]) -> list[tuple[int, list[str]]]:
    return [
        (row["Listener"]["LoadBalancerPort"], row.get("PolicyNames", []))
        for row in listeners
        if row["Listener"]["Protocol"] in {"HTTPS", "SSL"}
    ]


def _tls(port: int, names: Iterable[str], known: Mapping[str, Mapping[str, Any]]) -> ListenerTls:
    negotiating = [known[name] for name in names if known.get(name, {}).get("PolicyTypeName") == _NEGOTIATION]
    if len(negotiating) != 1:
        return {"port": port, "policy": ", ".join(sorted(names)) or "AWS's own", "protocols": None}
    (policy,) = negotiating
    switched = {one["AttributeName"]: one["AttributeValue"] for one in policy["PolicyAttributeDescriptions"]}
    spoken = [name for name, value in switched.items() if name.startswith("Protocol-") and value == "true"]
    return {
        "port": port,
        "policy": switched.get("Reference-Security-Policy", policy["PolicyName"]),
        "protocols": sorted(name.removeprefix("Protocol-") for name in spoken) or None,
    }
