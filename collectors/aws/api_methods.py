"""What the methods of API Gateway's REST, HTTP and WebSocket APIs ask of their callers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.apis import REST_APIS, OfRestApis
from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists, lookup
from evidence.facts.aws_apis import ApiMethods
from evidence.facts.aws_endpoints import AccessLogs

_VERBS = ("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_METHOD = "{authorizationType, apiKeyRequired}"
_HTTP_APIS = "Items[]{ApiId, Name, ProtocolType, DisableExecuteApiEndpoint}"
Asked = tuple[str, str, bool]
"""A method's name, its kind of authorisation and whether it wants an API key."""


class RestApi(OfRestApis):
    """A REST API as it is defined; what its stages serve is what was defined when it was last deployed."""

    kind = "aws.apigateway.api"
    gone = frozenset({"NotFoundException"})
    keep: ClassVar = {
        "get_rest_apis": REST_APIS,
        "get_resources": f"items[]{{path, resourceMethods{{{', '.join(verb + _METHOD for verb in _VERBS)}}}}}",
    }

    @lists()
    def every(self, apigateway: AwsClient, listed_apis: list[Mapping[str, Any]]) -> Iterator[Found]:
        """Each API, as it was listed."""
        place = f"arn:{apigateway.partition}:apigateway:{apigateway.region}::/restapis"
        for api in listed_apis:
            yield Found(f"{place}/{api['id']}", api["name"], handle=api)

    @fact(needs={"get_resources": "apigateway:GET"})
    def methods(self, apigateway: AwsClient, rest_api: Found) -> ApiMethods:
        """GetResources with their methods, 500 at a time; what lies behind a method is never kept."""
        asked = {"restApiId": rest_api.handle["id"], "embed": ["methods"], "limit": 500}
        methods = [
            (f"{verb} {row['path']}", held["authorizationType"], held.get("apiKeyRequired", False))
            for page in apigateway.pages("get_resources", **asked)
            for row in page.get("items", [])
            for verb, held in row.get("resourceMethods", {}).items()
            # A browser asks for permission first, without saying for whom.
            if verb != "OPTIONS"
        ]
        return _methods(methods, elsewhere=rest_api.handle.get("disableExecuteApiEndpoint", False))


class OfHttpApis(AwsKind):
    """What the kinds about HTTP and WebSocket APIs share: one listing of the APIs per region."""

    service = "apigatewayv2"
    part = "region"

    @lookup(needs={"get_apis": "apigateway:GET", **REGIONS})
    def listed_http_apis(self, apigatewayv2: AwsClient) -> list[Mapping[str, Any]]:
        """GetApis, 100 at a time."""
        pages = apigatewayv2.pages("get_apis", MaxResults="100")
        return [row for page in pages for row in page.get("Items", [])]


class HttpApi(OfHttpApis):
    """An HTTP or WebSocket API."""

    kind = "aws.apigatewayv2.api"
    gone = frozenset({"NotFoundException"})
    keep: ClassVar = {
        "get_apis": _HTTP_APIS,
        "get_routes": "Items[]{RouteKey, AuthorizationType, ApiKeyRequired}",
    }

    @lists()
    def every(self, apigatewayv2: AwsClient, listed_http_apis: list[Mapping[str, Any]]) -> Iterator[Found]:
        """Each API, as it was listed."""
        place = f"arn:{apigatewayv2.partition}:apigateway:{apigatewayv2.region}::/apis"
        for api in listed_http_apis:
            yield Found(f"{place}/{api['ApiId']}", api["Name"], handle=api)

    @fact(needs={"get_routes": "apigateway:GET"})
    def methods(self, apigatewayv2: AwsClient, http_api: Found) -> ApiMethods:
        """GetRoutes, 100 at a time; of a WebSocket API only the route that opens a connection can ask."""
        pages = apigatewayv2.pages("get_routes", ApiId=http_api.handle["ApiId"], MaxResults="100")
        sockets = http_api.handle.get("ProtocolType") == "WEBSOCKET"
        routes = [
            (row["RouteKey"], row.get("AuthorizationType", "NONE"), row.get("ApiKeyRequired", False))
            for page in pages
            for row in page.get("Items", [])
            if not row["RouteKey"].startswith("OPTIONS ")
        ]
        if sockets and routes:
            routes = [route for route in routes if route[0] == "$connect"] or [("$connect", "NONE", False)]
        return _methods(routes, elsewhere=http_api.handle.get("DisableExecuteApiEndpoint", False))


class HttpApiStage(OfHttpApis):
    """A stage of an HTTP or WebSocket API."""

    kind = "aws.apigatewayv2.stage"
    keep: ClassVar = {
        "get_apis": _HTTP_APIS,
        "get_stages": "Items[]{StageName, AccessLogSettings{DestinationArn}}",
    }
    access_logs: AccessLogs

    @lists(needs={"get_stages": "apigateway:GET", **REGIONS}, gives="access_logs")
    def every(self, apigatewayv2: AwsClient, listed_http_apis: list[Mapping[str, Any]]) -> Iterator[Found]:
        """GetStages of each API, 100 at a time."""
        place = f"arn:{apigatewayv2.partition}:apigateway:{apigatewayv2.region}::/apis"
        for api in listed_http_apis:
            for page in apigatewayv2.pages("get_stages", ApiId=api["ApiId"], MaxResults="100"):
                for stage in page.get("Items", []):
                    logs = {"enabled": bool(stage.get("AccessLogSettings", {}).get("DestinationArn"))}
                    uid = f"{place}/{api['ApiId']}/stages/{stage['StageName']}"
                    yield Found(uid, f"{api['Name']}/{stage['StageName']}", gives={"access_logs": logs})


def _methods(methods: Iterable[Asked], *, elsewhere: bool) -> ApiMethods:
    held = sorted(methods)
    return {
        "open": [name for name, type_, key in held if type_ == "NONE" and not key],
        "keyed": [name for name, type_, key in held if type_ == "NONE" and key],
        "asking": sum(type_ != "NONE" for _, type_, _ in held),
        "elsewhere": elsewhere,
    }
