"""What each type of source takes in the settings file; nightledger/sources.py hands it to the collectors."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from config.fields import (
    AccountId,
    FilePath,
    Region,
    RoleArn,
    Scalar,
    ScalarOrList,
    SecretReference,
    Section,
    SourceName,
    Text,
    split_url,
)
from config.host_settings import HostsSource


def _ldap_url(text: str) -> str:
    parts = split_url(text)
    if parts.scheme not in {"ldap", "ldaps"} or not parts.hostname:
        raise ValueError("a directory's url is ldaps://HOST[:PORT] or ldap://HOST[:PORT]")
    if "@" in parts.netloc:
        raise ValueError("a user or password is never written in a url; use bind_dn and password")
    return text


def _endpoint(text: str) -> str:
    parts = split_url(text)
    if "@" in parts.netloc:
        raise ValueError("a user or password is never written in a url; use profile, or the usual chain")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("an endpoint is https://HOST[:PORT]")
    return text


def _partition_of(region: str) -> str:
    prefixes = {"us-gov-": "aws-us-gov", "cn-": "aws-cn"}
    return next((name for prefix, name in prefixes.items() if region.startswith(prefix)), "aws")


class AwsSource(Section):
    """One AWS account, or several through a role of the same name in each."""

    type: Literal["aws"] = Field(description="`aws`")
    name: SourceName = Field(description="how reports call it; another name begins another history")
    profile: Text | None = Field(
        default=None, description="a profile of the AWS shared config; else the usual chain"
    )
    regions: tuple[Region, ...] = Field(default=(), description="empty: every region the account has enabled")
    role_arn: RoleArn | None = Field(default=None, description="the one role to assume")
    role_name: Text | None = Field(
        default=None, description="the role to assume in each of `accounts`, or in the organization's"
    )
    accounts: tuple[AccountId, ...] = Field(default=(), description="the accounts to assume `role_name` in")
    organization: bool = Field(
        default=False, description="assume `role_name` in every account of the AWS organization"
    )
    exclude_accounts: tuple[AccountId, ...] = Field(
        default=(), description="accounts of the organization to leave out"
    )
    external_id: Text | None = Field(
        default=None, description="the external id the role's trust policy asks for"
    )
    session_tags: dict[str, Scalar] = Field(
        default_factory=dict, description="tags to pass when assuming a role"
    )
    partition: Literal["aws", "aws-us-gov", "aws-cn"] = Field(
        default="aws", description="`aws`, `aws-us-gov` or `aws-cn`"
    )
    home_region: Region | None = Field(
        default=None, description="the region that answers for what is global; else the partition's usual one"
    )
    endpoint_url: Annotated[Text, AfterValidator(_endpoint)] | None = Field(
        default=None, description="a private endpoint instead of AWS's own, https://HOST[:PORT]"
    )

    @model_validator(mode="after")
    def _roles_are_whole(self) -> AwsSource:
        if bool(self.role_name) != bool(self.accounts or self.organization):
            raise ValueError("role_name goes with accounts or with organization: true, and they with it")
        if self.accounts and self.organization:
            raise ValueError("give accounts, or organization: true for all of them, not both")
        if self.exclude_accounts and not self.organization:
            raise ValueError(
                "exclude_accounts leaves out accounts of an organization: organization: true is missing"
            )
        if self.role_arn and self.role_name:
            raise ValueError("give role_arn for one account, or role_name for several, not both")
        if (self.external_id or self.session_tags) and not (self.role_arn or self.role_name):
            raise ValueError("external_id and session_tags are passed when a role is assumed; none is named")
        return self

    @model_validator(mode="after")
    def _one_partition(self) -> AwsSource:
        if self.role_arn and self.role_arn.split(":")[1] != self.partition:
            raise ValueError(f"role_arn is not of partition {self.partition}; set partition")
        for region in (*self.regions, *filter(None, [self.home_region])):
            if _partition_of(region) != self.partition:
                raise ValueError(f"region {region} is not in partition {self.partition}; set partition")
        return self


class DirectorySource(Section):
    """One LDAP directory."""

    type: Literal["directory"] = Field(description="`directory`")
    name: SourceName = Field(description="how reports call it; another name begins another history")
    url: Annotated[str, AfterValidator(_ldap_url)] = Field(
        description="ldaps://HOST[:PORT] or ldap://HOST[:PORT]"
    )
    base: Text = Field(description="the DN below which accounts are looked for")
    bind_dn: Text | None = Field(
        default=None, description="who we bind as; without it the reading is anonymous"
    )
    password: SecretReference | None = Field(
        default=None, description="env:NAME, file:/path or keyring:service/user"
    )
    ca_file: FilePath | None = Field(default=None, description="the certificates to trust; else the system's")
    start_tls: bool = Field(
        default=True, description="ask for TLS on an ldap:// connection before anything else"
    )
    plain_port: int = Field(
        default=0, ge=0, le=65535, description="where a clear-text bind is tried, if not at the usual port"
    )
    privileged_groups: tuple[Text, ...] = Field(
        default=(), description="DNs of groups whose members are privileged"
    )

    @model_validator(mode="after")
    def _bind_is_whole(self) -> DirectorySource:
        if (self.bind_dn is None) != (self.password is None):
            raise ValueError("bind_dn and password are given together or not at all")
        if self.password is not None and self.url.startswith("ldap:") and not self.start_tls:
            raise ValueError("a password is never sent in clear text: use ldaps:// or start_tls: true")
        return self


class PluginSource(Section):
    """A source of a platform that an installed plug-in brings; the plug-in gives `settings` their meaning."""

    type: Literal["plugin"] = Field(description="`plugin`")
    name: SourceName = Field(description="how reports call it; another name begins another history")
    platform: Text = Field(description="the name under which the plug-in registers its platform")
    settings: dict[str, ScalarOrList] = Field(default_factory=dict, description="text, or lists of text")


SOURCES: dict[str, type[AwsSource | HostsSource | DirectorySource | PluginSource]] = {
    "aws": AwsSource,
    "directory": DirectorySource,
    "hosts": HostsSource,
    "plugin": PluginSource,
}
"""The settings of each type of source, by what `type:` says."""

Source = Annotated[AwsSource | HostsSource | DirectorySource | PluginSource, Field(discriminator="type")]
"""Any source."""
