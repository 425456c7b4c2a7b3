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


def judged(policies, boundary=None):
    return aws.user_lacks_full_access.judge(policies, boundary)


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
    assert judged(policies).status == "fail"


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
        held({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}),
        held(None, "arn:aws:iam::aws:policy/ReadOnlyAccess"),
    ],
)
def test_narrower_policies_pass(policies):
    assert judged(policies).status == "pass"


NO_RIGHTS, ONLY_RIGHTS = all_but(NotAction="iam:*"), allow("iam:*")
BY_AWS = "arn:aws:iam::aws:policy/"


@pytest.mark.parametrize(
    "policies",
    [
        held({"Statement": [NO_RIGHTS["Statement"], *ONLY_RIGHTS["Statement"]]}),
        held(NO_RIGHTS, "work") + held(ONLY_RIGHTS, "rights"),
        held(None, f"{BY_AWS}PowerUserAccess") + held(None, f"{BY_AWS}IAMFullAccess"),
        held(NO_RIGHTS) + held(allow("iam:*", "arn:aws:iam::123456789012:*"), "rights"),
        held(all_but(NotResource="arn:aws:iam::*:*")) + held(ONLY_RIGHTS, "rights"),
        held(
            {
                "Statement": [
                    *allow(["a*", "b*", "i*", "m*"])["Statement"],
                    all_but(NotAction=["a*", "iam:*"])["Statement"],
                ]
            }
        ),
        held(all_but(NotAction="iam:AttachRolePolicy")),
        held(allow(resource="arn:aws:*")),
        held(allow(resource="arn:aws-us-gov:*")),
        held(allow(resource=["arn:aws:s3:::*", "arn:aws:*:*:123456789012:*"])),
        held(allow("**")),
        held(allow(Condition={})),
        held(allow(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
    ],
)
def test_what_allows_everything_in_several_pieces_or_other_words_fails(policies):
    assert judged(policies).status == "fail"


@pytest.mark.parametrize(
    "policies",
    [
        held(NO_RIGHTS, "work") + held(allow("iam:Get*"), "look"),
        held(NO_RIGHTS) + held(None, f"{BY_AWS}ReadOnlyAccess"),
        held(None, f"{BY_AWS}PowerUserAccess"),
        held(ONLY_RIGHTS),
        held({"Statement": [*allow()["Statement"], {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}),
        held(allow(), "all")
        + held({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}, "none"),
        held(allow(resource="arn:aws:*:eu-west-1:*:*")),
    ],
)
def test_pieces_that_do_not_make_everything_pass(policies):
    assert judged(policies).status == "pass"


@pytest.mark.parametrize(
    "denial",
    [
        {"Action": "iam:*", "Resource": "arn:aws:iam::*:role/other"},
        {
            "NotAction": "iam:*",
            "Resource": "*",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        },
        {"Action": "iam:DeleteRole", "Resource": "*"},
    ],
)
def test_a_denial_of_some_or_at_some_times_leaves_an_administrator_one(denial):
    policies = held({"Statement": [*allow()["Statement"], {"Effect": "Deny", **denial}]})
    assert judged(policies).status == "fail"


def test_full_access_on_conditions_is_unknown_and_names_them():
    policies = held(allow(Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}), "regional")
    verdict = judged(policies + held(allow("s3:*", Condition={"Bool": {"x": "y"}}), "other"))
    assert verdict.status == "unknown"
    assert verdict.sentence == (
        "the user may do everything through regional, on conditions that may narrow it: aws:RequestedRegion"
    )


def test_a_policy_of_awss_own_that_was_not_read_may_hold_what_is_lacking_to_everything():
    verdict = judged(held(None, f"{BY_AWS}PowerUserAccess") + held(None, f"{BY_AWS}job-function/SupportUser"))
    assert verdict.status == "unknown"
    assert "whether that too through SupportUser, of AWS's own, was not read" in verdict.sentence
    assert judged(held(None, f"{BY_AWS}job-function/SupportUser")).status == "pass"


def test_the_policies_that_make_everything_together_are_named_and_no_others():
    policies = held(NO_RIGHTS, "work") + held(ONLY_RIGHTS, "rights") + held(allow("s3:*"), "store")
    assert judged(policies).sentence == "the user may do everything through rights, work"
    one = policies + held(allow(), "all")
    assert judged(one).sentence == "the user may do everything through all"


@pytest.mark.parametrize(
    ("boundary", "status"),
    [
        (allow(), "fail"),
        (all_but(NotAction="s3:DeleteBucket"), "fail"),
        (allow("s3:*"), "pass"),
        (all_but(NotAction="iam:*"), "pass"),
        (allow(Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}), "unknown"),
        (None, "unknown"),
    ],
)
def test_rights_end_at_a_boundary(boundary, status):
    (end,) = held(
        boundary, "arn:aws:iam::123456789012:policy/edge" if boundary else f"{BY_AWS}ReadOnlyAccess"
    )
    verdict = judged(held(allow()), end)
    assert verdict.status == status
    assert (end["name"].rpartition("/")[2] in verdict.sentence) == (status != "fail")
    assert judged(held(allow("s3:*")), end).status == "pass"


def test_a_boundary_of_awss_own_counts_where_it_is_known_what_it_says():
    for name, status in (("PowerUserAccess", "pass"), ("AdministratorAccess", "fail")):
        (end,) = held(None, f"{BY_AWS}{name}")
        assert judged(held(allow()), end).status == status


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
    ("condition", "status"),
    [
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, "pass"),
        ({"StringNotEquals": {"aws:PrincipalTag/team": "ward"}}, "unknown"),
        ({"StringNotEquals": {"sts:ExternalId": "x"}}, "unknown"),
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, "fail"),
    ],
)
def test_a_roles_denials_count(condition, status):
    session = Strict(RoleSession, max_seconds=3600, service_linked=False)
    every = {"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    trust = {"Statement": [{"Effect": "Allow"} | every, {"Effect": "Deny", "Condition": condition} | every]}
    assert aws.role_trusts_someone_named.judge(session, trust).status == status


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
