from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.policy_denials import Opening, opening
from tests.checks.test_policy_document import policies

QUEUE = "arn:aws:sqs:us-east-1:111122223333:ward"
OPEN = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": QUEUE}
ORGANISATION = {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}


def denial(**other):
    return {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": QUEUE, **other}


def left(*statements, **allowed):
    return opening({"Statement": [OPEN | allowed, *statements]})


@pytest.mark.parametrize(
    ("told", "closed"),
    [
        ({"Condition": ORGANISATION}, "everyone whose aws:PrincipalOrgID is not o-1"),
        (
            {"Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": ["o-1", "o-2"]}}},
            "everyone whose aws:PrincipalOrgID is not o-1 or o-2",
        ),
        (
            {"Condition": {"ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": "o-1/r-1/*"}}},
            "everyone whose aws:PrincipalOrgPaths is not o-1/r-1/*",
        ),
        (
            {"Condition": {"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}},
            "everyone whose aws:PrincipalArn is not arn:aws:iam::111122223333:role/*",
        ),
        (
            {
                "Condition": {
                    "StringNotEquals": {"aws:SourceVpce": "vpce-1", "aws:SourceAccount": "111122223333"}
                }
            },
            "everyone whose aws:SourceVpce is not vpce-1 and whose aws:SourceAccount is not 111122223333",
        ),
        (
            {"Principal": None, "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}},
            "everyone but arn:aws:iam::111122223333:root",
        ),
        ({"Principal": {"AWS": "*"}, "Action": "SQS:SendMessage"}, "everyone"),
        ({"Action": "*", "Resource": "*"}, "everyone"),
        ({"Action": "sqs:Send*"}, "everyone"),
        ({"Action": None, "NotAction": "sqs:GetQueueUrl"}, "everyone"),
    ],
)
def test_a_denial_of_all_strangers_closes_what_is_open_and_is_named(told, closed):
    statement = {name: value for name, value in denial(**told).items() if value is not None}
    assert left(statement) == Opening(open=False, closed=(closed,))


@pytest.mark.parametrize(
    "told",
    [
        {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Condition": ORGANISATION | {"Bool": {"aws:SecureTransport": "false"}}},
        {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}},
        {"Condition": {"Null": {"aws:PrincipalOrgID": "true"}}},
        {"Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}},
        {"Condition": ORGANISATION, "Action": "sqs:DeleteMessage"},
        {"Condition": ORGANISATION, "NotAction": "sqs:Send*"},
        {"Condition": ORGANISATION, "Resource": "arn:aws:sqs:us-east-1:111122223333:other"},
        {"Principal": {"AWS": "arn:aws:iam::999988887777:root"}},
        {"NotPrincipal": {"AWS": "*"}, "Principal": None},
        {"Effect": "Allow", "Condition": ORGANISATION},
    ],
)
def test_what_some_stranger_surely_escapes_closes_nothing(told):
    statement = {name: value for name, value in denial(**told).items() if value is not None}
    assert left(statement) == Opening(open=True)


@pytest.mark.parametrize(
    "told",
    [
        {"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "${aws:PrincipalOrgID}"}}},
        {"Condition": {"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ward"}}},
        {"Condition": {"ForAnyValue:StringNotEquals": {"aws:PrincipalOrgPaths": "o-1/r-1/"}}},
        {"Condition": {"StringNotLike": {"aws:PrincipalOrgPaths": "o-1/r-1/*"}}},
        {"Condition": ORGANISATION | {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}},
        {"Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "ward"}}},
        {"Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}},
        {"Condition": ORGANISATION, "NotResource": "arn:aws:sqs:us-east-1:111122223333:other"},
        {"Principal": None, "NotPrincipal": {"Service": "sns.amazonaws.com"}},
        {"Principal": None, "NotPrincipal": {"AWS": "AIDAEXAMPLE"}},
    ],
)
def test_what_cannot_be_decided_is_in_doubt_and_named(told):
    statement = {name: value for name, value in denial(**told, Sid="Ours").items() if value is not None}
    assert left(statement) == Opening(open=False, doubt=("Ours",))


def test_a_denial_in_doubt_without_a_name_is_called_by_what_it_asks_for():
    statement = denial(Condition={"StringNotEquals": {"aws:PrincipalTag/team": "ward"}})
    assert left(statement).doubt == ("one that asks for aws:PrincipalTag/team",)


def test_every_action_and_resource_must_be_closed():
    both = {"Action": ["sqs:SendMessage", "sqs:ReceiveMessage"]}
    sent, received = (denial(Action=action, Condition=ORGANISATION) for action in both["Action"])
    assert left(sent, **both).open
    assert left(sent, received, **both).closed
    assert left(denial(Condition=ORGANISATION), OPEN | {"Action": "sns:Publish"}).open


@pytest.mark.parametrize(
    ("allowed", "denied", "want"),
    [
        ({"Action": "*"}, {"Action": "*"}, "closed"),
        ({"Action": "*"}, {"Action": "sqs:*"}, "doubt"),
        ({"Action": "sqs:*"}, {"Action": ["sqs:SendMessage", "sqs:ReceiveMessage"]}, "open"),
        ({"Action": "sqs:*"}, {"Action": "sqs:?"}, "open"),
        ({"Resource": "*"}, {}, "doubt"),
        ({"Resource": "arn:aws:s3:::b/*"}, {"Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]}, "closed"),
        ({"Resource": "arn:aws:s3:::b/*"}, {"Resource": "arn:aws:s3:::b/private/*"}, "open"),
        ({"Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]}, {"Resource": "arn:aws:s3:::b/*"}, "doubt"),
    ],
)
def test_a_denial_takes_back_only_what_it_is_surely_about(allowed, denied, want):
    found = left(
        denial(**({"Action": "*", "Condition": ORGANISATION} | {"Action": "sqs:*"} | denied)), **allowed
    )
    assert next(name for name in ("open", "doubt", "closed") if getattr(found, name)) == want


def test_a_policy_that_hangs_on_a_role_names_no_resource():
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    outside = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": ORGANISATION}
    assert opening({"Statement": [trust, outside]}).closed


def test_a_policy_that_opens_nothing_is_not_said_to_be_closed_by_its_denials():
    assert opening({"Statement": [denial()]}) == Opening(open=False)


@given(policies)
def test_no_document_breaks_the_evaluation(policy):
    assert isinstance(opening(policy), Opening)


@given(policies, st.sampled_from(["open", "doubt"]))
def test_a_further_denial_never_opens_anything(policy, what):
    given_ = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    before, after = (
        opening({"Statement": given_}),
        opening({"Statement": [*given_, denial(Condition=ORGANISATION)]}),
    )
    assert before.open >= after.open
    assert what != "doubt" or before.open or bool(before.doubt) >= bool(after.doubt)
