from __future__ import annotations

import pytest

from checks.access import aws
from evidence.facts.aws import MetadataOptions, RoleSession, UserPolicy
from tests.checks.strict import Strict


def allow(action="*", resource="*", **other):
    return {"Statement": [{"Effect": "Allow", "Action": action, "Resource": resource, **other}]}


def all_but(**spared):
    left = {name: "*" for name in ("Action", "Resource") if f"Not{name}" not in spared}
    return {"Statement": {"Effect": "Allow", **left, **spared}}


def held(document, name="own"):
    return [Strict(UserPolicy, name=name, document=document)]


@pytest.mark.parametrize(
    "policies",
    [
        held(allow()),
        held(allow(["*"], ["*"])),
        held(allow("*:*")),
        held(all_but(NotAction="aws-portal:*")),
        held(all_but(NotAction=["s3:DeleteBucket", "organizations:*"])),
        held(all_but(NotResource="arn:aws:s3:::record/*")),
        held(None, "arn:aws:iam::aws:policy/AdministratorAccess"),
    ],
)
def test_a_policy_that_allows_everything_fails(policies):
    assert aws.user_lacks_full_access.judge(policies).status == "fail"


@pytest.mark.parametrize(
    "policies",
    [
        [],
        held(allow("s3:*")),
        held(all_but(NotAction=["iam:*", "organizations:*"])),
        held(all_but(NotAction="IAM:*")),
        held(all_but(NotAction="*")),
        held(all_but(NotResource="*")),
        held(all_but(NotResource="arn:aws:iam::*:*")),
        held(allow(resource="arn:aws:s3:::x")),
        held(allow(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})),
        held({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}),
        held(None, "arn:aws:iam::aws:policy/ReadOnlyAccess"),
    ],
)
def test_narrower_policies_pass(policies):
    assert aws.user_lacks_full_access.judge(policies).status == "pass"


def test_any_policy_of_the_users_own_is_named():
    verdict = aws.user_gets_rights_through_groups.judge(held(allow("s3:*"), "arn:aws:iam::1:policy/ward"))
    assert verdict.status == "fail"
    assert "ward" in verdict.sentence
    assert aws.user_gets_rights_through_groups.judge([]).status == "pass"


def role(principal, *, linked=False, **other):
    session = Strict(RoleSession, max_seconds=3600, service_linked=linked)
    trust = {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **other}]}
    return aws.role_trusts_someone_named.judge(session, trust).status


def test_a_role_fails_when_anyone_may_assume_it():
    assert role({"AWS": "*"}) == "fail"
    assert role({"AWS": "*"}, Condition={"StringEquals": {"sts:ExternalId": "x"}}) == "fail"
    assert role({"AWS": "*"}, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}) == "pass"
    assert role({"AWS": "arn:aws:iam::1:root"}) == "pass"
    assert role({"AWS": "*"}, Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}) == "fail"
    assert role({"AWS": "*"}, Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::1:role/*"}}) == "pass"
    assert role({"AWS": "*"}, Condition={"StringEquals": {"aws:PrincipalOrgID": ["o-1", "*"]}}) == "fail"
    assert role({"AWS": "*"}, linked=True) == "not_applicable"


@pytest.mark.parametrize(
    ("provider", "condition", "status"),
    [
        ("oidc-provider/token.example.org", {}, "fail"),
        (
            "oidc-provider/token.example.org",
            {"StringEquals": {"token.example.org:sub": "repo:a/b:x"}},
            "pass",
        ),
        ("oidc-provider/token.example.org", {"StringLike": {"token.example.org:sub": "*"}}, "fail"),
        ("saml-provider/clinic", {}, "pass"),
        ("oidc-provider/token.example.org", {"StringEquals": {"token.example.org:aud": "our-app"}}, "pass"),
        ("oidc-provider/token.example.org", {"StringNotLike": {"token.example.org:sub": "repo:a/*"}}, "fail"),
    ],
)
def test_a_role_fails_when_anyone_a_web_identity_provider_knows_may_assume_it(provider, condition, status):
    assert role({"Federated": f"arn:aws:iam::1:{provider}"}, Condition=condition) == status


def test_a_role_for_an_identity_pool_is_unknown_until_its_trust_says_that_users_signed_in():
    pool, key = {"Federated": "cognito-identity.amazonaws.com"}, "cognito-identity.amazonaws.com"
    named = {"StringEquals": {f"{key}:aud": "eu-west-1:pool"}}
    assert role(pool, Condition=named) == "unknown"
    for amr, status in (("authenticated", "pass"), ("unauthenticated", "fail")):
        told = named | {"ForAnyValue:StringLike": {f"{key}:amr": amr}}
        assert role(pool, Condition=told) == status


@pytest.mark.parametrize(
    ("tokens", "endpoint", "status"),
    [
        ("required", "enabled", "pass"),
        ("optional", "enabled", "fail"),
        ("optional", "disabled", "pass"),
    ],
)
def test_an_instance_passes_when_its_metadata_service_asks_for_a_token(tokens, endpoint, status):
    options = Strict(MetadataOptions, tokens=tokens, endpoint=endpoint)
    assert aws.instance_guards_its_role.judge(options).status == status
