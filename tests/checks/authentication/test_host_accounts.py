from __future__ import annotations

import pytest

from checks.authentication.host_accounts import (
    authorized_keys_are_strong,
    passwords_are_long,
    passwords_run_out,
    wrong_passwords_lock,
)
from evidence.facts.host_accounts import AuthorizedKey, AuthorizedKeys, Lockout, PasswordAge, PasswordRules
from evidence.facts.hosts import SshServer
from evidence.model import Status

USED = [PasswordAge(name="alice", usable=True, changed_on="2026-01-02", max_days=365, expires_on=None)]
ENDLESS = [PasswordAge(name="alice", usable=True, changed_on="2026-01-02", max_days=None, expires_on=None)]
LOCKED = [PasswordAge(name="alice", usable=False, changed_on=None, max_days=None, expires_on=None)]


def key(kind: str, bits: int) -> AuthorizedKey:
    file = "/root/.ssh/authorized_keys"
    return AuthorizedKey(file=file, accounts=["root"], type=kind, bits=bits, fingerprint="SHA256:x")


@pytest.mark.parametrize(
    ("keys", "unread", "expected"),
    [
        ([key("ED25519", 256), key("RSA", 3072)], [], Status.PASS),
        ([key("RSA", 1024)], [], Status.FAIL),
        ([key("DSA", 1024)], [], Status.FAIL),
        ([key("ED25519", 256)], ["/home/bob/.ssh/authorized_keys"], Status.UNKNOWN),
        ([], [], Status.NOT_APPLICABLE),
    ],
)
def test_keys_that_open_accounts_must_be_strong(keys, unread, expected):
    verdict = authorized_keys_are_strong.judge(AuthorizedKeys(keys=keys, unread=unread))
    assert verdict.status is expected


def ssh(usepam="yes", passwordauthentication="yes") -> SshServer:
    settings = {"usepam": usepam, "passwordauthentication": passwordauthentication}
    return SshServer(settings=settings, overrides=[])


def locks(module="pam_faillock.so", *, counts=True, deny=5, seconds=900, within=900) -> Lockout:
    return Lockout(module=module, counts=counts, deny=deny, unlock_seconds=seconds, within_seconds=within)


@pytest.mark.parametrize(
    ("lockout", "ages", "expected"),
    [
        (locks(), USED, Status.PASS),
        (locks(seconds=0), USED, Status.PASS),
        (locks(deny=0), USED, Status.FAIL),
        (locks(deny=50), USED, Status.FAIL),
        (locks(seconds=10), USED, Status.FAIL),
        (locks("", counts=None), USED, Status.FAIL),
        (locks(counts=False), USED, Status.FAIL),
        (locks(counts=None), USED, Status.UNKNOWN),
        (locks(within=5), USED, Status.FAIL),
        (locks("", counts=None), LOCKED, Status.NOT_APPLICABLE),
    ],
)
def test_wrong_passwords_must_lock(lockout, ages, expected):
    assert wrong_passwords_lock.judge(ssh(), lockout, ages).status is expected


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        (ssh(usepam="no"), Status.FAIL),
        (ssh(usepam="no", passwordauthentication="no"), Status.NOT_APPLICABLE),
        (None, Status.NOT_APPLICABLE),
    ],
)
def test_what_pam_would_lock_counts_only_where_sshd_asks_it(server, expected):
    assert wrong_passwords_lock.judge(server, locks(), USED).status is expected


@pytest.mark.parametrize(
    ("module", "length", "ages", "expected"),
    [
        ("pam_pwquality.so", 14, USED, Status.PASS),
        ("pam_pwquality.so", 8, USED, Status.FAIL),
        ("pam_pwquality.so", None, USED, Status.UNKNOWN),
        ("pam_passwdqc.so", None, USED, Status.UNKNOWN),
        ("", None, USED, Status.FAIL),
        ("", None, LOCKED, Status.NOT_APPLICABLE),
    ],
)
def test_a_short_password_must_be_refused(module, length, ages, expected):
    assert passwords_are_long.judge(PasswordRules(module=module, min_length=length), ages).status is expected


@pytest.mark.parametrize(
    ("ages", "days", "expected"),
    [
        (USED, 0, Status.NOT_APPLICABLE),
        (LOCKED, 365, Status.NOT_APPLICABLE),
        (USED, 365, Status.PASS),
        (USED, 90, Status.FAIL),
        (ENDLESS, 365, Status.FAIL),
    ],
)
def test_passwords_run_out_only_where_the_organisation_asks_for_it(ages, days, expected):
    assert passwords_run_out.judge(ages, max_days=days).status is expected
