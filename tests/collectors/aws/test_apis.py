from __future__ import annotations

import pytest

from tests.collectors.aws.family import (
    assert_empty,
    assert_only_reads,
    assert_refused,
    assert_steady,
    assert_true,
)

pytestmark = pytest.mark.server("moto")

PASS, FAIL, NONE, UNKNOWN = "pass", "fail", "not_applicable", "unknown"
CALLERS, FILTER, LOGS = (
    "aws-apigateway-callers-named",
    "aws-apigateway-stage-filter",
    "aws-apigateway-stage-logs",
)
ALL = f"{CALLERS} {FILTER} {LOGS}"
ACL = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/w/1"


def rest_api(cloud, name, *methods):
    apigateway = cloud.client("apigateway")
    api = apigateway.create_rest_api(name=name)["id"]
    root = apigateway.get_resources(restApiId=api)["items"][0]["id"]
    for verb, authorization, key in methods:
        apigateway.put_method(
            restApiId=api,
            resourceId=root,
            httpMethod=verb,
            authorizationType=authorization,
            apiKeyRequired=key,
        )
        apigateway.put_integration(
            restApiId=api,
            resourceId=root,
            httpMethod=verb,
            type="HTTP",
            integrationHttpMethod="GET",
            uri="https://somebody.example.org",
        )
    return api


def http_api(cloud, name, *routes, protocol="HTTP"):
    apigateway = cloud.client("apigatewayv2")
    api = apigateway.create_api(
        Name=name, ProtocolType=protocol, RouteSelectionExpression="$request.body.action"
    )
    for key, authorization in routes:
        apigateway.create_route(ApiId=api["ApiId"], RouteKey=key, AuthorizationType=authorization)
    return api["ApiId"]


@pytest.fixture
def apis(cloud):
    rest_api(cloud, "signed", ("GET", "AWS_IAM", False), ("OPTIONS", "NONE", False))
    rest_api(cloud, "open", ("GET", "AWS_IAM", False), ("POST", "NONE", False))
    rest_api(cloud, "keyed", ("POST", "NONE", True))
    rest_api(cloud, "bare")
    http_api(cloud, "tokens", ("GET /notes", "JWT"), ("OPTIONS /notes", "NONE"))
    http_api(cloud, "loose", ("GET /notes", "NONE"))
    http_api(cloud, "sockets", ("$connect", "AWS_IAM"), ("say", "NONE"), protocol="WEBSOCKET")
    http_api(cloud, "shouting", ("say", "NONE"), protocol="WEBSOCKET")
    staged = http_api(cloud, "staged")
    for name, log in (("good", {"DestinationArn": "arn:aws:logs:x", "Format": "f"}), ("bad", {})):
        cloud.client("apigatewayv2").create_stage(ApiId=staged, StageName=name, AccessLogSettings=log)
    cloud.front.clear()
    return cloud


def test_an_api_passes_when_each_method_asks_who_calls(apis):
    truth = {
        "signed": PASS,
        "open": FAIL,
        "keyed": FAIL,
        "bare": NONE,
        "tokens": PASS,
        "loose": FAIL,
        "sockets": PASS,
        "shouting": FAIL,
        "staged": NONE,
    }
    logs = {(LOGS, "staged/good"): PASS, (LOGS, "staged/bad"): FAIL}
    assert_true(apis, {(CALLERS, name): status for name, status in truth.items()} | logs)
    assert_only_reads(apis)


def test_the_sentence_names_the_methods_that_anybody_may_call(apis):
    said = {one.subject.name: one.sentence for one in apis.judge([CALLERS]) if one.status == FAIL}
    assert said["open"] == "anybody may call POST /"
    assert said["loose"] == "anybody may call GET /notes"


def test_what_lies_behind_a_method_is_never_kept(apis):
    results = apis.poll(checks=ALL.split()).values()
    assert b"somebody" not in b"".join(data for result in results for data in result.objects.values())


def test_an_api_reached_by_its_own_names_only_may_ask_for_a_certificate(cloud):
    api = rest_api(cloud, "named", ("GET", "NONE", False))
    cloud.front.canned["apigateway.get_rest_apis"] = {
        "item": [{"id": api, "name": "named", "disableExecuteApiEndpoint": True}]
    }
    assert_true(cloud, {(CALLERS, "named"): UNKNOWN})


@pytest.mark.parametrize(("acl", "want"), [({"webAclArn": ACL}, PASS), ({}, FAIL)])
def test_a_stage_passes_when_a_web_acl_is_attached(cloud, acl, want):
    rest_api(cloud, "api", ("GET", "AWS_IAM", False))
    cloud.front.canned["apigateway.get_stages"] = {"item": [{"stageName": "live", **acl}]}
    assert_true(cloud, {(FILTER, "api/live"): want})


@pytest.mark.parametrize(
    ("operation", "checks"),
    [
        ("apigateway.get_rest_apis", f"{CALLERS} {FILTER}"),
        ("apigateway.get_resources", CALLERS),
        ("apigatewayv2.get_apis", f"{CALLERS} {LOGS}"),
        ("apigatewayv2.get_routes", CALLERS),
        ("apigatewayv2.get_stages", LOGS),
    ],
)
def test_a_refused_call_gives_unknown_that_names_the_permission(apis, operation, checks):
    assert_refused(apis, operation, "apigateway:GET", checks)


def test_the_apis_of_a_region_are_listed_once_for_all_questions(apis):
    apis.front.counts.clear()
    apis.poll(apis.source(regions=("us-east-1",)), checks=ALL.split())
    assert apis.front.counts["apigateway.get_rest_apis"] == 1
    assert apis.front.counts["apigatewayv2.get_apis"] == 1


def test_an_account_without_apis_has_nothing_to_judge(cloud):
    assert_empty(cloud, ALL)


def test_they_are_the_same_however_many_look_and_however_often(apis):
    assert_steady(apis, ALL)
