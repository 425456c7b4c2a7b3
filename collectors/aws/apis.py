"""API Gateway REST APIs: their stages' logs and the TLS of their own domain names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, AwsKind
from collectors.aws.told import told
from collectors.kind import Found, lists
from evidence.facts.aws_endpoints import AccessLogs, ApiDomain


class ApiStage(AwsKind):
    """A stage of a REST API; HTTP and WebSocket APIs are not looked at."""

    kind = "aws.apigateway.stage"
    service = "apigateway"
    part = "region"
    keep: ClassVar = {
        "get_rest_apis": "items[]{id, name}",
        "get_stages": "item[]{stageName, accessLogSettings{destinationArn}}",
    }
    access_logs: AccessLogs

    @lists(
        needs={"get_rest_apis": "apigateway:GET", "get_stages": "apigateway:GET", **REGIONS},
        gives="access_logs",
    )
    def every(self, apigateway: AwsClient) -> Iterator[Found]:
        """GetRestApis, 500 at a time, then GetStages of each."""
        place = f"arn:{apigateway.partition}:apigateway:{apigateway.region}::/restapis"
        for page in apigateway.pages("get_rest_apis", limit=500):
            for api in page.get("items", []):
                for stage in apigateway.get_stages(restApiId=api["id"]).get("item", []):
                    name = stage["stageName"]
                    logs = {"enabled": bool(stage.get("accessLogSettings", {}).get("destinationArn"))}
                    uid = f"{place}/{api['id']}/stages/{name}"
                    yield Found(uid, f"{api['name']}/{name}", gives={"access_logs": logs})


class ApiDomainName(AwsKind):
    """A domain name of its own under which APIs are reached."""

    kind = "aws.apigateway.domain"
    service = "apigateway"
    part = "region"
    keep: ClassVar = {"get_domain_names": "items[]{domainName, domainNameId, securityPolicy}"}
    tls: ApiDomain

    @lists(needs={"get_domain_names": "apigateway:GET", **REGIONS}, gives="tls")
    def every(self, apigateway: AwsClient) -> Iterator[Found]:
        """GetDomainNames, 500 at a time; private names carry an id, because they may exist twice."""
        place = f"arn:{apigateway.partition}:apigateway:{apigateway.region}::/domainnames"
        for page in apigateway.pages("get_domain_names", limit=500):
            for row in page.get("items", []):
                name, number = row["domainName"], row.get("domainNameId", "")
                tls = told(partial(lambda held: {"policy": held["securityPolicy"]}, row))
                yield Found(f"{place}/{name}{'+' if number else ''}{number}", name, gives={"tls": tls})
