"""CloudFront distributions: how viewers reach them, how they reach their origins, whether requests are logged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import AwsKind
from collectors.aws.told import told
from collectors.kind import Found, fact, lists
from evidence.facts.aws_endpoints import AccessLogs, OriginProtocols, ViewerProtocols
from evidence.model import Json


class Distribution(AwsKind):
    """A CloudFront distribution, whose id is never used again."""

    kind = "aws.cloudfront.distribution"
    service = "cloudfront"
    gone = frozenset({"NoSuchDistribution"})
    keep: ClassVar = {
        "list_distributions": (
            "DistributionList{Items[]{Id, ARN, DomainName, ViewerCertificate{MinimumProtocolVersion}, "
            "DefaultCacheBehavior{ViewerProtocolPolicy}, CacheBehaviors{Items[]{ViewerProtocolPolicy}}, "
            "Origins{Items[]{CustomOriginConfig{OriginProtocolPolicy}}}}}"
        ),
        "get_distribution_config": "DistributionConfig{Logging{Enabled}}",
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


def _viewers(row: Mapping[str, Any]) -> Json:
    behaviours = [row["DefaultCacheBehavior"], *row.get("CacheBehaviors", {}).get("Items", [])]
    return {
        "policies": sorted({held["ViewerProtocolPolicy"] for held in behaviours}),
        "minimum": row.get("ViewerCertificate", {}).get("MinimumProtocolVersion"),
    }


def _origins(row: Mapping[str, Any]) -> Json:
    custom = [
        held["CustomOriginConfig"] for held in row["Origins"]["Items"] if held.get("CustomOriginConfig")
    ]
    return {"policies": sorted({held["OriginProtocolPolicy"] for held in custom})}
