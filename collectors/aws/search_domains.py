"""OpenSearch (and Elasticsearch) domains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws_stores import SearchDomain

_LOG = "{Enabled}"


class Domain(AwsKind):
    """A search domain; one made again under the same name is the same here."""

    kind = "aws.opensearch.domain"
    service = "opensearch"
    part = "region"
    keep: ClassVar = {
        "list_domain_names": "DomainNames[]{DomainName}",
        "describe_domains": (
            "DomainStatusList[]{DomainName, AccessPolicies:json{*}, VPCOptions{VPCId}, "
            "EncryptionAtRestOptions{Enabled}, NodeToNodeEncryptionOptions{Enabled}, "
            "DomainEndpointOptions{EnforceHTTPS, TLSSecurityPolicy}, "
            f"LogPublishingOptions{{AUDIT_LOGS{_LOG}, ES_APPLICATION_LOGS{_LOG}, INDEX_SLOW_LOGS{_LOG}, "
            f"SEARCH_SLOW_LOGS{_LOG}}}}}"
        ),
    }

    @lists(needs={"list_domain_names": "es:ListDomainNames", **REGIONS})
    def every(self, opensearch: AwsClient) -> Iterator[Found]:
        """ListDomainNames: one call per region."""
        for row in opensearch.list_domain_names()["DomainNames"]:
            name = row["DomainName"]
            place = f"arn:{opensearch.partition}:es:{opensearch.region}:{opensearch.account}"
            yield Found(f"{place}:domain/{name}", name)

    @fact(needs="es:DescribeDomains", batch=5)
    def settings(self, opensearch: AwsClient, domains: list[Found]) -> dict[str, SearchDomain]:
        """DescribeDomains, five at a time, which is as many as AWS answers for."""
        uids = {domain.name: domain.uid for domain in domains}
        rows = opensearch.describe_domains(DomainNames=sorted(uids))["DomainStatusList"]
        return {uids[row["DomainName"]]: _settings(row) for row in rows}


def _settings(row: Mapping[str, Any]) -> SearchDomain:
    endpoint = row["DomainEndpointOptions"]
    logs = row.get("LogPublishingOptions", {})
    return {
        "at_rest": row["EncryptionAtRestOptions"]["Enabled"],
        "node_to_node": row["NodeToNodeEncryptionOptions"]["Enabled"],
        "https_only": endpoint["EnforceHTTPS"],
        "tls_policy": endpoint.get("TLSSecurityPolicy"),
        "in_vpc": bool(row.get("VPCOptions", {}).get("VPCId")),
        "logs": sorted(name for name, log in logs.items() if log.get("Enabled")),
        "policy": row.get("AccessPolicies") or None,
    }
