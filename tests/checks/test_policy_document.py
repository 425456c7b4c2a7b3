from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from checks.policy_denials import opening
from checks.policy_document import admits_people, denies_plain_http
from checks.policy_elements import values
from checks.policy_full_rights import full_rights

ARN = "arn:aws:s3:::ward"
words = st.sampled_from(
    [
        "*",
        "s3:*",
        "Allow",
        "Deny",
        ARN,
        f"{ARN}/*",
        "aws:SecureTransport",
        "Bool",
        "false",
        "true",
        "AWS",
        "Service",
        "[",
    ]
)
leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | words


def grants_everything(policy):
    return full_rights([{"name": "own", "document": policy}]).held


def open_to_everyone(policy):
    return opening(policy).open


documents = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Statement", "Effect", "Principal", "Action", "Resource", "Condition", "Bool", "AWS"]
            )
            | words,
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)
statements = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("Effect", "Principal", "Action", "Resource", "Condition", "NotAction", "Sid"), documents
    ),
)
policies = st.fixed_dictionaries({"Statement": st.lists(statements | documents, max_size=4) | documents})


@given(policies)
def test_no_document_breaks_the_evaluation(policy):
    for question in (grants_everything, open_to_everyone, admits_people):
        assert question(policy) in {True, False}
    assert denies_plain_http(policy, ARN) in {True, False}


@given(policies)
def test_no_document_without_a_denial_counts_as_one(policy):
    without = {
        "Statement": [s for s in policy["Statement"] if not isinstance(s, dict) or s.get("Effect") != "Deny"]
        if isinstance(policy["Statement"], list)
        else None
    }
    assert not denies_plain_http(without, ARN)


@given(st.sampled_from(["Allow", "allow", "Permit", None]))
def test_only_an_allowing_statement_grants(effect):
    policy = {"Statement": [{"Effect": effect, "Principal": "*", "Action": "*", "Resource": "*"}]}
    assert grants_everything(policy) == (effect == "Allow")
    assert open_to_everyone(policy) == (effect == "Allow")


def test_an_element_may_be_one_value_or_a_list_and_a_boolean_is_text():
    assert values("a") == ("a",)
    assert values(["a", "b"]) == ("a", "b")
    assert values(False) == ("false",)
    assert values(None) == ()


def test_the_owner_that_aws_writes_into_a_topics_first_policy_ties_it_to_the_account():
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "SNS:Publish", "Resource": "*"}
    tied = {**statement, "Condition": {"StringEquals": {"AWS:SourceOwner": "123456789012"}}}
    assert open_to_everyone({"Statement": [statement]})
    assert not open_to_everyone({"Statement": [tied]})


def test_a_key_with_many_values_narrows_when_one_of_them_must_fit_and_not_when_all_may_be_lacking():
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}
    paths = {"aws:PrincipalOrgPaths": "o-1/r-1/ou-1/"}
    any_, all_ = (
        {"Condition": {f"{which}:StringEquals": paths}} for which in ("ForAnyValue", "ForAllValues")
    )
    assert not open_to_everyone({"Statement": statement | any_})
    assert open_to_everyone({"Statement": statement | all_})
