from __future__ import annotations

import time

import ldap3
import pytest

from evidence.model import Status
from tests.servers.look import findings, only, source_of
from tests.servers.slapd import (
    ADMINS,
    BASE,
    GOOD_POLICY,
    POLICY,
    Person,
    SlapdServer,
    deny,
    require_slapd,
)

pytestmark = pytest.mark.server("slapd")

APPLIES = "directory-password-policy-applies"
LENGTH = "directory-password-length"
LOCKOUT = "directory-password-lockout"
SECOND_FACTOR = "directory-privileged-second-factor"


@pytest.fixture(autouse=True)
def _slapd():
    require_slapd()


def judged(check, **server):
    with SlapdServer(**server) as running:
        return only(source_of(running), check)


def without(*names):
    return {name: value for name, value in GOOD_POLICY.items() if name not in names}


@pytest.mark.parametrize("check", [APPLIES, LENGTH, LOCKOUT])
def test_a_strong_default_policy_passes(check):
    assert judged(check).status is Status.PASS


def test_no_default_policy_fails():
    assert judged(APPLIES, default_policy=False).status is Status.FAIL


def test_no_policy_overlay_fails_and_leaves_the_policies_without_effect():
    assert judged(APPLIES, overlays=("lastbind", "otp")).status is Status.FAIL
    assert judged(LENGTH, overlays=("lastbind", "otp")).status is Status.NOT_APPLICABLE


def test_no_policy_overlay_and_no_policy_leave_nothing_to_judge():
    assert judged(LOCKOUT, overlays=("lastbind", "otp"), policy=None).status is Status.NOT_APPLICABLE


def test_a_default_policy_that_does_not_exist_is_unknown():
    assert judged(APPLIES, policy=None).status is Status.UNKNOWN


@pytest.mark.parametrize("check", [APPLIES, LENGTH, LOCKOUT])
def test_a_hidden_configuration_is_unknown(check):
    finding = judged(check, config_readable=False)
    assert finding.status is Status.UNKNOWN
    assert "cn=config" in finding.sentence


@pytest.mark.parametrize("check", [LENGTH, LOCKOUT])
def test_hidden_policies_are_unknown_not_none(check):
    finding = judged(check, acl=(f'access to dn.subtree="ou=policies,{BASE}" by * none',))
    assert finding.status is Status.UNKNOWN
    assert "read on entryUUID of pwdPolicy entries" in finding.sentence


@pytest.mark.parametrize(
    ("check", "attribute"),
    [
        (LENGTH, "pwdMinLength"),
        (LENGTH, "pwdCheckQuality"),
        (LOCKOUT, "pwdLockout"),
        (LOCKOUT, "pwdMaxFailure"),
    ],
)
def test_a_hidden_setting_is_unknown_though_a_missing_one_would_fail(check, attribute):
    assert judged(check, policy=without(attribute)).status is Status.FAIL
    finding = judged(check, acl=(deny(attribute, POLICY),))
    assert finding.status is Status.UNKNOWN
    assert f"read on {attribute} of pwdPolicy entries" in finding.sentence


@pytest.mark.parametrize(
    ("check", "weak"),
    [
        (LENGTH, {"pwdMinLength": "11"}),
        (LENGTH, {"pwdCheckQuality": "0"}),
        (LOCKOUT, {"pwdLockout": "FALSE"}),
        (LOCKOUT, {"pwdMaxFailure": "0"}),
        (LOCKOUT, {"pwdMaxFailure": "11"}),
        (LOCKOUT, {"pwdFailureCountInterval": "5"}),
        (LOCKOUT, {"pwdLockoutDuration": "5"}),
    ],
)
def test_a_weak_setting_fails(check, weak):
    assert judged(check, policy={**GOOD_POLICY, **weak}).status is Status.FAIL


OTHER = f"cn=surgeons,ou=policies,{BASE}"


def policy(dn=OTHER, **settings):
    """The text of a policy that is not the default."""
    lines = "".join(f"{name}: {value}\n" for name, value in {**GOOD_POLICY, **settings}.items())
    classes = "objectClass: device\nobjectClass: pwdPolicy\n"
    return f"dn: {dn}\n{classes}cn: surgeons\npwdAttribute: userPassword\n{lines}\n"


def subject(dn=OTHER):
    """The text of an account that names a policy."""
    entry = f"dn: uid=sue,ou=people,{BASE}\nobjectClass: inetOrgPerson\nuid: sue\ncn: Sue\nsn: Sue\n"
    return f"{entry}userPassword: open sesame\npwdPolicySubentry: {dn}\n\n"


def of_the_other(check=LOCKOUT, **server):
    with SlapdServer(**server) as running:
        return findings(source_of(running), check)[OTHER.partition(",")[0]]


@pytest.mark.parametrize("check", [LENGTH, LOCKOUT])
def test_a_policy_that_no_account_names_has_no_effect(check):
    assert of_the_other(check, extra=policy()).status is Status.NOT_APPLICABLE
    named = policy() + subject(OTHER.replace("cn=surgeons", "CN = Surgeons"))
    assert of_the_other(check, extra=named).status is Status.PASS


def test_without_a_default_the_only_policy_locks_nobody():
    finding = judged(LOCKOUT, default_policy=False)
    assert finding.status is Status.NOT_APPLICABLE
    assert "no account names it" in finding.sentence


def test_without_a_rootdn_nothing_is_written_down_and_it_is_not_said_to_lock():
    finding = judged(LOCKOUT, rootdn=False)
    assert finding.status is Status.UNKNOWN
    assert "rootdn" in finding.sentence


@pytest.mark.parametrize(
    ("server", "opens"),
    [
        ({}, False),
        ({"rootdn": False}, True),
        ({"default_policy": False}, True),
        ({"policy": {**GOOD_POLICY, "pwdFailureCountInterval": "1"}}, True),
    ],
)
def test_the_server_itself_does_as_the_checks_say(server, opens):
    with SlapdServer(**server) as running:
        for _ in range(7):
            assert not binds(running, "wrong")
            time.sleep(0.5 if "policy" in server else 0)
        assert binds(running, Person("ben").password) is opens


def binds(running, password):
    connection = ldap3.Connection(ldap3.Server(running.url), user=Person("ben").dn, password=password)
    try:
        return connection.bind()
    finally:
        connection.unbind()


def test_a_weak_policy_of_one_account_fails():
    assert of_the_other(extra=policy(pwdMaxFailure="0") + subject()).status is Status.FAIL


def test_policies_that_accounts_may_name_unseen_are_not_said_to_have_no_effect():
    finding = of_the_other(extra=policy() + subject(), acl=(deny("pwdPolicySubentry"),))
    assert finding.status is Status.UNKNOWN
    assert "read on pwdPolicySubentry of accounts" in finding.sentence


def privileged(*people, source=None, **server):
    with SlapdServer(people=people, **server) as running:
        return findings(source_of(running, **(source or {})), SECOND_FACTOR)


def test_a_privileged_account_with_a_token_passes():
    assert privileged(Person("ada", totp=True, admin=True))["uid=ada"].status is Status.PASS


def test_a_privileged_account_without_a_token_fails_and_others_are_not_asked():
    found = privileged(Person("ada", admin=True), Person("ben"))
    assert found["uid=ada"].status is Status.FAIL
    assert ADMINS in found["uid=ada"].sentence
    assert found["uid=ben"].status is Status.NOT_APPLICABLE


def test_a_member_of_a_group_inside_the_group_is_privileged():
    extra = (
        f"dn: cn=night,ou=groups,{BASE}\nobjectClass: groupOfNames\ncn: night\nmember: {Person('eve').dn}\n\n"
    )
    extra += f"dn: cn=all,ou=groups,{BASE}\nobjectClass: groupOfNames\ncn: all\nmember: cn=Night, ou=groups,{BASE}\n\n"
    groups = {"privileged_groups": (f"cn=all,ou=groups,{BASE}",)}
    assert privileged(Person("eve"), extra=extra, source=groups)["uid=eve"].status is Status.FAIL


def test_a_hidden_token_is_unknown_not_none():
    finding = privileged(Person("ada", totp=True, admin=True), acl=(deny("oathTOTPToken"),))["uid=ada"]
    assert finding.status is Status.UNKNOWN
    assert "read on oathTOTPToken of accounts" in finding.sentence


def test_hidden_members_are_unknown_not_unprivileged():
    found = privileged(Person("ada", admin=True), acl=(deny("member", ADMINS),))
    assert found["uid=ada"].status is Status.UNKNOWN
    assert "read on member" in found["uid=ada"].sentence


def test_a_configured_group_that_is_not_there_is_unknown():
    source = {"privileged_groups": (f"cn=misspelt,ou=groups,{BASE}",)}
    assert privileged(Person("ada", admin=True), source=source)["uid=ada"].status is Status.UNKNOWN


def test_no_configured_groups_is_unknown():
    assert privileged(Person("ada"), source={"privileged_groups": ()})["uid=ada"].status is Status.UNKNOWN


def test_a_directory_without_tokens_leaves_it_to_another_source():
    finding = privileged(Person("ada", admin=True), overlays=("ppolicy", "lastbind"))["uid=ada"]
    assert finding.status is Status.UNKNOWN
    assert "keeps no OATH tokens" in finding.sentence


def test_a_token_that_no_overlay_asks_for_fails():
    directives = ("moduleload otp",)
    overlays = ("ppolicy", "lastbind")
    finding = privileged(Person("ada", totp=True, admin=True), overlays=overlays, directives=directives)[
        "uid=ada"
    ]
    assert finding.status is Status.FAIL
    assert "never asked for" in finding.sentence
