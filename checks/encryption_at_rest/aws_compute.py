"""Encryption at rest of functions, images and clusters on AWS."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed
from checks.encryption_at_rest.links import OWN_KEY
from evidence.facts.aws_compute import ClusterSettings, FunctionSettings, RepositorySettings


@check("aws-lambda-function-key", on="aws.lambda.function", severity="low", links=[OWN_KEY])
def function_has_own_key(settings: FunctionSettings) -> Verdict:
    """Are the function's settings encrypted with a KMS key of the customer's own?"""
    return _own_key(settings["kms_key"], "the function's environment")


def without_kms(settings: RepositorySettings) -> Verdict | None:
    """A repository with no KMS key needs no look at whose key it is."""
    return _own_key(None, "the repository") if settings["kms_key"] is None else None


@check("aws-ecr-repository-key", on="aws.ecr.repository", severity="low", links=[OWN_KEY], first=without_kms)
def repository_has_own_key(settings: RepositorySettings, managed_key: bool) -> Verdict:  # noqa: FBT001 - a fact
    """Are the repository's images encrypted with a KMS key of the customer's own?"""
    if managed_key:
        return failed("the repository is encrypted with the key that AWS manages for all of the account's")
    return _own_key(settings["kms_key"], "the repository")


@check("aws-eks-cluster-secrets-key", on="aws.eks.cluster", severity="medium", links=[OWN_KEY])
def cluster_secrets_have_own_key(settings: ClusterSettings) -> Verdict:
    """Are the cluster's secrets encrypted with a KMS key of the customer's own?"""
    return _own_key(settings["secrets_key"], "the store of the cluster's secrets")


def _own_key(key: str | None, what: str) -> Verdict:
    if key is None:
        return failed(f"{what} has AWS's own encryption only, with no KMS key named")
    return passed(f"{what} is encrypted with a KMS key")
