from __future__ import annotations

import pytest

from collectors.directory import account, base, password_policy, probes
from collectors.directory.client import Query
from collectors.directory.errors import AttributeRefused
from collectors.directory.secret_attributes import is_secret

BASE = "dc=example,dc=org"


@pytest.mark.parametrize(
    "attribute",
    [
        "userPassword",
        "USERPASSWORD",
        "userPassword;binary",
        "oathSecret",
        "ms-Mcs-AdmPwd",
        "krbPrincipalKey",
        "*",
        "+",
        "",
    ],
)
def test_a_secret_or_a_wildcard_is_refused_before_anything_is_sent(attribute):
    with pytest.raises(AttributeRefused):
        Query(BASE, "(objectClass=*)", ("cn", attribute))


@pytest.mark.parametrize(
    "filter_",
    [
        "(userPassword=a*)",
        "(&(cn=x)(!(unicodePwd=*)))",
        "( oathSecret >=a)",
        "(userPassword:caseExactMatch:=x)",
    ],
)
def test_a_filter_cannot_guess_at_a_secret(filter_):
    with pytest.raises(AttributeRefused):
        Query(BASE, filter_, ("cn",))


def test_nothing_that_the_kinds_ask_for_is_secret():
    asked = (*account.LOGINS, *account.TOKENS, *account._MEMBERS, *base._NAMES, *password_policy._ATTRIBUTES)
    assert not [name for name in (*asked, *probes.PERSONAL) if is_secret(name)]
