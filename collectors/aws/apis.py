"""API Gateway REST APIs: their stages' logs and the TLS of their own domain names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, AwsKind
from collectors.aws.told import told
from collectors.kind import Found, lists, lookup
from evidence.facts.aws_apis import RequestFilter
from evidence.facts.aws_endpoints import AccessLogs, ApiDomain

REST_APIS = "items[]{id, name, disableExecuteApiEndpoint}"


class OfRestApis(AwsKind):
    """What the kinds about REST APIs share: one listing of the APIs per region."""

    service = "apigateway"
    part = "region"

    @lookup(needs={"get_rest_apis": "apigateway:GET", **REGIONS})
    def listed_apis(self, apigateway: AwsClient) -> list[Mapping[str, Any]]:
        """GetRestApis, 500 at a time."""
        return [row for page in apigateway.pages("get_rest_apis", limit=500) for row in page.get("items", [])]


class ApiStage(OfRestApis):
    """A stage of a REST API."""

    kind = "aws.apigateway.stage"
    keep: ClassVar = {
        "get_rest_apis": REST_APIS,
        "get_stages": "item[]{stageName, webAclArn, accessLogSettings{destinationArn}}",
    }
    access_logs: AccessLogs
    request_filter: RequestFilter | None

    @lists(needs={"get_stages": "apigateway:GET", **REGIONS}, gives="access_logs request_filter")
    def every(self, apigateway: AwsClient, listed_apis: list[Mapping[str, Any]]) -> Iterator[Found]:
        """GetStages of each API."""
        place = f"arn:{apigateway.partition}:apigateway:{apigateway.region}::/restapis"
        for api in listed_apis:
            for stage in apigateway.get_stages(restApiId=api["id"]).get("item", []):
                name = stage["stageName"]
                logs = {"enabled": bool(stage.get("accessLogSettings", {}).get("destinationArn"))}
                acl = {"acl": stage["webAclArn"]} if stage.get("webAclArn") else None
                gives = {"access_logs": logs, "request_filter": acl}
                yield Found(f"{place}/{api['id']}/stages/{name}", f"{api['name']}/{name}", gives=gives)


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
