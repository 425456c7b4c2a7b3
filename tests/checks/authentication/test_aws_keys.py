from __future__ import annotations

import pytest

from checks.authentication.aws_keys import key_user_has_mfa
from evidence.facts.aws import ConsoleAccess, UserKeys
from evidence.model import Resource, Scope
from tests.checks.strict import Strict

SCOPE = Scope("aws/111122223333")


def verdict(keys, mfa, name="anna", **asked):
    resource = Resource("aws.iam.user", f"arn:aws:iam::111122223333:user/{name}#AIDA1", name, SCOPE)
    console = Strict(ConsoleAccess, password=False, mfa=mfa)
    return key_user_has_mfa.judge(Strict(UserKeys, active=keys), console, resource=resource, **asked)


@pytest.mark.parametrize(
    ("keys", "mfa", "status"),
    [(0, False, "not_applicable"), (0, True, "not_applicable"), (1, True, "pass"), (2, False, "fail")],
)
def test_whoever_holds_an_active_key_needs_a_second_factor(keys, mfa, status):
    assert verdict(keys, mfa).status == status


@pytest.mark.parametrize(
    ("name", "machines", "status"),
    [
        ("backup-robot", ("*-robot",), "not_applicable"),
        ("backup-robot-2", ("*-robot",), "fail"),
        ("Backup-robot", ("backup-*",), "fail"),
        ("anna", (), "fail"),
    ],
)
def test_only_a_user_whose_whole_name_fits_a_pattern_is_a_program(name, machines, status):
    assert verdict(1, False, name, machines=machines).status == status
