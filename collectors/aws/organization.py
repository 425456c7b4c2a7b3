"""The accounts of an organisation, as its management account or a delegated administrator lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collectors.aws.client import AwsClient
from collectors.kind import Failure, Unreached
from evidence.model import Reason

KEEP = {"list_accounts": "Accounts[]{Id, State, Status}"}
"""Neither the accounts' names nor their mail addresses are kept."""


@dataclass(frozen=True, slots=True)
class Member:
    """One account of the organisation and the state AWS gives it: ACTIVE, SUSPENDED, PENDING_CLOSURE, CLOSED."""

    account: str
    state: str

    @property
    def active(self) -> bool:
        """Whether a role in it can be assumed."""
        return self.state == "ACTIVE"

    def unreached(self, principal: str) -> Unreached:
        """The failed coverage of an account that is there and cannot be entered."""
        detail = f"the account is {self.state} in its organisation: what it still holds cannot be looked at"
        return Unreached(
            f"aws/{self.account}", Failure("AccountNotActive", Reason.NOT_AVAILABLE, detail), principal
        )


def members(organizations: AwsClient) -> tuple[list[Member], Exception | None]:
    """organizations:ListAccounts: the accounts on the pages that could be read, and what stopped the reading."""
    found: list[Member] = []
    try:
        for page in organizations.pages("list_accounts"):
            found += map(_member, page["Accounts"])
    except Exception as error:  # noqa: BLE001 - the accounts seen so far are still looked at
        return found, error
    return found, None


def _member(row: Mapping[str, Any]) -> Member:
    # Status is the older name of State and is going away.
    return Member(row["Id"], row.get("State") or row.get("Status") or "of unknown state")
