from __future__ import annotations

from datetime import date

import pytest

from checks.transmission import aws_endpoints
from evidence.facts.aws_endpoints import BalancerType, Certificate, Listener, ListenerAction, ListenerTls
from tests.checks.strict import Strict


def listener(protocol, port=443):
    return Strict(Listener, arn="arn", protocol=protocol, port=port, policy=None)


def action(type_, protocol="HTTP", redirect_to=None):
    given = {
        "port": 80,
        "protocol": protocol,
        "type": type_,
        "redirect_to": redirect_to,
        "session_seconds": None,
    }
    return Strict(ListenerAction, **given)


def judge(kind, listeners, actions=()):
    return aws_endpoints.balancer_refuses_plain_requests.judge(
        Strict(BalancerType, name=kind), listeners, list(actions)
    ).status


@pytest.mark.parametrize(
    ("kind", "listeners", "actions", "status"),
    [
        ("application", [listener("HTTPS")], [action("forward", "HTTPS")], "pass"),
        ("application", [listener("HTTP", 80)], [action("redirect", redirect_to="HTTPS")], "pass"),
        ("application", [listener("HTTP", 80)], [action("fixed-response")], "pass"),
        ("application", [listener("HTTP", 80)], [action("redirect", redirect_to="HTTP")], "fail"),
        ("application", [listener("HTTP", 80)], [action("forward")], "fail"),
        ("application", [], [], "not_applicable"),
        ("gateway", [], [], "not_applicable"),
        ("network", [listener("TLS")], [], "pass"),
        ("network", [listener("TLS"), listener("TCP", 80)], [], "unknown"),
    ],
)
def test_a_port_without_tls_may_only_send_people_to_one_with_it(kind, listeners, actions, status):
    assert judge(kind, listeners, actions) == status


@pytest.mark.parametrize(
    ("protocols", "status"),
    [
        (["TLSv1.2", "TLSv1.3"], "pass"),
        (["TLSv1", "TLSv1.2"], "fail"),
        (None, "unknown"),
    ],
)
def test_the_protocols_behind_a_policy_decide(protocols, status):
    tls = [Strict(ListenerTls, port=443, policy="p", protocols=protocols)]
    assert aws_endpoints.balancer_refuses_old_tls.judge(tls).status == status


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ({}, "pass"),
        ({"expires": "2026-12-21T23:59:59Z"}, "fail"),
        ({"expires": "2026-12-22T00:00:00Z"}, "pass"),
        ({"expires": "2026-11-21T00:00:00Z"}, "fail"),
        ({"expires": None}, "unknown"),
        ({"status": "REVOKED"}, "fail"),
        ({"status": "EXPIRED", "expires": "2026-01-01T00:00:00Z", "in_use": False}, "not_applicable"),
    ],
)
def test_a_certificate_in_use_must_be_valid_for_a_while(other, status):
    given = {"status": "ISSUED", "key": "RSA_2048", "in_use": True, "expires": "2027-06-01T00:00:00Z"}
    state = Strict(Certificate, **given | other)
    as_of = date(2026, 11, 22)
    assert aws_endpoints.certificate_stays_valid.judge(state, as_of=as_of, min_days=30).status == status
