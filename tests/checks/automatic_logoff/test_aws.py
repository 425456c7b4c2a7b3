from __future__ import annotations

import pytest

from checks.automatic_logoff import aws
from evidence.facts.aws import RoleSession
from tests.checks.strict import Strict


def trust(principal):
    return {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}


PEOPLE = trust({"AWS": "arn:aws:iam::1:root"})


def judge(seconds, document, *, linked=False, **policy):
    session = Strict(RoleSession, max_seconds=seconds, service_linked=linked)
    return aws.role_session_is_short.judge(session, document, **policy)


@pytest.mark.parametrize(
    ("seconds", "status"), [(3600, "pass"), (14400, "pass"), (14460, "fail"), (43200, "fail")]
)
def test_a_role_passes_up_to_the_longest_session_allowed(seconds, status):
    assert judge(seconds, PEOPLE).status == status


def test_the_organisation_can_set_the_bound():
    assert judge(3600, PEOPLE, max_minutes=30).status == "fail"


@pytest.mark.parametrize(
    "document",
    [
        trust({"Service": "ec2.amazonaws.com"}),
        trust({"Service": ["ec2.amazonaws.com", "ssm.amazonaws.com"]}),
    ],
)
def test_a_role_for_services_alone_does_not_apply(document):
    assert judge(43200, document).status == "not_applicable"


@pytest.mark.parametrize(
    "document",
    [
        trust({"Federated": "arn:aws:iam::1:saml-provider/x"}),
        trust({"AWS": "*"}),
        trust("*"),
        trust({"Service": "ec2.amazonaws.com", "AWS": "arn:aws:iam::1:root"}),
    ],
)
def test_a_role_that_also_admits_people_is_judged(document):
    assert judge(43200, document).status == "fail"


def test_aws_own_roles_do_not_apply():
    assert judge(43200, PEOPLE, linked=True).status == "not_applicable"
