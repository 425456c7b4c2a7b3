"""Data in transit to load balancers on AWS, and the certificates they show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.transmission.links import (
    CHANGE_NOTICED,
    MALFORMED_REFUSED,
    OLD_TLS_REFUSED,
    PLAINTEXT_REFUSED,
    SERVER_PROVES_ITSELF,
    TRANSFER_GUARDED,
    WAY_IN_KEPT,
)
from evidence.facts.aws_endpoints import (
    BalancerAttributes,
    BalancerType,
    Certificate,
    ClassicListener,
    Listener,
    ListenerAction,
    ListenerTls,
)

_ENCRYPTED = frozenset({"HTTPS", "TLS", "SSL"})
_NEW = frozenset({"TLSv1.2", "TLSv1.3"})
_WEAK_KEYS = frozenset({"RSA_1024"})


@check(
    "aws-elbv2-load-balancer-tls-only",
    on="aws.elbv2.load_balancer",
    severity="high",
    links=[PLAINTEXT_REFUSED, TRANSFER_GUARDED, CHANGE_NOTICED],
)
def balancer_refuses_plain_requests(
    balancer: BalancerType, listeners: list[Listener], actions: list[ListenerAction]
) -> Verdict:
    """Does the load balancer pass on only what came over TLS?"""
    if balancer["name"] == "gateway":
        return not_applicable("a gateway load balancer passes packets on to appliances")
    if not listeners:
        return not_applicable("the load balancer listens on no port")
    plain = {row["port"] for row in actions if row["protocol"] == "HTTP" and not _harmless(row)}
    if plain:
        return failed(f"requests without TLS are passed on: {_ports(plain)}")
    unread = {row["port"] for row in listeners if row["protocol"] not in {*_ENCRYPTED, "HTTP"}}
    if unread:
        return undecided(f"what travels here is decided behind the load balancer: {_ports(unread)}")
    return passed("only what came over TLS is passed on")


@check(
    "aws-elbv2-load-balancer-tls-version",
    on="aws.elbv2.load_balancer",
    severity="medium",
    links=[OLD_TLS_REFUSED],
)
def balancer_refuses_old_tls(tls: list[ListenerTls]) -> Verdict:
    """Do the load balancer's TLS ports refuse versions before 1.2?"""
    return _refuses_old(tls)


@check(
    "aws-elb-load-balancer-tls-version",
    on="aws.elb.load_balancer",
    severity="medium",
    links=[OLD_TLS_REFUSED],
)
def classic_balancer_refuses_old_tls(tls: list[ListenerTls]) -> Verdict:
    """Do the classic load balancer's TLS ports refuse versions before 1.2?"""
    return _refuses_old(tls)


def _refuses_old(tls: list[ListenerTls]) -> Verdict:
    if not tls:
        return not_applicable("the load balancer ends no TLS")
    unknown = sorted({row["policy"] for row in tls if row["protocols"] is None})
    if unknown:
        return undecided(f"AWS does not list the TLS policy {unknown[0]}")
    old = sorted({row["policy"] for row in tls if set(row["protocols"] or ()) - _NEW})
    if old:
        return failed(f"old versions of TLS are accepted by the policy {', '.join(old)}")
    return passed("only TLS 1.2 and newer are accepted")


@check(
    "aws-elbv2-load-balancer-headers",
    on="aws.elbv2.load_balancer",
    severity="low",
    links=[MALFORMED_REFUSED],
)
def balancer_drops_invalid_headers(attributes: BalancerAttributes) -> Verdict:
    """Does the load balancer drop malformed headers?"""
    if attributes["drops_invalid_headers"] is None:
        return not_applicable("this load balancer reads no headers")
    if attributes["drops_invalid_headers"]:
        return passed("malformed headers are dropped")
    return failed("malformed headers are passed on")


@check(
    "aws-elbv2-load-balancer-deletion-protection",
    on="aws.elbv2.load_balancer",
    severity="low",
    links=[WAY_IN_KEPT],
)
def balancer_is_not_deleted_by_mistake(attributes: BalancerAttributes) -> Verdict:
    """Is the load balancer protected against being deleted?"""
    if attributes["deletion_protection"]:
        return passed("deletion protection is on")
    return failed("deletion protection is off")


@check(
    "aws-elb-load-balancer-tls-only",
    on="aws.elb.load_balancer",
    severity="high",
    links=[PLAINTEXT_REFUSED, TRANSFER_GUARDED, CHANGE_NOTICED],
)
def classic_balancer_refuses_plain_requests(listeners: list[ClassicListener]) -> Verdict:
    """Does the classic load balancer listen for TLS only?"""
    if not listeners:
        return not_applicable("the load balancer listens on no port")
    plain = {row["port"] for row in listeners if row["protocol"] == "HTTP"}
    if plain:
        return failed(f"requests without TLS are passed on: {_ports(plain)}")
    unread = {row["port"] for row in listeners if row["protocol"] not in _ENCRYPTED}
    if unread:
        return undecided(f"what travels here is decided behind the load balancer: {_ports(unread)}")
    return passed("the load balancer listens for TLS only")


@check("aws-acm-certificate-valid", on="aws.acm.certificate", severity="high", links=[SERVER_PROVES_ITSELF])
def certificate_stays_valid(state: Certificate, as_of: date, *, min_days: int = 30) -> Verdict:
    """Is the certificate valid, and for long enough that it can be renewed in time?"""
    if not state["in_use"]:
        return not_applicable("nothing uses the certificate")
    if state["status"] not in {"ISSUED", "EXPIRED"}:
        return failed(f"the certificate is in use but its status is {state['status']}")
    if state["expires"] is None:
        return undecided("ACM does not say until when the certificate is valid")
    last = date.fromisoformat(state["expires"][:10])
    if state["status"] == "EXPIRED" or last < as_of:
        return failed(f"the certificate is in use and expired on {last}")
    if last < as_of + timedelta(days=int(min_days)):
        return failed(f"the certificate expires on {last}, and is to be renewed {min_days} days before that")
    return passed(f"the certificate is valid until {last}")


@check("aws-acm-certificate-key", on="aws.acm.certificate", severity="high", links=[SERVER_PROVES_ITSELF])
def certificate_has_a_strong_key(state: Certificate) -> Verdict:
    """Is the certificate's key too long to be broken?"""
    if not state["in_use"]:
        return not_applicable("nothing uses the certificate")
    if state["key"] in _WEAK_KEYS:
        return failed(f"the certificate's key is {state['key']}, which can be broken")
    return passed(f"the certificate's key is {state['key']}")


def _harmless(action: ListenerAction) -> bool:
    return action["type"] == "fixed-response" or action["redirect_to"] == "HTTPS"


def _ports(ports: Iterable[int]) -> str:
    return "ports " + ", ".join(str(port) for port in sorted(ports))
