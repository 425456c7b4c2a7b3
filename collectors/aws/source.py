"""What a configured AWS source says: which accounts, which regions, through which role."""

from __future__ import annotations

from dataclasses import dataclass

HOMES = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}
"""The region of each partition that answers for what is global, and in whose trail global events are."""


@dataclass(frozen=True, slots=True)
class Source:
    """One AWS source; holds no secret: credentials come from the profile or the SDK's usual chain.

    With `role_name` each of `accounts`, or of the organisation's but `exclude_accounts`, is entered by assuming
    arn:PARTITION:iam::ACCOUNT:role/`role_name`; with `role_arn` that one role. `session_tags` are (key, value)
    pairs. No `regions` means every region enabled in the account. `home_region` answers for what is global.
    `endpoint_url` is for private endpoints and tests.
    """

    name: str
    profile: str = ""
    regions: tuple[str, ...] = ()
    role_arn: str = ""
    role_name: str = ""
    external_id: str = ""
    session_tags: tuple[tuple[str, str], ...] = ()
    accounts: tuple[str, ...] = ()
    organization: bool = False
    exclude_accounts: tuple[str, ...] = ()
    partition: str = "aws"
    home_region: str = ""
    endpoint_url: str = ""

    @property
    def home(self) -> str:
        """The region that answers for what is global: `home_region`, else its partition's."""
        return self.home_region or HOMES[self.partition]

    def roles(self) -> tuple[str, ...]:
        """The role ARNs to assume that are known beforehand, () to look with the source's own credentials."""
        if self.role_arn:
            return (self.role_arn,)
        return tuple(map(self.role_in, self.accounts)) if self.role_name else ()

    def role_in(self, account: str) -> str:
        """The ARN of `role_name` in an account."""
        return f"arn:{self.partition}:iam::{account}:role/{self.role_name}"
