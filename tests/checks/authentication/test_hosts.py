from __future__ import annotations

import pytest

from checks.authentication.hosts import (
    no_password_is_empty,
    password_alone_is_refused,
    root_login_is_refused,
    second_factor_is_asked,
)
from evidence.facts.hosts import Authentication, PasswordStates, SshOverride, SshServer
from evidence.model import Status

KEYS_ONLY = {
    "permitrootlogin": "no",
    "pubkeyauthentication": "yes",
    "passwordauthentication": "no",
    "kbdinteractiveauthentication": "no",
    "authenticationmethods": "any",
    "usepam": "yes",
}
PASSWORD_PAM = Authentication(modules=["pam_unix.so"], second_factors=[], enforced=False, password=True)
CODE_PAM = Authentication(
    modules=["pam_unix.so", "pam_google_authenticator.so"],
    second_factors=["pam_google_authenticator.so"],
    enforced=True,
    password=True,
)
CODE_ONLY_PAM = Authentication(
    modules=["pam_oath.so"], second_factors=["pam_oath.so"], enforced=True, password=False
)


def server(**settings: str) -> SshServer:
    return SshServer(settings={**KEYS_ONLY, **settings}, overrides=[])


def matched(criteria: str, **settings: str) -> SshServer:
    return SshServer(settings=KEYS_ONLY, overrides=[SshOverride(criteria=criteria, settings=settings)])


UNREAD = SshServer(settings=KEYS_ONLY, overrides=None)


@pytest.mark.parametrize(
    ("ssh", "expected"),
    [
        (server(), Status.PASS),
        (server(permitrootlogin="yes"), Status.FAIL),
        (server(permitrootlogin="without-password"), Status.FAIL),
        (server(permitrootlogin="forced-commands-only"), Status.PASS),
        (matched("address 10.0.0.0/8", permitrootlogin="yes"), Status.FAIL),
        (matched("user ann", passwordauthentication="yes"), Status.PASS),
        (UNREAD, Status.UNKNOWN),
        (None, Status.NOT_APPLICABLE),
    ],
)
def test_nobody_may_log_in_as_root(ssh, expected):
    assert root_login_is_refused.judge(ssh).status is expected


@pytest.mark.parametrize(
    ("ssh", "pam", "expected"),
    [
        (server(), PASSWORD_PAM, Status.PASS),
        (server(passwordauthentication="yes"), PASSWORD_PAM, Status.FAIL),
        (server(kbdinteractiveauthentication="yes"), PASSWORD_PAM, Status.FAIL),
        (server(kbdinteractiveauthentication="yes"), CODE_PAM, Status.PASS),
        (server(kbdinteractiveauthentication="yes"), None, Status.FAIL),
        (server(kbdinteractiveauthentication="yes", usepam="no"), CODE_PAM, Status.FAIL),
        (server(passwordauthentication="yes", authenticationmethods="publickey,password"), None, Status.PASS),
        (matched("user ann", passwordauthentication="yes"), PASSWORD_PAM, Status.FAIL),
        (UNREAD, PASSWORD_PAM, Status.UNKNOWN),
        (None, None, Status.NOT_APPLICABLE),
    ],
)
def test_a_password_alone_must_not_be_enough(ssh, pam, expected):
    assert password_alone_is_refused.judge(ssh, pam).status is expected


BOTH = "publickey,password publickey,keyboard-interactive:pam"
TOKENS = "sk-ssh-ed25519@openssh.com,webauthn-sk-ecdsa-sha2-nistp256@openssh.com"


@pytest.mark.parametrize(
    ("ssh", "pam", "expected"),
    [
        (server(), PASSWORD_PAM, Status.FAIL),
        (server(pubkeyauthoptions="touch-required verify-required", pubkeyacceptedalgorithms=TOKENS), PASSWORD_PAM, Status.PASS),
        (server(pubkeyauthoptions="touch-required", pubkeyacceptedalgorithms=TOKENS), PASSWORD_PAM, Status.FAIL),
        (server(passwordauthentication="yes", kbdinteractiveauthentication="yes", authenticationmethods=BOTH), None, Status.PASS),
        (server(passwordauthentication="yes", authenticationmethods="publickey,password publickey"), None, Status.FAIL),
        (server(authenticationmethods="publickey,publickey"), None, Status.FAIL),
        (server(pubkeyauthentication="no", kbdinteractiveauthentication="yes"), CODE_PAM, Status.PASS),
        (server(pubkeyauthentication="no", kbdinteractiveauthentication="yes"), CODE_ONLY_PAM, Status.FAIL),
        (server(kbdinteractiveauthentication="yes"), CODE_PAM, Status.FAIL),
        (server(hostbasedauthentication="yes", pubkeyauthentication="no"), CODE_PAM, Status.FAIL),
        (None, None, Status.NOT_APPLICABLE),
    ],
)  # fmt: skip
def test_every_way_in_must_ask_for_two_proofs(ssh, pam, expected):
    assert second_factor_is_asked.judge(ssh, pam).status is expected


@pytest.mark.parametrize("accepted", ["", f"{TOKENS},ssh-ed25519", f"+{TOKENS}"])
def test_verifying_tokens_is_no_second_proof_where_keys_without_a_token_are_taken(accepted):
    ssh = server(pubkeyauthoptions="verify-required", pubkeyacceptedalgorithms=accepted)
    assert second_factor_is_asked.judge(ssh, PASSWORD_PAM).status is Status.FAIL


def test_a_way_in_that_the_organisation_exempts_is_named_by_its_match_block():
    ssh = SshServer(
        settings={
            **KEYS_ONLY,
            "passwordauthentication": "yes",
            "authenticationmethods": "publickey,password",
        },
        overrides=[SshOverride(criteria="user nightledger", settings={"authenticationmethods": "publickey"})],
    )
    verdict = second_factor_is_asked.judge(ssh, None)
    assert verdict.status is Status.FAIL
    assert "Match user nightledger" in verdict.sentence
    assert second_factor_is_asked.judge(ssh, None, exempt=("user nightledger",)).status is Status.PASS


def test_an_empty_password_fails_and_names_the_account():
    verdict = no_password_is_empty.judge(PasswordStates(empty=["guest"], accounts=3))
    assert verdict.status is Status.FAIL
    assert "guest" in verdict.sentence
    assert no_password_is_empty.judge(PasswordStates(empty=[], accounts=3)).status is Status.PASS
