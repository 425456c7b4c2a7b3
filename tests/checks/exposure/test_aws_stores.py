from __future__ import annotations

import pytest

from checks.exposure.aws_stores import messages_are_not_public, search_domain_is_not_public
from evidence.facts.aws_stores import Messages, SearchDomain
from tests.checks.strict import Strict

OFFICE = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
EVERYWHERE = {"IpAddress": {"aws:SourceIp": ["0.0.0.0/0"]}}


def policy(condition):
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    return {"Statement": [statement | ({"Condition": condition} if condition else {})]}


def of_messages(document):
    held = Strict(Messages, kms_key=None, service_key=True, policy=document)
    return messages_are_not_public.judge(held)


def of_domain(document):
    held = {"at_rest": True, "node_to_node": True, "https_only": True, "tls_policy": None, "logs": []}
    settings = Strict(SearchDomain, **held, in_vpc=False, policy=document)
    return search_domain_is_not_public.judge(settings)


@pytest.mark.parametrize("judged", [of_messages, of_domain])
def test_a_policy_for_all_who_come_from_named_addresses_is_not_public_and_names_them(judged):
    verdict = judged(policy(OFFICE))
    assert verdict.status == "pass"
    assert "203.0.113.0/24" in verdict.sentence


@pytest.mark.parametrize("judged", [of_messages, of_domain])
@pytest.mark.parametrize("condition", [None, EVERYWHERE])
def test_a_policy_for_all_who_come_from_anywhere_is_public(judged, condition):
    assert judged(policy(condition)).status == "fail"


@pytest.mark.parametrize("judged", [of_messages, of_domain])
def test_without_a_policy_nobody_at_large_is_let_in(judged):
    assert judged(None).status == "pass"
