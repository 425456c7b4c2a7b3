from __future__ import annotations

import pytest

from checks.transmission import aws_distributions
from collectors.aws import distributions
from evidence.facts.aws_endpoints import OriginProtocols, ViewerProtocols
from tests.checks.strict import Strict

BUCKET = {"S3OriginConfig": {"OriginAccessIdentity": ""}}
INSIDE = {"VpcOriginConfig": {"VpcOriginId": "vo-1"}}


def custom(policy):
    return {"CustomOriginConfig": {"OriginProtocolPolicy": policy}}


def judge(viewers, *origins):
    told = distributions._origins({"Origins": {"Items": list(origins)}})
    return aws_distributions.distribution_reaches_origins_over_tls.judge(
        Strict(ViewerProtocols, policies=[viewers], minimum="TLSv1.2_2021"), Strict(OriginProtocols, **told)
    ).status


@pytest.mark.parametrize(
    ("viewers", "origins", "status"),
    [
        ("https-only", [custom("https-only")], "pass"),
        ("https-only", [custom("https-only"), custom("http-only")], "fail"),
        ("allow-all", [custom("match-viewer")], "fail"),
        ("redirect-to-https", [custom("match-viewer")], "pass"),
        ("redirect-to-https", [BUCKET], "pass"),
        ("allow-all", [BUCKET], "fail"),
        ("allow-all", [custom("https-only"), BUCKET], "fail"),
        ("https-only", [INSIDE], "unknown"),
        ("https-only", [custom("https-only"), INSIDE], "unknown"),
        ("https-only", [custom("http-only"), INSIDE], "fail"),
    ],
)
def test_buckets_are_asked_as_viewers_ask_and_origins_in_a_vpc_are_not_known(viewers, origins, status):
    assert judge(viewers, *origins) == status
