from __future__ import annotations

from datetime import date

import pytest

from checks.access.host_accounts import (
    accounts_are_in_use,
    no_number_is_shared,
    sudo_asks_for_a_password,
    sudo_names_whom_it_serves,
)
from evidence.facts.host_accounts import AuthorizedKey, AuthorizedKeys, LastLogin, PasswordAge, SudoGrant
from evidence.facts.hosts import Account, Accounts
from evidence.model import Status
from tests.checks.strict import Strict

TODAY = date(2026, 11, 22)
ACCOUNTS = Accounts(
    superusers=["root"],
    logins=[Account(name=name, shell="/bin/bash") for name in ("alice", "bob", "root")],
)
NO_KEYS = AuthorizedKeys(keys=[], unread=[])
BOBS = AuthorizedKeys(
    keys=[
        AuthorizedKey(
            file="/etc/ssh/keys/of-bob/keys",
            accounts=["bob"],
            type="ED25519",
            bits=256,
            fingerprint="SHA256:x",
        )
    ],
    unread=[],
)


def ages(expires_on: str | None = "never", **usable: bool) -> list[PasswordAge]:
    return [
        PasswordAge(name=name, usable=on, changed_on=None, max_days=None, expires_on=expires_on)
        for name, on in usable.items()
    ]


def logins(**on: str | None) -> list[LastLogin]:
    return [LastLogin(name=name, on=day) for name, day in on.items()]


def test_a_shared_number_fails_and_names_both():
    assert no_number_is_shared.judge([]).status is Status.PASS
    verdict = no_number_is_shared.judge([{"uid": 1000, "names": ["alice", "bob"]}])
    assert verdict.status is Status.FAIL
    assert "alice, bob share 1000" in verdict.sentence


@pytest.mark.parametrize(
    ("passwords", "keys", "used", "expected"),
    [
        (ages(alice=True), NO_KEYS, logins(alice="2026-11-01"), Status.PASS),
        (ages(alice=True), NO_KEYS, logins(alice="2026-08-01"), Status.FAIL),
        (ages(alice=True), NO_KEYS, logins(alice=None), Status.UNKNOWN),
        (ages(alice=True), NO_KEYS, logins(root="2026-11-01"), Status.UNKNOWN),
        (ages(alice=False), NO_KEYS, logins(root="2026-11-01"), Status.NOT_APPLICABLE),
        (ages(alice=False), BOBS, logins(bob="2026-08-01"), Status.FAIL),
        (ages(root=True), NO_KEYS, logins(root="2020-01-01"), Status.NOT_APPLICABLE),
        (ages(daemon=True), NO_KEYS, logins(root="2026-11-01"), Status.NOT_APPLICABLE),
        (ages("2020-01-01", alice=True), NO_KEYS, logins(alice="2019-08-01"), Status.NOT_APPLICABLE),
        (ages("2026-11-22", bob=False), BOBS, logins(bob="2026-08-01"), Status.NOT_APPLICABLE),
        (ages("2026-11-23", bob=False), BOBS, logins(bob="2026-08-01"), Status.FAIL),
        (ages(None, alice=True), NO_KEYS, logins(alice="2026-08-01"), Status.UNKNOWN),
        (ages(None, alice=True), NO_KEYS, logins(alice="2026-11-01"), Status.PASS),
        (ages(None, alice=True), BOBS, logins(alice="2026-08-01", bob="2026-08-01"), Status.FAIL),
    ],
)
def test_an_account_that_can_be_opened_must_have_been_used(passwords, keys, used, expected):
    verdict = accounts_are_in_use.judge(ACCOUNTS, passwords, keys, used, as_of=TODAY)
    assert verdict.status is expected


def grant(who: str, *, everything: bool = True, password: bool | None = True) -> SudoGrant:
    return Strict(SudoGrant, who=who, run_as=["ALL"], everything=everything, password=password)


@pytest.mark.parametrize(
    ("grants", "asks", "named"),
    [
        (None, Status.NOT_APPLICABLE, Status.NOT_APPLICABLE),
        ([grant("root", password=False), grant("%sudo")], Status.PASS, Status.PASS),
        ([grant("alice", password=False)], Status.FAIL, Status.PASS),
        ([grant("alice", password=None)], Status.UNKNOWN, Status.PASS),
        ([grant("alice", password=False, everything=False)], Status.PASS, Status.PASS),
        ([grant("ALL")], Status.PASS, Status.FAIL),
    ],
)
def test_sudo_must_ask_and_must_know_whom_it_serves(grants, asks, named):
    assert sudo_asks_for_a_password.judge(grants, ["files"]).status is asks
    assert sudo_names_whom_it_serves.judge(grants, ["files"]).status is named


@pytest.mark.parametrize(
    ("grants", "sources", "asks", "named"),
    [
        (None, ["files", "sss"], Status.NOT_APPLICABLE, Status.NOT_APPLICABLE),
        ([grant("%sudo")], ["files", "sss"], Status.UNKNOWN, Status.UNKNOWN),
        ([grant("ALL", password=False)], ["files", "sss"], Status.FAIL, Status.FAIL),
        ([grant("ALL", password=False)], ["sss"], Status.UNKNOWN, Status.UNKNOWN),
    ],
)
def test_rules_that_sudo_takes_from_elsewhere_are_not_settled_by_those_of_its_files(
    grants, sources, asks, named
):
    verdicts = [
        sudo_asks_for_a_password.judge(grants, sources),
        sudo_names_whom_it_serves.judge(grants, sources),
    ]
    assert [verdict.status for verdict in verdicts] == [asks, named]


def test_an_accepted_account_may_do_without_a_password():
    assert (
        sudo_asks_for_a_password.judge([grant("ci", password=False)], ["files"], exempt=("ci",)).status
        is Status.PASS
    )
