from __future__ import annotations

import pytest

from collectors.aws.source import Source

pytestmark = pytest.mark.server("moto")

OTHERS = ("111111111111", "222222222222")


def test_each_account_is_entered_through_its_role_and_its_resources_stay_apart(cloud):
    for account in OTHERS:
        keys = cloud.client("sts").assume_role(
            RoleArn=f"arn:aws:iam::{account}:role/audit", RoleSessionName="seed"
        )
        there = cloud.client(
            "s3",
            aws_access_key_id=keys["Credentials"]["AccessKeyId"],
            aws_secret_access_key=keys["Credentials"]["SecretAccessKey"],
            aws_session_token=keys["Credentials"]["SessionToken"],
        )
        there.create_bucket(Bucket=f"of-{account}")
    cloud.client("s3").create_bucket(Bucket="of-home")
    source = cloud.source(role_name="audit", accounts=OTHERS, external_id="an id")
    results = cloud.poll(source, ["aws-s3-bucket-encryption"])
    seen = {
        target: ([o.resource.name for o in result.observations], result.principal)
        for (target, _), result in results.items()
    }
    assert seen == {
        f"aws/{account}": (
            [f"of-{account}"],
            f"arn:aws:sts::{account}:assumed-role/audit/nightledger",
        )
        for account in OTHERS
    }


def test_a_role_that_cannot_be_assumed_is_failed_coverage_and_stops_no_other_account(cloud):
    cloud.front.refused = {"sts.assume_role": "AccessDenied"}
    results = cloud.poll(cloud.source(role_name="audit", accounts=OTHERS), ["aws-s3-bucket-encryption"])
    assert {target for target, _ in results} == {f"aws/{account}" for account in OTHERS}
    for result in results.values():
        (coverage,) = result.coverage
        assert coverage.status.value == "failed"
        assert coverage.permissions_missing == ("sts:AssumeRole",)


def test_credentials_of_another_account_than_the_named_one_are_not_used(cloud):
    results = cloud.poll(cloud.source(accounts=OTHERS[:1]), ["aws-s3-bucket-encryption"])
    assert [(target, result.coverage[0].status.value) for (target, _), result in results.items()] == [
        ("aws/111111111111", "failed")
    ]
    assert cloud.front.counts["s3.list_buckets"] == 0


def test_a_source_without_credentials_says_so(cloud, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    results = cloud.poll(checks=["aws-s3-bucket-encryption"])
    ((target, _),) = results
    (coverage,) = results[target, "aws.s3.bucket"].coverage
    assert target == "aws/test"
    assert "no AWS credentials" in coverage.why.detail


def test_roles_are_built_in_the_sources_partition():
    source = Source("gov", role_name="audit", accounts=("1",), partition="aws-us-gov")
    assert source.roles() == ("arn:aws-us-gov:iam::1:role/audit",)
    assert Source("one", role_arn="arn:aws:iam::2:role/x").roles() == ("arn:aws:iam::2:role/x",)


def test_arns_are_of_the_partition_the_region_is_in(cloud):
    cloud.client("s3", "us-gov-west-1").create_bucket(
        Bucket="ward", CreateBucketConfiguration={"LocationConstraint": "us-gov-west-1"}
    )
    source = cloud.source(regions=("us-gov-west-1",), home_region="us-gov-west-1", partition="aws-us-gov")
    results = cloud.poll(source, ["aws-s3-bucket-tls-only"])
    uids = [o.resource.uid for result in results.values() for o in result.observations]
    assert len(uids) == 1
    assert uids[0].startswith("arn:aws-us-gov:s3:::ward#")
