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


def denying(**condition):
    statement = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition}
    return {"Statement": [*policy(None)["Statement"], statement]}


@pytest.mark.parametrize("judged", [of_messages, of_domain])
@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, "pass"),
        ({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, "pass"),
        ({"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/1", "128.0.0.0/1"]}}, "fail"),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, "unknown"),
        ({"Bool": {"aws:SecureTransport": "false"}}, "fail"),
        (
            {
                "StringNotEquals": {"aws:PrincipalOrgID": "o-1"},
                "Bool": {"aws:PrincipalIsAWSService": "false"},
            },
            "unknown",
        ),
    ],
)
def test_denials_count_and_those_that_decide_are_named(judged, condition, status):
    verdict = judged(denying(**condition))
    assert verdict.status == status
    if status != "fail":
        assert next(iter(next(iter(condition.values())))) in verdict.sentence


def test_one_statement_by_address_does_not_hide_another_that_a_denial_closes():
    both = {
        "Statement": [
            *policy(OFFICE)["Statement"],
            *denying(StringNotEquals={"aws:PrincipalOrgID": "o-1"})["Statement"],
        ]
    }
    assert of_messages(both).status == "pass"
    assert of_messages(both).sentence == (
        "the policy lets in whoever comes from 203.0.113.0/24, and nobody else at large: the policy lets anyone with "
        "an AWS account in, but denies everyone whose aws:PrincipalOrgID is not o-1"
    )


@pytest.mark.parametrize("judged", [of_messages, of_domain])
def test_without_a_policy_nobody_at_large_is_let_in(judged):
    assert judged(None).status == "pass"
