"""What a configured AWS source says: which accounts, which regions, through which role."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """One AWS source; holds no secret: credentials come from the profile or the SDK's usual chain.

    With `role_name` each of `accounts` is entered by assuming arn:PARTITION:iam::ACCOUNT:role/`role_name`; with
    `role_arn` that one role. No `regions` means every region enabled in the account. `home_region` answers for
    what is global. `endpoint_url` is for private endpoints and tests.
    """

    name: str
    profile: str = ""
    regions: tuple[str, ...] = ()
    role_arn: str = ""
    role_name: str = ""
    external_id: str = ""
    accounts: tuple[str, ...] = ()
    partition: str = "aws"
    home_region: str = "us-east-1"
    endpoint_url: str = ""

    def roles(self) -> tuple[str, ...]:
        """The role ARNs to assume, () to look with the source's own credentials."""
        if self.role_arn:
            return (self.role_arn,)
        if not self.role_name:
            return ()
        return tuple(
            f"arn:{self.partition}:iam::{account}:role/{self.role_name}" for account in self.accounts
        )
