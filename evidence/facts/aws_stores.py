"""The shapes of facts about AWS services that store data: tables, file systems, caches, warehouses, queues, secrets."""

from __future__ import annotations

from typing import TypedDict

from evidence.facts.aws import PolicyDocument


class TableSettings(TypedDict):
    """A DynamoDB table: `kms_key` None = encrypted under a key that AWS owns and shows nobody."""

    kms_key: str | None
    deletion_protection: bool


class SecretRotation(TypedDict):
    """Whether Secrets Manager replaces the secret's value by itself; `owner` is the AWS service it belongs to."""

    enabled: bool
    owner: str | None


class SecretRenewal(TypedDict):
    """When Secrets Manager last replaced the secret, and until when it is to do so again; days, "" = not told."""

    last: str
    due: str


class SecretKey(TypedDict):
    """The KMS key a secret is encrypted with; None = the one that AWS manages for all of the account's secrets."""

    kms_key: str | None


class Messages(TypedDict):
    """A topic or queue: its KMS key, whether it encrypts with a key of the service's own, and who may use it."""

    kms_key: str | None
    service_key: bool
    policy: PolicyDocument | None


class AutomaticBackup(TypedDict):
    """Whether copies are made by themselves, and how many days they are kept (None = not told)."""

    enabled: bool
    days: int | None


class CacheSecurity(TypedDict):
    """A Valkey or Redis group: `transit_required` False while it still takes connections without TLS."""

    at_rest: bool
    in_transit: bool
    transit_required: bool
    asks_who: bool


class SearchDomain(TypedDict):
    """An OpenSearch domain; `tls_policy` names its lowest protocol, `logs` the kinds of log it publishes."""

    at_rest: bool
    node_to_node: bool
    https_only: bool
    tls_policy: str | None
    in_vpc: bool
    logs: list[str]
    policy: PolicyDocument | None


class WarehouseAccess(TypedDict):
    """Whether the warehouse can be reached under a public address."""

    public: bool


class WarehouseLogging(TypedDict):
    """Whether the warehouse sends its audit log somewhere."""

    enabled: bool


class LogDelivery(TypedDict):
    """Whether logs are sent, and those of connections; the last that arrived and that did not, UTC ISO-8601 or ""."""

    on: bool
    connections: bool
    delivered: str
    failed: str


class WarehouseTls(TypedDict):
    """The parameter require_ssl of the warehouse's group; None = the group does not name it."""

    required: bool | None
    applied: bool
    group: str


class StreamEncryption(TypedDict):
    """How a Kinesis stream encrypts what it holds: KMS or NONE."""

    type: str


class ParameterKind(TypedDict):
    """How a Systems Manager parameter is kept: String, StringList or SecureString."""

    type: str
