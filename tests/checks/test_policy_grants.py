from __future__ import annotations

import pytest

from checks.policy_grants import account_of, allows_on, denies, outside_accounts, principals_allowed

KEY = "arn:aws:kms:us-east-1:111122223333:key/k"


def document(**statement):
    return {"Statement": [{"Effect": "Allow", "Resource": "*", **statement}]}


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ({"Action": "*"}, True),
        ({"Action": "KMS:decrypt"}, True),
        ({"Action": ["s3:*", "kms:De*"]}, True),
        ({"Action": "kms:Decrypt", "Resource": "arn:aws:kms:*:111122223333:key/*"}, True),
        ({"Action": "kms:Decrypt", "Resource": "arn:aws:kms:us-east-1:111122223333:key/other"}, False),
        ({"Action": "kms:Encrypt"}, False),
        ({"NotAction": "iam:*"}, True),
        ({"NotAction": "kms:*"}, False),
        ({"Action": "*", "Effect": "Deny"}, False),
    ],
)
def test_what_an_identitys_policy_allows(statement, allowed):
    assert allows_on(document(**statement), "kms:Decrypt", KEY) is allowed


def test_everything_but_some_resources_covers_the_others():
    policy = {"Statement": {"Effect": "Allow", "Action": "kms:*", "NotResource": "arn:aws:kms:*:*:key/other"}}
    assert allows_on(policy, "kms:Decrypt", KEY)
    assert not allows_on(policy, "kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/other")


def test_whom_a_resources_policy_allows():
    policy = document(Action="kms:*", Principal={"AWS": ["arn:aws:iam::111122223333:role/a", "111122223333"]})
    assert principals_allowed(policy, "kms:Decrypt") == {"arn:aws:iam::111122223333:role/a", "111122223333"}
    assert principals_allowed(document(Action="kms:*", Principal="*"), "kms:Decrypt") == {"*"}
    assert principals_allowed(document(Action="kms:*", NotPrincipal={"AWS": "x"}), "kms:Decrypt") == {"*"}
    assert principals_allowed(document(Action="kms:*", Principal={"Service": "x"}), "kms:Decrypt") == set()


def test_a_denial_of_anything_that_matches_is_seen():
    assert denies(document(Effect="Deny", Action="kms:*", Condition={"Bool": {}}), "kms:Decrypt")
    assert not denies(document(Action="kms:*"), "kms:Decrypt")


@pytest.mark.parametrize(
    ("principal", "account"),
    [
        ("111122223333", "111122223333"),
        ("arn:aws:iam::111122223333:root", "111122223333"),
        ("arn:aws-us-gov:sts::111122223333:assumed-role/a/b", "111122223333"),
        ("AIDAEXAMPLE", ""),
        ("*", ""),
        ("arn:aws:iam::*:root", ""),
    ],
)
def test_the_account_of_a_principal(principal, account):
    assert account_of(principal) == account


def asks(**condition):
    principal = {"AWS": "arn:aws:iam::999988887777:root"}
    return {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, "Condition": condition}


def test_an_outside_account_must_be_asked_for_its_id_by_every_statement():
    good = asks(StringEquals={"sts:ExternalId": "x"})
    assert outside_accounts({"Statement": [good]}, "111122223333") == {"999988887777": True}
    assert outside_accounts({"Statement": [good, asks()]}, "111122223333") == {"999988887777": False}
    assert outside_accounts({"Statement": [asks(StringLike={"sts:ExternalId": "*"})]}, "1") == {
        "999988887777": False
    }
    assert outside_accounts({"Statement": [good]}, "999988887777") == {}


@pytest.mark.parametrize(
    ("condition", "asked"),
    [
        ({"StringNotEquals": {"sts:ExternalId": "x"}}, True),
        ({"StringNotEqualsIfExists": {"sts:ExternalId": ["x", "y"]}}, True),
        ({"StringNotLike": {"sts:ExternalId": "*"}}, False),
        ({"StringNotEquals": {"sts:ExternalId": "x"}, "Bool": {"aws:ViaAWSService": "false"}}, False),
        ({"Null": {"sts:ExternalId": "true"}}, False),
    ],
)
def test_a_denial_may_ask_every_outsider_for_the_id(condition, asked):
    denial = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": condition}
    assert outside_accounts({"Statement": [asks(), denial]}, "1") == {"999988887777": asked}
    somebody = denial | {"Principal": {"AWS": "arn:aws:iam::999988887777:role/x"}}
    assert outside_accounts({"Statement": [asks(), somebody]}, "1") == {"999988887777": False}


def test_an_id_is_asked_for_by_name_or_by_a_pattern_that_is_one():
    for condition in (
        {"StringLike": {"sts:ExternalId": "x"}},
        {"StringEquals": {"sts:ExternalId": ["x", "y"]}},
    ):
        assert outside_accounts({"Statement": asks(**condition)}, "1") == {"999988887777": True}
    for condition in (
        {"StringEquals": {"sts:ExternalId": []}},
        {"StringEqualsIfExists": {"sts:ExternalId": "x"}},
        {"ForAllValues:StringEquals": {"sts:ExternalId": "x"}},
    ):
        assert outside_accounts({"Statement": asks(**condition)}, "1") == {"999988887777": False}


def test_only_who_may_enter_is_an_outsider():
    tagging = asks() | {"Action": ["sts:TagSession", "sts:SetSourceIdentity"]}
    assert outside_accounts({"Statement": tagging}, "1") == {}
    assert outside_accounts({"Statement": asks() | {"Action": "sts:*"}}, "1") == {"999988887777": False}


@pytest.mark.parametrize(
    ("condition", "accounts"),
    [
        ({}, {"*": False}),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, {"*": False}),
        ({"StringEquals": {"aws:PrincipalAccount": "111122223333"}}, {}),
        (
            {"StringEquals": {"aws:PrincipalAccount": ["111122223333", "999988887777"]}},
            {"999988887777": False},
        ),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::999988887777:role/*"}}, {"999988887777": False}),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ward"}}, {"*": False}),
        ({"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}, {"*": False}),
    ],
)
def test_of_everybody_those_accounts_count_that_the_conditions_name(condition, accounts):
    statement = asks(**condition) | {"Principal": {"AWS": "*"}}
    assert outside_accounts({"Statement": statement}, "111122223333") == accounts
