from __future__ import annotations

from checks.access.hosts import one_account_is_superuser
from evidence.facts.hosts import Accounts
from evidence.model import Status


def test_a_second_name_for_the_superuser_fails_and_is_named():
    verdict = one_account_is_superuser.judge(Accounts(superusers=["root", "toor"], logins=[]))
    assert verdict.status is Status.FAIL
    assert "toor" in verdict.sentence


def test_one_superuser_passes():
    assert one_account_is_superuser.judge(Accounts(superusers=["root"], logins=[])).status is Status.PASS
