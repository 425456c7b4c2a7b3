from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.policy_providers import may_admit_guests, open_to_a_provider

GITHUB = "token.actions.githubusercontent.com"
CLUSTER = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
COGNITO = "cognito-identity.amazonaws.com"
STS = "sts.amazonaws.com"


def trust(provider, **condition):
    tested = {
        operator.replace("_", ":"): {f"{provider}:{claim}": wanted for claim, wanted in claims.items()}
        for operator, claims in condition.items()
    }
    principal = {"Federated": f"arn:aws:iam::111122223333:oidc-provider/{provider}"}
    return {"Statement": {"Effect": "Allow", "Principal": principal, "Condition": tested}}


def is_open(provider, **condition):
    return open_to_a_provider(trust(provider, **condition))


@pytest.mark.parametrize("provider", [GITHUB, CLUSTER])
def test_a_token_meant_for_aws_itself_says_nothing_of_who_holds_it(provider):
    assert is_open(provider, StringEquals={"aud": STS})
    assert not is_open(provider, StringEquals={"aud": STS, "sub": "repo:clinic/ward:ref:refs/heads/main"})
    assert not is_open(provider, StringEquals={"aud": STS}, StringLike={"sub": "repo:clinic/*"})


def test_at_a_provider_shared_by_all_its_customers_only_a_subject_names_somebody():
    assert is_open(GITHUB, StringEquals={"aud": "https://github.com/clinic"})
    assert is_open("gitlab.com", StringEquals={"aud": "https://gitlab.com"})
    assert not is_open("gitlab.com", StringLike={"sub": "project_path:clinic/ward:*"})
    assert not is_open(GITHUB, StringEquals={"repository_owner": "clinic"})
    assert not is_open("accounts.google.com", StringEquals={"aud": "our-app"})
    assert not is_open("graph.facebook.com", StringEquals={"app_id": "7"})


@pytest.mark.parametrize(
    "subject", ["*", "repo:*", "repo:*/*:ref:refs/heads/main", "system:serviceaccount:*:*", "?*"]
)
def test_a_pattern_that_everybody_fits_names_nobody(subject):
    assert is_open(GITHUB, StringLike={"sub": subject})
    assert is_open(GITHUB, StringLike={"sub": ["repo:clinic/ward:*", subject]})


def test_a_pattern_with_a_fixed_beginning_names_somebody():
    assert not is_open(CLUSTER, StringLike={"sub": "system:serviceaccount:ward:*"})
    assert not is_open(GITHUB, ForAnyValue_StringLike={"sub": "repo:clinic/*"})


@pytest.mark.parametrize("operator", ["StringEqualsIfExists", "ForAllValues_StringEquals"])
def test_what_a_token_may_leave_out_is_asked_of_nobody(operator):
    assert is_open(CLUSTER, **{operator: {"azp": "our-app"}})
    assert is_open(GITHUB, **{operator: {"repository_owner": "clinic"}})
    assert not is_open(CLUSTER, StringEquals={"azp": "our-app"})
    assert not is_open(GITHUB, **{operator: {"sub": "repo:clinic/ward:*"}})


@pytest.mark.parametrize(
    "operator", ["StringNotEquals", "StringNotLike", "Null", "ForAnyValue_StringNotLike"]
)
def test_saying_whom_it_is_not_names_nobody(operator):
    assert is_open(GITHUB, **{operator: {"sub": "repo:stranger/*"}})


def test_guests_of_an_identity_pool_are_nobody_named():
    assert not is_open(COGNITO, StringEquals={"aud": "eu-west-1:pool"})
    signed_in = {
        "ForAnyValue_StringLike": {"amr": "authenticated"},
        "StringEquals": {"aud": "eu-west-1:pool"},
    }
    assert not is_open(COGNITO, **signed_in)
    assert is_open(COGNITO, **signed_in | {"ForAnyValue_StringLike": {"amr": "unauthenticated"}})


def test_a_trust_that_names_a_pool_but_not_whether_its_users_signed_in_may_admit_guests():
    pool = {"aud": "eu-west-1:pool"}
    assert may_admit_guests(trust(COGNITO, StringEquals=pool))
    assert may_admit_guests(trust(COGNITO, StringEquals=pool, StringLike={"sub": "*"}))
    assert not may_admit_guests(trust(COGNITO, StringEquals=pool | {"sub": "eu-west-1:somebody"}))
    assert not may_admit_guests(
        trust(COGNITO, StringEquals=pool, ForAnyValue_StringLike={"amr": "authenticated"})
    )
    assert not may_admit_guests(trust("accounts.google.com", StringEquals=pool))


@given(st.dictionaries(st.text(max_size=5), st.none() | st.text() | st.dictionaries(st.text(), st.text())))
def test_no_condition_breaks_the_evaluation(condition):
    principal = {"Federated": COGNITO}
    statement = {"Effect": "Allow", "Principal": principal, "Condition": condition}
    assert open_to_a_provider({"Statement": statement}) in {True, False}
