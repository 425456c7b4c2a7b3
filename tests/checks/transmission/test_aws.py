from __future__ import annotations

import pytest

from checks.transmission import aws
from evidence.model import Resource, Scope

ARN = "arn:aws:s3:::ward"
BUCKET = Resource("aws.s3.bucket", f"{ARN}#123456789012", "ward", Scope("aws/123456789012"))


def judge(policy):
    return aws.bucket_refuses_plain_http.judge(policy, resource=BUCKET)


def denial(**other):
    given = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [ARN, f"{ARN}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [{**given, **other}]}


def test_a_bucket_without_a_policy_fails():
    assert judge(None).status == "fail"


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"Principal": {"AWS": "*"}},
        {"Principal": {"AWS": ["*"]}},
        {"Action": ["s3:*"]},
        {"Action": "*"},
        {"Resource": "*"},
        {"Resource": f"{ARN}*"},
        {"Condition": {"Bool": {"AWS:securetransport": ["false"]}}},
        {"Condition": {"BoolIfExists": {"aws:SecureTransport": False}}},
    ],
)
def test_a_policy_that_denies_all_plain_http_passes(other):
    assert judge(denial(**other)).status == "pass"


@pytest.mark.parametrize(
    "other",
    [
        {"Effect": "Allow"},
        {"Principal": {"AWS": "arn:aws:iam::1:root"}},
        {"Action": "s3:GetObject"},
        {"Resource": ARN},
        {"Resource": f"{ARN}/*"},
        {"Resource": [ARN, f"{ARN}/public/*"]},
        {"Resource": ["arn:aws:s3:::other", "arn:aws:s3:::other/*"]},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": ["true", "false"]}}},
        {
            "Condition": {
                "Bool": {"aws:SecureTransport": "false"},
                "IpAddress": {"aws:SourceIp": "10.0.0.0/8"},
            }
        },
        {"Condition": {"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}}},
        {"Condition": {"StringEquals": {"aws:SecureTransport": "false"}}},
        {"Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}},
        {"Condition": None},
    ],
)
def test_a_policy_that_leaves_a_way_for_plain_http_fails(other):
    assert judge(denial(**other)).status == "fail"


def test_two_statements_may_cover_the_bucket_and_its_objects_together():
    both = [denial(Resource=ARN)["Statement"][0], denial(Resource=f"{ARN}/*")["Statement"][0]]
    assert judge({"Statement": both}).status == "pass"


def test_a_single_statement_need_not_be_a_list():
    assert judge({"Statement": denial()["Statement"][0]}).status == "pass"


@pytest.mark.parametrize("policy", [{}, {"Statement": None}, {"Statement": "x"}, {"Statement": [1, None]}])
def test_a_document_without_sense_never_passes(policy):
    assert judge(policy).status == "fail"
