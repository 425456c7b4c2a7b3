"""What policies come to together, read from a real server: rights in several pieces, openings with denials."""

from __future__ import annotations

import json

import pytest

from tests.collectors.aws.family import assert_true
from tests.servers.moto_clients import ACCOUNT

pytestmark = pytest.mark.server("moto")

PASS, FAIL, UNKNOWN = "pass", "fail", "unknown"
USER, OTHERS = "aws-iam-user-no-full-access", "aws-iam-no-full-access"
DENIALS = {
    "organisation": ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, PASS),
    "tagged": ({"StringNotEquals": {"aws:PrincipalTag/team": "ward"}}, UNKNOWN),
    "encrypted": ({"Bool": {"aws:SecureTransport": "false"}}, FAIL),
}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


NO_RIGHTS = document({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
ONLY_RIGHTS = document({"Effect": "Allow", "Action": "iam:*", "Resource": f"arn:aws:iam::{ACCOUNT}:role/*"})


def test_full_rights_in_two_policies_are_found_for_users_roles_and_groups(cloud):
    iam = cloud.client("iam")
    own = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    trust = document({"Effect": "Allow", "Principal": own, "Action": "sts:AssumeRole"})
    rights = iam.create_policy(PolicyName="rights", PolicyDocument=ONLY_RIGHTS)["Policy"]["Arn"]
    for name in ("whole", "half"):
        iam.create_user(UserName=name)
        iam.create_group(GroupName=f"{name}-group")
        iam.create_role(RoleName=f"{name}-role", AssumeRolePolicyDocument=trust)
        iam.put_user_policy(UserName=name, PolicyName="work", PolicyDocument=NO_RIGHTS)
        iam.put_group_policy(GroupName=f"{name}-group", PolicyName="work", PolicyDocument=NO_RIGHTS)
        iam.put_role_policy(RoleName=f"{name}-role", PolicyName="work", PolicyDocument=NO_RIGHTS)
    iam.attach_user_policy(UserName="whole", PolicyArn=rights)
    iam.attach_group_policy(GroupName="whole-group", PolicyArn=rights)
    iam.attach_role_policy(RoleName="whole-role", PolicyArn=rights)
    truth = {(USER, "whole"): FAIL, (USER, "half"): PASS}
    for kind in ("group", "role"):
        truth |= {(OTHERS, f"whole-{kind}"): FAIL, (OTHERS, f"half-{kind}"): PASS}
    assert_true(cloud, truth)
    said = {one.subject.name: one.sentence for one in cloud.judge([OTHERS]) if one.status == FAIL}
    assert said["whole-group"] == "the group may do everything through rights, work"


def test_rights_end_at_a_boundary_that_is_read(cloud):
    iam, everything = cloud.client("iam"), {"Effect": "Allow", "Action": "*", "Resource": "*"}
    narrow = document({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    arn = iam.create_policy(PolicyName="edge", PolicyDocument=narrow)["Policy"]["Arn"]
    trust = document(
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    )
    iam.create_role(RoleName="bounded", AssumeRolePolicyDocument=trust, PermissionsBoundary=arn)
    iam.create_role(RoleName="boundless", AssumeRolePolicyDocument=trust)
    for name in ("bounded", "boundless"):
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=document(everything))
    assert_true(cloud, {(OTHERS, "bounded"): PASS, (OTHERS, "boundless"): FAIL})
    said = {one.subject.name: one.sentence for one in cloud.judge([OTHERS]) if hasattr(one.subject, "name")}
    assert said["bounded"] == (
        "the role would be allowed everything through all, but its boundary edge does not allow everything"
    )


def opened(name, action, resource):
    """A policy that is open to all, with a denial to everyone who meets the condition of that name."""
    about = {"Principal": "*", "Action": action, "Resource": resource}
    return document({"Effect": "Allow", **about}, {"Effect": "Deny", **about, "Condition": DENIALS[name][0]})


def test_denials_count_for_topics_and_queues(cloud):
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    for name in DENIALS:
        topic = sns.create_topic(Name=f"{name}-topic")["TopicArn"]
        queue = sqs.create_queue(QueueName=f"{name}-queue")["QueueUrl"]
        policy = opened(name, "sns:Publish", topic)
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
        arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}-queue"
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": opened(name, "sqs:*", arn)})
    check = "aws-messages-not-public"
    assert_true(
        cloud,
        {(check, f"{name}-{of}"): want for name, (_, want) in DENIALS.items() for of in ("topic", "queue")},
    )


def test_denials_count_for_buckets_that_aws_calls_public(cloud):
    s3 = cloud.client("s3")
    for name in DENIALS:
        s3.create_bucket(Bucket=name)
        s3.put_bucket_policy(Bucket=name, Policy=opened(name, "s3:GetObject", f"arn:aws:s3:::{name}/*"))
    check = "aws-s3-bucket-not-public"
    assert_true(cloud, {(check, name): want for name, (_, want) in DENIALS.items()})
    said = {one.subject.name: one.sentence for one in cloud.judge([check])}
    assert "but denies everyone whose aws:PrincipalOrgID is not o-1" in said["organisation"]


def test_denials_count_for_keys_and_roles(cloud):
    kms, iam, truth = cloud.client("kms"), cloud.client("iam"), {}
    for name, (condition, want) in DENIALS.items():
        key = kms.create_key(Policy=opened(name, "kms:Decrypt", "*"))["KeyMetadata"]["KeyId"]
        enter = {"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        trust = document({"Effect": "Allow", **enter}, {"Effect": "Deny", **enter, "Condition": condition})
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
        truth |= {("aws-kms-key-not-public", key): want, ("aws-iam-role-trust", name): want}
    assert_true(cloud, truth)
