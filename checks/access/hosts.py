"""Access to Linux hosts: who holds the superuser's number."""

from __future__ import annotations

from checks.access.links import ONE_SUPERUSER_NAME
from checks.check import Verdict, check, failed, passed
from evidence.facts.hosts import Accounts


@check("host-one-superuser", on="host.linux", severity="high", links=[ONE_SUPERUSER_NAME])
def one_account_is_superuser(accounts: Accounts) -> Verdict:
    """Does only one account have the superuser's number 0?"""
    names = accounts["superusers"]
    if len(names) > 1:
        return failed(f"{', '.join(names)} all have the superuser's number 0")
    return passed(f"only {names[0]} has the superuser's number 0")
