"""The shapes of facts about further AWS services that hold or move data: HealthLake, Kafka, Glue, DMS."""

from __future__ import annotations

from typing import TypedDict


class HealthRecords(TypedDict):
    """A store of health records: `own_key` = under a key of KMS that the customer manages; `backups` None = not told."""

    own_key: bool
    backups: bool | None


class StreamCluster(TypedDict):
    """A Kafka cluster. `clients` and `brokers` say how data travels to it and inside it.

    `clients` is TLS, TLS_PLAINTEXT or PLAINTEXT; `brokers` True = encrypted; `anybody` = it answers clients that do
    not say who they are; `public` = it has public addresses.
    """

    clients: str
    brokers: bool
    anybody: bool
    public: bool


class ConnectionTls(TypedDict):
    """How Glue reaches a data store: `enforced` None = the connection is of a type that has no such setting."""

    type: str
    enforced: bool | None


class MigrationInstance(TypedDict):
    """Whether a machine that migrates databases has a public address."""

    public: bool
