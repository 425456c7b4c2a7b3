"""ElastiCache: groups of Valkey or Redis nodes, and clusters in no group. Serverless caches always encrypt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import REGIONS, AwsKind
from collectors.aws.told import told
from collectors.kind import Found, fact, lists
from evidence.facts.aws_stores import CacheSecurity
from evidence.model import Json


class ReplicationGroup(AwsKind):
    """A replication group; the time it was made tells it from a later one of the same name."""

    kind = "aws.elasticache.replication_group"
    service = "elasticache"
    part = "region"
    keep: ClassVar = {
        "describe_replication_groups": (
            "ReplicationGroups[]{ReplicationGroupId, ARN, ReplicationGroupCreateTime, AtRestEncryptionEnabled, "
            "TransitEncryptionEnabled, TransitEncryptionMode, AuthTokenEnabled, UserGroupIds}"
        ),
        "describe_users": "Users[]{UserId, AccessString, UserGroupIds, Authentication{Type}}",
    }
    security: CacheSecurity

    @lists(
        needs={"describe_replication_groups": "elasticache:DescribeReplicationGroups", **REGIONS},
        gives="security",
    )
    def every(self, elasticache: AwsClient) -> Iterator[Found]:
        """DescribeReplicationGroups, 100 at a time."""
        for page in elasticache.pages("describe_replication_groups", MaxRecords=100):
            for row in page["ReplicationGroups"]:
                made = row.get("ReplicationGroupCreateTime", "")
                uid = f"{own_arn(elasticache, row['ARN'])}#{made}"
                gives = {"security": told(partial(_security, row))}
                yield Found(
                    uid, row["ReplicationGroupId"], gives=gives, handle=frozenset(row.get("UserGroupIds", []))
                )

    @fact(needs="elasticache:DescribeUsers")
    def open_users(self, elasticache: AwsClient, replication_group: Found) -> list[str]:
        """DescribeUsers: the users who may log in and need no password; asked where user groups decide who may."""
        if not replication_group.handle:
            return []
        pages = elasticache.pages("describe_users", MaxRecords=100)
        return sorted(
            row["UserId"]
            for page in pages
            for row in page["Users"]
            if replication_group.handle & set(row.get("UserGroupIds", []))
            and row["Authentication"]["Type"] == "no-password"
            and "on" in row["AccessString"].split()
        )


class CacheCluster(AwsKind):
    """A cluster of Memcached nodes, or a single node of Redis; the time it was made tells it from a later one."""

    kind = "aws.elasticache.cluster"
    service = "elasticache"
    part = "region"
    keep: ClassVar = {
        "describe_cache_clusters": (
            "CacheClusters[]{CacheClusterId, ARN, CacheClusterCreateTime, AtRestEncryptionEnabled, "
            "TransitEncryptionEnabled, TransitEncryptionMode, AuthTokenEnabled}"
        )
    }
    security: CacheSecurity

    @lists(
        needs={"describe_cache_clusters": "elasticache:DescribeCacheClusters", **REGIONS}, gives="security"
    )
    def every(self, elasticache: AwsClient) -> Iterator[Found]:
        """DescribeCacheClusters of those that belong to no replication group, 100 at a time."""
        pages = elasticache.pages(
            "describe_cache_clusters", ShowCacheClustersNotInReplicationGroups=True, MaxRecords=100
        )
        for page in pages:
            for row in page["CacheClusters"]:
                uid = f"{own_arn(elasticache, row['ARN'])}#{row.get('CacheClusterCreateTime', '')}"
                yield Found(uid, row["CacheClusterId"], gives={"security": told(partial(_security, row))})


def _security(row: Mapping[str, Any]) -> Json:
    in_transit = row["TransitEncryptionEnabled"]
    return {
        "at_rest": row["AtRestEncryptionEnabled"],
        "in_transit": in_transit,
        "transit_required": in_transit and row.get("TransitEncryptionMode") != "preferred",
        "asks_who": row.get("AuthTokenEnabled", False) or bool(row.get("UserGroupIds")),
    }
