"""Load balancers (application, network, gateway): which ports they listen on, with which TLS, and what they do there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists, lookup
from evidence.facts.aws_endpoints import (
    BalancerAttributes,
    BalancerType,
    Listener,
    ListenerAction,
    ListenerTls,
)

SESSION_UNLESS_SET = 604_800
"""Seconds a sign-in at a listener lasts where the rule does not say (Elastic Load Balancing API reference)."""

_TLS = frozenset({"HTTPS", "TLS"})
_LOGS = "access_logs.s3.enabled"
_DROPS = "routing.http.drop_invalid_header_fields.enabled"
_KEPT = "deletion_protection.enabled"
_SIGN_IN = {
    "authenticate-oidc": "AuthenticateOidcConfig",
    "authenticate-cognito": "AuthenticateCognitoConfig",
}


class LoadBalancer(AwsKind):
    """A load balancer of the second generation; its ARN ends in an id that is never used again."""

    kind = "aws.elbv2.load_balancer"
    service = "elbv2"
    part = "region"
    gone = frozenset({"LoadBalancerNotFound"})
    keep: ClassVar = {
        "describe_load_balancers": "LoadBalancers[]{LoadBalancerArn, LoadBalancerName, Type}",
        "describe_listeners": "Listeners[]{ListenerArn, Protocol, Port, SslPolicy}",
        "describe_rules": (
            "Rules[]{Actions[]{Type, RedirectConfig{Protocol}, AuthenticateOidcConfig{SessionTimeout}, "
            "AuthenticateCognitoConfig{SessionTimeout}}}"
        ),
        "describe_load_balancer_attributes": "Attributes[]{Key, Value}",
        "describe_ssl_policies": "SslPolicies[]{Name, SslProtocols}",
    }
    balancer: BalancerType

    @lists(
        needs={"describe_load_balancers": "elasticloadbalancing:DescribeLoadBalancers", **REGIONS},
        gives="balancer",
    )
    def every(self, elbv2: AwsClient) -> Iterator[Found]:
        """DescribeLoadBalancers, 400 at a time."""
        for page in elbv2.pages("describe_load_balancers", PageSize=400):
            for row in page["LoadBalancers"]:
                arn = own_arn(elbv2, row["LoadBalancerArn"])
                gives = {"balancer": {"name": row["Type"]}}
                yield Found(arn, row["LoadBalancerName"], gives=gives, handle=row["Type"])

    @lookup(needs="elasticloadbalancing:DescribeSSLPolicies")
    def ssl_policies(self, elbv2: AwsClient) -> Mapping[str, list[str]]:
        """DescribeSSLPolicies: the protocols of every policy AWS offers in the region."""
        pages = elbv2.pages("describe_ssl_policies", PageSize=400)
        return {row["Name"]: row["SslProtocols"] for page in pages for row in page["SslPolicies"]}

    @fact(needs="elasticloadbalancing:DescribeListeners")
    def listeners(self, elbv2: AwsClient, load_balancer: Found) -> list[Listener]:
        """DescribeListeners; a gateway's listener has neither protocol nor port and is left out."""
        pages = elbv2.pages("describe_listeners", LoadBalancerArn=load_balancer.uid, PageSize=400)
        return [
            {
                "arn": row["ListenerArn"],
                "protocol": row["Protocol"],
                "port": row["Port"],
                "policy": row.get("SslPolicy") if row["Protocol"] in _TLS else None,
            }
            for page in pages
            for row in page["Listeners"]
            if load_balancer.handle != "gateway"
        ]

    @fact(needs="elasticloadbalancing:DescribeRules")
    def actions(
        self, elbv2: AwsClient, load_balancer: Found, listeners: list[Listener]
    ) -> list[ListenerAction]:
        """DescribeRules for each listener of an application load balancer; the others have no rules."""
        if load_balancer.handle != "application":
            return []
        return [
            _action(listener, action)
            for listener in listeners
            for page in elbv2.pages("describe_rules", ListenerArn=listener["arn"], PageSize=400)
            for rule in page["Rules"]
            for action in rule["Actions"]
        ]

    @fact()
    def tls(self, listeners: list[Listener], ssl_policies: Mapping[str, list[str]]) -> list[ListenerTls]:
        """The protocols of each listener that speaks TLS."""
        return [
            {
                "port": listener["port"],
                "policy": listener["policy"],
                "protocols": ssl_policies.get(listener["policy"]),
            }
            for listener in listeners
            if listener["policy"] is not None
        ]

    @fact(needs="elasticloadbalancing:DescribeLoadBalancerAttributes")
    def attributes(self, elbv2: AwsClient, load_balancer: Found) -> BalancerAttributes:
        """DescribeLoadBalancerAttributes; those that a type does not have are not in its answer."""
        answer = elbv2.describe_load_balancer_attributes(LoadBalancerArn=load_balancer.uid)
        held = {row["Key"]: row["Value"] == "true" for row in answer["Attributes"] if "Value" in row}
        return {
            "access_logs": held.get(_LOGS, False),
            "drops_invalid_headers": held.get(_DROPS),
            "deletion_protection": held[_KEPT],
        }


def _action(listener: Listener, action: Mapping[str, Any]) -> ListenerAction:
    what = action["Type"]
    sign_in = action.get(_SIGN_IN[what], {}) if what in _SIGN_IN else None
    return {
        "port": listener["port"],
        "protocol": listener["protocol"],
        "type": what,
        "redirect_to": _target(listener, action["RedirectConfig"]) if what == "redirect" else None,
        "session_seconds": None if sign_in is None else sign_in.get("SessionTimeout", SESSION_UNLESS_SET),
    }


def _target(listener: Listener, redirect: Mapping[str, Any]) -> str:
    # "#{protocol}", which is also what holds where nothing is said, keeps the protocol of the request.
    told = redirect.get("Protocol", "#{protocol}")
    return listener["protocol"] if told == "#{protocol}" else str(told)
