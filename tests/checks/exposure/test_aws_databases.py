from __future__ import annotations

import pytest

from checks.exposure.aws_databases import database_snapshot_is_not_shared

HOME, AWAY = "111122223333", "999988887777"


@pytest.mark.parametrize(
    ("restorers", "known", "status"),
    [
        ([], (), "pass"),
        ([HOME], (HOME,), "pass"),
        ([HOME], (), "fail"),
        ([HOME, AWAY], (HOME,), "fail"),
        (["all"], (HOME,), "fail"),
    ],
)
def test_a_snapshot_may_be_shared_with_accounts_that_the_organisation_knows(restorers, known, status):
    assert database_snapshot_is_not_shared.judge(restorers, known_accounts=known).status == status


def test_only_the_accounts_that_are_not_known_are_named():
    sentence = database_snapshot_is_not_shared.judge([HOME, AWAY], known_accounts=(HOME,)).sentence
    assert AWAY in sentence
    assert HOME not in sentence
