"""Containers: repositories of images and Kubernetes clusters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists, lookup
from evidence.facts.aws_compute import ClusterSettings, ImageScanning, RepositorySettings


@dataclass(frozen=True, slots=True)
class ScanRules:
    """The name patterns of repositories that the registry scans, and whether it scans no others."""

    patterns: list[str]
    by_rule_only: bool


class Repository(AwsKind):
    """A repository of container images; its creation time tells it from a later one of the same name."""

    kind = "aws.ecr.repository"
    service = "ecr"
    part = "region"
    keep: ClassVar = {
        "describe_repositories": (
            "repositories[]{repositoryArn, repositoryName, createdAt, imageTagMutability, "
            "imageScanningConfiguration{scanOnPush}, encryptionConfiguration{encryptionType, kmsKey}}"
        ),
        "get_registry_scanning_configuration": (
            "scanningConfiguration{scanType, rules[]{scanFrequency, repositoryFilters[]{filter, filterType}}}"
        ),
        "kms.list_aliases": "Aliases[]{AliasName, TargetKeyId}",
    }
    settings: RepositorySettings

    @lists(needs={"describe_repositories": "ecr:DescribeRepositories", **REGIONS}, gives="settings")
    def every(self, ecr: AwsClient) -> Iterator[Found]:
        """DescribeRepositories, 1000 at a time."""
        for page in ecr.pages("describe_repositories", maxResults=1000):
            for row in page["repositories"]:
                uid = f"{own_arn(ecr, row['repositoryArn'])}#{row['createdAt']}"
                on_push = row.get("imageScanningConfiguration", {}).get("scanOnPush", False)
                settings = _repository(row)
                handle = (on_push, settings["kms_key"])
                yield Found(uid, row["repositoryName"], gives={"settings": settings}, handle=handle)

    @lookup(needs="ecr:GetRegistryScanningConfiguration")
    def scan_rules(self, ecr: AwsClient) -> ScanRules:
        """GetRegistryScanningConfiguration: how the registry scans, and which repositories by rule."""
        held = ecr.get_registry_scanning_configuration()["scanningConfiguration"]
        patterns = [
            one["filter"]
            for rule in held.get("rules", [])
            if rule["scanFrequency"] in {"SCAN_ON_PUSH", "CONTINUOUS_SCAN"}
            for one in rule["repositoryFilters"]
        ]
        return ScanRules(patterns, by_rule_only=held["scanType"] == "ENHANCED")

    @fact()
    def scanning(self, repository: Found, scan_rules: ScanRules) -> ImageScanning:
        """Whether new images are scanned; where Inspector scans, a repository's own setting counts for nothing."""
        return {
            "own": repository.handle[0] and not scan_rules.by_rule_only,
            "by_rule": any(_fits(repository.name, pattern) for pattern in scan_rules.patterns),
        }

    @lookup(needs={"list_aliases": "kms:ListAliases"})
    def keys_of_aws(self, kms: AwsClient) -> frozenset[str]:
        """ListAliases, 100 at a time: the ids of the region's keys that AWS made for its services and manages."""
        pages = kms.pages("list_aliases", Limit=100)
        rows = (row for page in pages for row in page["Aliases"])
        return frozenset(
            row["TargetKeyId"]
            for row in rows
            if row["AliasName"].startswith("alias/aws/") and "TargetKeyId" in row
        )

    @fact()
    def managed_key(self, repository: Found, keys_of_aws: frozenset[str]) -> bool:
        """Whether the repository's KMS key is one that AWS manages, whose policy nobody else can write."""
        key = repository.handle[1] or ""
        return key.rpartition("/")[2] in keys_of_aws or ":alias/aws/" in key


class Cluster(AwsKind):
    """A Kubernetes cluster of EKS; its creation time is not asked before it is described."""

    kind = "aws.eks.cluster"
    service = "eks"
    part = "region"
    gone = frozenset({"ResourceNotFoundException"})
    keep: ClassVar = {
        "list_clusters": "clusters[ordered]",
        "describe_cluster": (
            "cluster{resourcesVpcConfig{endpointPublicAccess, publicAccessCidrs[ordered]}, "
            "logging{clusterLogging[]{types[ordered], enabled}}, "
            "encryptionConfig[]{resources[ordered], provider{keyArn}}}"
        ),
    }

    @lists(needs={"list_clusters": "eks:ListClusters", **REGIONS})
    def every(self, eks: AwsClient) -> Iterator[Found]:
        """ListClusters, 100 at a time."""
        for page in eks.pages("list_clusters", maxResults=100):
            for name in page["clusters"]:
                yield Found(f"arn:{eks.partition}:eks:{eks.region}:{eks.account}:cluster/{name}", name)

    @fact(needs="eks:DescribeCluster")
    def settings(self, eks: AwsClient, cluster: Found) -> ClusterSettings:
        """DescribeCluster."""
        row = eks.describe_cluster(name=cluster.name)["cluster"]
        network = row["resourcesVpcConfig"]
        return {
            "public": network["endpointPublicAccess"],
            "networks": sorted(network.get("publicAccessCidrs", [])),
            "audit_log": _sends_audit_log(row),
            "secrets_key": _secrets_key(row),
        }


def _fits(name: str, pattern: str) -> bool:
    # Without a star a pattern is a part of the name, wherever it stands.
    return fnmatchcase(name, pattern if "*" in pattern else f"*{pattern}*")


def _repository(row: Mapping[str, Any]) -> RepositorySettings:
    encryption = row.get("encryptionConfiguration", {})
    return {
        "movable_tags": row["imageTagMutability"] != "IMMUTABLE",
        "kms_key": encryption.get("kmsKey")
        if encryption.get("encryptionType", "").startswith("KMS")
        else None,
    }


def _sends_audit_log(row: Mapping[str, Any]) -> bool:
    sent = row.get("logging", {}).get("clusterLogging", [])
    return any(one.get("enabled") and "audit" in one.get("types", []) for one in sent)


def _secrets_key(row: Mapping[str, Any]) -> str | None:
    for one in row.get("encryptionConfig", []):
        if "secrets" in one.get("resources", []):
            key: str | None = one["provider"]["keyArn"]
            return key
    return None
