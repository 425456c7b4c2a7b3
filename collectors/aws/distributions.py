"""CloudFront distributions: how viewers reach them, how they reach their origins, whether requests are logged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import AwsKind
from collectors.aws.told import told
from collectors.kind import Found, fact, lists, lookup
from evidence.facts.aws_endpoints import AccessLogs, OriginProtocols, ViewerProtocols
from evidence.model import Json, Missing, Reason


class Distribution(AwsKind):
    """A CloudFront distribution, whose id is never used again."""

    kind = "aws.cloudfront.distribution"
    service = "cloudfront"
    gone = frozenset({"NoSuchDistribution"})
    keep: ClassVar = {
        "list_distributions": (
            "DistributionList{Items[]{Id, ARN, DomainName, ViewerCertificate{MinimumProtocolVersion}, "
            "DefaultCacheBehavior{ViewerProtocolPolicy}, CacheBehaviors{Items[]{ViewerProtocolPolicy}}, "
            "Origins{Items[]{CustomOriginConfig{OriginProtocolPolicy}, VpcOriginConfig{VpcOriginId}}}}}"
        ),
        "get_distribution_config": "DistributionConfig{Logging{Enabled}}",
        "logs.describe_delivery_sources": "deliverySources[]{name, service, logType, status, resourceArns}",
        "logs.describe_deliveries": "deliveries[]{deliverySourceName}",
    }
    viewers: ViewerProtocols
    origins: OriginProtocols

    @lists(needs="cloudfront:ListDistributions", gives="viewers origins")
    def every(self, cloudfront: AwsClient) -> Iterator[Found]:
        """ListDistributions, 100 at a time."""
        for page in cloudfront.pages("list_distributions"):
            for row in page["DistributionList"].get("Items", []):
                gives = {"viewers": told(partial(_viewers, row)), "origins": told(partial(_origins, row))}
                yield Found(own_arn(cloudfront, row["ARN"]), row["DomainName"], gives=gives, handle=row["Id"])

    @fact(needs="cloudfront:GetDistributionConfig")
    def access_logs(self, cloudfront: AwsClient, distribution: Found) -> AccessLogs:
        """GetDistributionConfig: the older way to log; newer deliveries are not part of a distribution."""
        config = cloudfront.get_distribution_config(Id=distribution.handle)["DistributionConfig"]
        return {"enabled": config["Logging"]["Enabled"]}

    @lookup(
        needs={
            "describe_delivery_sources": "logs:DescribeDeliverySources",
            "describe_deliveries": "logs:DescribeDeliveries",
        }
    )
    def delivered_arns(self, logs: AwsClient) -> frozenset[str] | Missing:
        """DescribeDeliverySources and DescribeDeliveries, 50 at a time: the distributions whose access logs go somewhere."""
        if logs.partition != "aws":
            return Missing(
                Reason.NOT_AVAILABLE, detail=f"where partition {logs.partition} keeps them is not known"
            )
        # CloudFront delivers its logs in this region only.
        here = logs.at("us-east-1")
        sources = {
            row["name"]: row["resourceArns"]
            for page in here.pages("describe_delivery_sources", limit=50)
            for row in page.get("deliverySources", [])
            if row["service"] == "cloudfront" and row["logType"] == "ACCESS_LOGS"
            if row.get("status", "ACTIVE") == "ACTIVE"
        }
        pages = here.pages("describe_deliveries", limit=50) if sources else ()
        going = {row["deliverySourceName"] for page in pages for row in page.get("deliveries", [])}
        return frozenset(arn for name, arns in sources.items() if name in going for arn in arns)

    @fact()
    def delivered_logs(self, distribution: Found, delivered_arns: frozenset[str]) -> AccessLogs:
        """Whether a delivery of CloudWatch Logs, the newer way to log, carries the distribution's access logs."""
        return {"enabled": distribution.uid in delivered_arns}


def _viewers(row: Mapping[str, Any]) -> Json:
    behaviours = [row["DefaultCacheBehavior"], *row.get("CacheBehaviors", {}).get("Items", [])]
    return {
        "policies": sorted({held["ViewerProtocolPolicy"] for held in behaviours}),
        "minimum": row.get("ViewerCertificate", {}).get("MinimumProtocolVersion"),
    }


def _origins(row: Mapping[str, Any]) -> Json:
    return {"policies": sorted({_policy(held) for held in row["Origins"]["Items"]})}


def _policy(origin: Mapping[str, Any]) -> str:
    if origin.get("CustomOriginConfig"):
        return str(origin["CustomOriginConfig"]["OriginProtocolPolicy"])
    # A bucket is always asked in the viewer's protocol.
    return "untold" if origin.get("VpcOriginConfig") else "match-viewer"
