from __future__ import annotations

from datetime import date

import pytest

from checks.authentication import aws
from evidence.facts.aws import AccessKeyState, ConsoleAccess, PasswordPolicy, RootSecurity, UserKeys
from tests.checks.strict import Strict


def root(**other):
    return Strict(RootSecurity, **{"mfa": False, "password": None, "access_keys": False, **other})


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"mfa": True}, "pass"),
        ({"mfa": False}, "fail"),
        ({"mfa": False, "password": True}, "fail"),
        ({"mfa": False, "password": False}, "not_applicable"),
    ],
)
def test_the_root_user_needs_a_second_factor_if_it_can_sign_in(facts, status):
    assert aws.root_has_mfa.judge(root(**facts)).status == status


@pytest.mark.parametrize(("keys", "status"), [(False, "pass"), (True, "fail")])
def test_the_root_user_passes_without_keys(keys, status):
    assert aws.root_has_no_keys.judge(root(access_keys=keys)).status == status


@pytest.mark.parametrize(("length", "status"), [(13, "fail"), (14, "pass")])
def test_passwords_pass_from_the_shortest_allowed_length(length, status):
    policy = Strict(
        PasswordPolicy,
        minimum_length=length,
        symbols=True,
        numbers=True,
        uppercase=True,
        lowercase=True,
        max_age_days=None,
        reuse_prevention=None,
    )
    assert aws.passwords_are_long.judge(policy).status == status


@pytest.mark.parametrize(
    ("rules", "asked", "status"),
    [
        ({}, {}, "pass"),
        ({}, {"min_remembered": 24}, "fail"),
        ({"reuse_prevention": 5}, {"min_remembered": 24}, "fail"),
        ({"reuse_prevention": 24}, {"min_remembered": 24}, "pass"),
        ({}, {"max_age_days": 90}, "fail"),
        ({"max_age_days": 365}, {"max_age_days": 90}, "fail"),
        ({"max_age_days": 90}, {"max_age_days": 90}, "pass"),
        ({"symbols": False}, {"characters": ("symbols", "numbers")}, "fail"),
        ({"symbols": False}, {"characters": ("numbers",)}, "pass"),
        ({}, {"characters": ("symbol",)}, "fail"),
    ],
)
def test_further_rules_for_passwords_are_judged_only_where_the_organisation_sets_them(rules, asked, status):
    policy = {
        "minimum_length": 14,
        "symbols": True,
        "numbers": True,
        "uppercase": True,
        "lowercase": True,
        "max_age_days": None,
        "reuse_prevention": None,
    }
    facts = Strict(PasswordPolicy, **{**policy, **rules})
    assert aws.passwords_are_long.judge(facts, **asked).status == status


def test_an_account_without_a_password_policy_fails():
    assert aws.passwords_are_long.judge(None).status == "fail"


@pytest.mark.parametrize(
    ("password", "mfa", "status"),
    [
        (True, True, "pass"),
        (True, False, "fail"),
        (False, False, "not_applicable"),
        (False, True, "not_applicable"),
    ],
)
def test_a_user_with_a_console_password_needs_a_second_factor(password, mfa, status):
    assert aws.console_user_has_mfa.judge(Strict(ConsoleAccess, password=password, mfa=mfa)).status == status


@pytest.mark.parametrize(("active", "status"), [(0, "not_applicable"), (1, "pass"), (2, "fail")])
def test_a_user_passes_with_one_active_key(active, status):
    assert aws.user_has_one_key.judge(Strict(UserKeys, active=active)).status == status


@pytest.mark.parametrize(
    ("created", "active", "status"),
    [
        ("2026-08-24T23:00:00Z", True, "pass"),
        ("2026-08-23T23:59:59Z", True, "fail"),
        ("2001-01-01T00:00:00Z", False, "not_applicable"),
    ],
)
def test_an_active_key_passes_until_its_ninetieth_day(created, active, status):
    state = Strict(AccessKeyState, user="anna", active=active, created=created)
    assert aws.key_is_young.judge(state, as_of=date(2026, 11, 22)).status == status


def test_the_sentence_about_an_old_key_is_the_same_every_night():
    state = Strict(AccessKeyState, user="anna", active=True, created="2026-01-01T00:00:00Z")
    nights = {aws.key_is_young.judge(state, as_of=date(2026, 11, day)).sentence for day in (22, 23)}
    assert len(nights) == 1
    assert "2026-01-01" in nights.pop()
