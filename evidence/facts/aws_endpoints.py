"""The shapes of facts about where AWS services are reached: load balancers, certificates, distributions, APIs."""

from __future__ import annotations

from typing import TypedDict


class BalancerType(TypedDict):
    """The type of a load balancer: application, network or gateway."""

    name: str


class Listener(TypedDict):
    """One port a load balancer listens on; `policy` names its TLS settings, None without TLS."""

    arn: str
    protocol: str
    port: int
    policy: str | None


class ListenerAction(TypedDict):
    """What some rule of a listener does: forward, redirect, fixed-response or one of the authenticate-... types.

    `redirect_to` is the protocol of a redirect; `session_seconds` how long a sign-in lasts (authenticate-... only).
    """

    port: int
    protocol: str
    type: str
    redirect_to: str | None
    session_seconds: int | None


class ListenerTls(TypedDict):
    """The protocols a TLS listener speaks; None = AWS does not list its policy."""

    port: int
    policy: str
    protocols: list[str] | None


class BalancerAttributes(TypedDict):
    """Whether requests are logged, those with malformed headers dropped (None: it reads none), and deleting it forbidden."""

    access_logs: bool
    drops_invalid_headers: bool | None
    deletion_protection: bool


class ClassicListener(TypedDict):
    """One port a classic load balancer listens on: HTTP, HTTPS, TCP or SSL."""

    protocol: str
    port: int


class AccessLogs(TypedDict):
    """Whether the requests that arrive here are logged."""

    enabled: bool


class Certificate(TypedDict):
    """A certificate of ACM; `expires` is None before it is issued."""

    status: str
    key: str
    in_use: bool
    expires: str | None


class ViewerProtocols(TypedDict):
    """How viewers reach a distribution: allow-all, https-only or redirect-to-https, of each behaviour.

    `minimum` is the lowest protocol on its own names; None = CloudFront's own name, which AWS decides about.
    """

    policies: list[str]
    minimum: str | None


class OriginProtocols(TypedDict):
    """How a distribution reaches its origins: http-only, match-viewer (as every bucket) or https-only.

    "untold" stands for an origin inside a VPC, whose protocol is no part of the distribution.
    """

    policies: list[str]


class ApiDomain(TypedDict):
    """The security policy of an API's own domain name: TLS_1_0, TLS_1_2 or a newer named one."""

    policy: str
