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

PASS, FAIL = "pass", "fail"
DISTRIBUTIONS = (
    "aws-cloudfront-distribution-tls-only aws-cloudfront-distribution-tls-version "
    "aws-cloudfront-distribution-origins aws-cloudfront-distribution-logs"
)
LOGS = "aws-cloudfront-distribution-logs"
APIS = "aws-apigateway-stage-logs aws-apigateway-domain-tls-version"


def distribution(cloud, viewer, *, origin=None, minimum="", logs=False):
    held = {"Id": "o", "DomainName": "o.example"}
    if origin:
        held["CustomOriginConfig"] = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": origin}
    else:
        held |= {"DomainName": "b.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    certificate = {"CloudFrontDefaultCertificate": True}
    if minimum:
        arn = "arn:aws:acm:us-east-1:123456789012:certificate/c"
        certificate = {
            "ACMCertificateArn": arn,
            "MinimumProtocolVersion": minimum,
            "SSLSupportMethod": "sni-only",
        }
    config = {
        "CallerReference": f"{viewer}{origin}{minimum}{logs}",
        "Origins": {"Quantity": 1, "Items": [held]},
        "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": viewer},
        "ViewerCertificate": certificate,
        "Comment": "of somebody",
        "Enabled": True,
        "Logging": {"Enabled": logs, "IncludeCookies": False, "Bucket": "b", "Prefix": ""},
    }
    made = cloud.client("cloudfront").create_distribution(DistributionConfig=config)
    return made["Distribution"]["DomainName"]


@pytest.fixture
def distributions(cloud):
    good = distribution(cloud, "https-only", origin="https-only", minimum="TLSv1.2_2021", logs=True)
    bad = distribution(cloud, "allow-all", origin="match-viewer", minimum="TLSv1")
    bucket = distribution(cloud, "redirect-to-https")
    cloud.front.clear()
    cloud.truth = {
        **{(check, good): PASS for check in DISTRIBUTIONS.split()},
        **{(check, bad): FAIL for check in DISTRIBUTIONS.split()},
        ("aws-cloudfront-distribution-tls-only", bucket): PASS,
        ("aws-cloudfront-distribution-origins", bucket): PASS,
    }
    return cloud


@pytest.fixture
def apis(cloud):
    apigateway = cloud.client("apigateway")
    api = apigateway.create_rest_api(name="api")["id"]
    root = apigateway.get_resources(restApiId=api)["items"][0]["id"]
    apigateway.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
    apigateway.put_integration(restApiId=api, resourceId=root, httpMethod="GET", type="MOCK")
    deployment = apigateway.create_deployment(restApiId=api)["id"]
    for stage in ("good", "bad"):
        apigateway.create_stage(restApiId=api, stageName=stage, deploymentId=deployment)
    log = "arn:aws:logs:us-east-1:123456789012:log-group:x"
    patches = [
        {"op": "replace", "path": "/accessLogSettings/destinationArn", "value": log},
        {"op": "replace", "path": "/accessLogSettings/format", "value": "$context.requestId"},
    ]
    apigateway.update_stage(restApiId=api, stageName="good", patchOperations=patches)
    for name, policy in (("new.example", "TLS_1_2"), ("old.example", "TLS_1_0")):
        apigateway.create_domain_name(domainName=name, securityPolicy=policy)
    cloud.front.clear()
    cloud.truth = {
        ("aws-apigateway-stage-logs", "api/good"): PASS,
        ("aws-apigateway-stage-logs", "api/bad"): FAIL,
        ("aws-apigateway-domain-tls-version", "new.example"): PASS,
        ("aws-apigateway-domain-tls-version", "old.example"): FAIL,
    }
    return cloud


@pytest.mark.parametrize("family", ["apis", "distributions"])
def test_every_verdict_about_seeded_distributions_and_apis_is_the_true_one(request, family):
    cloud = request.getfixturevalue(family)
    assert_true(cloud, cloud.truth)
    assert_only_reads(cloud)


def test_a_distribution_whose_access_logs_are_delivered_the_newer_way_passes(distributions):
    (bad,) = [name for (check, name), want in distributions.truth.items() if want == FAIL and check in LOGS]
    (arn,) = [
        row["ARN"]
        for row in distributions.client("cloudfront").list_distributions()["DistributionList"]["Items"]
        if row["DomainName"] == bad
    ]
    logs = distributions.client("logs")
    logs.put_delivery_source(name="web", resourceArn=arn, logType="ACCESS_LOGS")
    assert_true(distributions, {(LOGS, bad): FAIL})
    destination = logs.put_delivery_destination(
        name="bucket", deliveryDestinationConfiguration={"destinationResourceArn": "arn:aws:s3:::logs"}
    )["deliveryDestination"]["arn"]
    logs.create_delivery(deliverySourceName="web", deliveryDestinationArn=destination)
    assert_true(distributions, {(LOGS, bad): PASS})


def test_no_free_text_of_a_distribution_is_kept(distributions):
    results = distributions.poll(checks=DISTRIBUTIONS.split())
    kept = b"".join(data for result in results.values() for data in result.objects.values())
    assert b"of somebody" not in kept


@pytest.mark.parametrize(
    ("family", "operation", "permission", "checks"),
    [
        ("distributions", "cloudfront.list_distributions", "cloudfront:ListDistributions", DISTRIBUTIONS),
        (
            "distributions",
            "cloudfront.get_distribution_config",
            "cloudfront:GetDistributionConfig",
            "aws-cloudfront-distribution-logs",
        ),
        ("distributions", "logs.describe_delivery_sources", "logs:DescribeDeliverySources", LOGS),
        ("apis", "apigateway.get_rest_apis", "apigateway:GET", "aws-apigateway-stage-logs"),
        ("apis", "apigateway.get_stages", "apigateway:GET", "aws-apigateway-stage-logs"),
        ("apis", "apigateway.get_domain_names", "apigateway:GET", "aws-apigateway-domain-tls-version"),
    ],
)
def test_a_refused_call_gives_unknown_that_names_the_permission(
    request, family, operation, permission, checks
):
    assert_refused(request.getfixturevalue(family), operation, permission, checks)


def test_an_account_without_distributions_and_apis_has_nothing_to_judge(cloud):
    assert_empty(cloud, f"{DISTRIBUTIONS} {APIS}")


@pytest.mark.parametrize("family", ["apis", "distributions"])
def test_they_are_the_same_however_many_look_and_however_often(request, family):
    cloud = request.getfixturevalue(family)
    assert_steady(cloud, " ".join(sorted({check for check, _ in cloud.truth})))
