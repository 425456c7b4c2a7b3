from __future__ import annotations

import pytest

from checks.exposure.aws_databases import database_snapshot_is_not_shared

HOME, AWAY = "111122223333", "999988887777"


@pytest.mark.parametrize(
    ("public", "accounts", "known", "status"),
    [
        (False, [], (), "pass"),
        (False, [HOME], (HOME,), "pass"),
        (False, [HOME], (), "fail"),
        (False, [HOME, AWAY], (HOME,), "fail"),
        (True, [], (HOME,), "fail"),
    ],
)
def test_a_snapshot_may_be_shared_with_accounts_that_the_organisation_knows(public, accounts, known, status):
    sharing = {"public": public, "accounts": accounts}
    assert database_snapshot_is_not_shared.judge(sharing, known_accounts=known).status == status


def test_only_the_accounts_that_are_not_known_are_named():
    sharing = {"public": False, "accounts": [AWAY, HOME]}
    sentence = database_snapshot_is_not_shared.judge(sharing, known_accounts=(HOME,)).sentence
    assert AWAY in sentence
    assert HOME not in sentence
