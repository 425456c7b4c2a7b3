"""Encryption at rest of streams, parameters and the data catalog on AWS."""

from __future__ import annotations

from checks.check import Verdict, check, failed, not_applicable, passed
from checks.encryption_at_rest.links import STORED_ENCRYPTED
from checks.secret_names import speaks_of_a_secret
from evidence.facts.aws_stores import ParameterKind, StreamEncryption
from evidence.facts.aws_transfers import CatalogEncryption
from evidence.model import Resource


@check("aws-kinesis-stream-encryption", on="aws.kinesis.stream", severity="high", links=[STORED_ENCRYPTED])
def stream_is_encrypted(encryption: StreamEncryption) -> Verdict:
    """Is what the stream holds encrypted?"""
    if encryption["type"] == "KMS":
        return passed("what the stream holds is encrypted with a key of KMS")
    return failed("what the stream holds is not encrypted")


@check("aws-ssm-parameter-encryption", on="aws.ssm.parameter", severity="high", links=[STORED_ENCRYPTED])
def secret_parameter_is_encrypted(kept: ParameterKind, resource: Resource) -> Verdict:
    """Is a parameter that is named like a secret kept encrypted?"""
    if kept["type"] == "SecureString":
        return passed("the parameter is kept encrypted")
    if speaks_of_a_secret(resource.name):
        return failed(f"the parameter is named like a secret and kept as a plain {kept['type']}")
    return not_applicable("the parameter's name does not say that it is a secret; its value was not read")


@check("aws-glue-catalog-encryption", on="aws.glue.catalog", severity="medium", links=[STORED_ENCRYPTED])
def catalog_is_encrypted(encryption: CatalogEncryption | None) -> Verdict:
    """Are the data catalog and the passwords in it encrypted?"""
    if encryption is None:
        return not_applicable("the data catalog holds no database")
    if encryption["mode"] == "DISABLED":
        return failed("the data catalog is not encrypted with a key of KMS")
    if not encryption["passwords"]:
        return failed(
            "the data catalog is encrypted, but passwords of connections in it are given out readable"
        )
    return passed("the data catalog and the passwords in it are encrypted")
