"""Encryption at rest of tables, file systems, caches, warehouses, messages and secrets on AWS."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed
from checks.encryption_at_rest.links import KEY_IN_KMS, OWN_KEY, STORED_ENCRYPTED
from evidence.facts.aws import BlockEncryption
from evidence.facts.aws_stores import CacheSecurity, Messages, SearchDomain, SecretKey, TableSettings


@check("aws-dynamodb-table-key", on="aws.dynamodb.table", severity="low", links=[KEY_IN_KMS])
def table_has_a_key_in_kms(settings: TableSettings) -> Verdict:
    """Is the table encrypted under a key of KMS?"""
    if settings["kms_key"] is None:
        return failed("the table is encrypted under a key that AWS owns, whose use nobody can follow")
    return passed("the table is encrypted under a key of KMS")


@check(
    "aws-store-encryption",
    on=("aws.efs.file_system", "aws.redshift.cluster"),
    severity="high",
    links=[STORED_ENCRYPTED],
)
def store_is_encrypted(encryption: BlockEncryption) -> Verdict:
    """Is what the file system or warehouse stores encrypted?"""
    return passed("it is encrypted") if encryption["encrypted"] else failed("it is not encrypted")


@check(
    "aws-elasticache-encryption",
    on="aws.elasticache.replication_group",
    severity="high",
    links=[STORED_ENCRYPTED],
)
def cache_is_encrypted(security: CacheSecurity) -> Verdict:
    """Is what the cache writes to disk encrypted?"""
    if security["at_rest"]:
        return passed("what the cache writes to disk is encrypted")
    return failed("what the cache writes to disk is not encrypted")


@check(
    "aws-opensearch-domain-encryption",
    on="aws.opensearch.domain",
    severity="high",
    links=[STORED_ENCRYPTED],
)
def search_domain_is_encrypted(settings: SearchDomain) -> Verdict:
    """Is what the search domain stores encrypted?"""
    if settings["at_rest"]:
        return passed("what the domain stores is encrypted")
    return failed("what the domain stores is not encrypted")


@check(
    "aws-messages-encryption",
    on=("aws.sns.topic", "aws.sqs.queue"),
    severity="medium",
    links=[STORED_ENCRYPTED],
)
def messages_are_encrypted(messages: Messages) -> Verdict:
    """Are messages encrypted while the topic or queue holds them?"""
    if messages["kms_key"] is not None:
        return passed("messages are encrypted with a key of KMS")
    if messages["service_key"]:
        return passed("messages are encrypted with the service's own key")
    return failed("no encryption of messages is switched on")


@check("aws-secretsmanager-secret-key", on="aws.secretsmanager.secret", severity="low", links=[OWN_KEY])
def secret_has_a_key_of_its_own(key: SecretKey) -> Verdict:
    """Is the secret encrypted with a key that is granted apart from it?"""
    if key["kms_key"] is None:
        return failed("the secret is encrypted with the key that AWS manages for all secrets of the account")
    return passed("the secret is encrypted with a key of its own choice")
