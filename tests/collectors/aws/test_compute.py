from __future__ import annotations

import io
import json
import zipfile

import pytest

from tests.collectors.aws.family import assert_empty, assert_refused, assert_true
from tests.servers.moto_clients import ACCOUNT

pytestmark = pytest.mark.server("moto")

PASS, FAIL, NONE = "pass", "fail", "not_applicable"
OPEN, OWN_KEY, RUNTIME = (
    "aws-lambda-function-not-public",
    "aws-lambda-function-key",
    "aws-lambda-function-runtime",
)
TAGS, SCAN, IMAGE_KEY = (
    "aws-ecr-repository-immutable-tags",
    "aws-ecr-repository-scanning",
    "aws-ecr-repository-key",
)
SECRETS, AUDIT, ENDPOINT = (
    "aws-eks-cluster-secrets-key",
    "aws-eks-cluster-audit-log",
    "aws-eks-cluster-endpoint",
)
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k"


def code():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): ...")
    return held.getvalue()


@pytest.fixture
def functions(cloud):
    iam, lambdas = cloud.client("iam"), cloud.client("lambda")
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    arn = iam.create_role(RoleName="f", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    wanted = {
        "good": ("python3.13", {"KMSKeyArn": KEY}),
        "old": ("python3.7", {}),
        "shared": ("python3.13", {}),
    }
    for name, (runtime, other) in wanted.items():
        lambdas.create_function(
            FunctionName=name,
            Runtime=runtime,
            Role=arn,
            Handler="main.handler",
            Code={"ZipFile": code()},
            Environment={"Variables": {"TOKEN": "not kept"}},
            **other,
        )
    for name, principal in (("shared", "*"), ("old", "s3.amazonaws.com")):
        given = {"SourceAccount": ACCOUNT} if name == "old" else {}
        lambdas.add_permission(
            FunctionName=name, StatementId="x", Action="lambda:InvokeFunction", Principal=principal, **given
        )
    cloud.front.counts.clear()
    return cloud


def test_functions_are_judged_by_policy_key_and_runtime(functions):
    truth = {
        (OPEN, "good"): PASS,
        (OPEN, "old"): PASS,
        (OPEN, "shared"): FAIL,
        (OWN_KEY, "good"): PASS,
        (OWN_KEY, "old"): FAIL,
        (RUNTIME, "good"): PASS,
        (RUNTIME, "old"): FAIL,
    }
    assert_true(functions, truth)


def test_an_alias_that_lets_anyone_call_opens_the_function(functions):
    lambdas = functions.client("lambda")
    version = lambdas.publish_version(FunctionName="good")["Version"]
    lambdas.create_alias(FunctionName="good", Name="live", FunctionVersion=version)
    assert_true(functions, {(OPEN, "good"): PASS})
    lambdas.add_permission(
        FunctionName="good", Qualifier="live", StatementId="x", Action="lambda:InvokeFunction", Principal="*"
    )
    assert_true(functions, {(OPEN, "good"): FAIL})


def test_a_functions_environment_is_never_kept(functions):
    result = functions.poll(checks=[OPEN, OWN_KEY])[f"aws/{ACCOUNT}", "aws.lambda.function"]
    assert not [raw for raw in result.objects.values() if b"not kept" in raw]


@pytest.fixture
def repositories(cloud):
    ecr = cloud.client("ecr")
    ecr.create_repository(
        repositoryName="good",
        imageTagMutability="IMMUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
        encryptionConfiguration={"encryptionType": "KMS", "kmsKey": KEY},
    )
    ecr.create_repository(repositoryName="bare")
    ecr.create_repository(repositoryName="ruled/app")
    ecr.put_registry_scanning_configuration(
        scanType="BASIC",
        rules=[
            {
                "scanFrequency": "SCAN_ON_PUSH",
                "repositoryFilters": [{"filter": "ruled/*", "filterType": "WILDCARD"}],
            }
        ],
    )
    return cloud


def test_repositories_are_judged_by_tags_scanning_and_key(repositories):
    truth = {(check, "good"): PASS for check in (TAGS, SCAN, IMAGE_KEY)}
    truth |= {(check, "bare"): FAIL for check in (TAGS, SCAN, IMAGE_KEY)}
    assert_true(repositories, truth | {(SCAN, "ruled/app"): PASS})


def test_the_key_that_aws_manages_is_not_a_repositorys_own(repositories):
    managed = {"AliasName": "alias/aws/ecr", "TargetKeyId": "k"}
    own = {"AliasName": "alias/images", "TargetKeyId": "k"}
    for alias, want in ((managed, FAIL), (own, PASS)):
        repositories.front.canned["kms.list_aliases"] = {"Aliases": [alias]}
        assert_true(repositories, {(IMAGE_KEY, "good"): want, (IMAGE_KEY, "bare"): FAIL})


def test_whose_key_it_is_matters_only_where_there_is_one(repositories):
    repositories.front.refused = {"kms.list_aliases": "AccessDeniedException"}
    assert_true(repositories, {(IMAGE_KEY, "good"): "unknown", (IMAGE_KEY, "bare"): FAIL})


def scan_by_rule(cloud, kind, pattern):
    rule = {
        "scanFrequency": "SCAN_ON_PUSH",
        "repositoryFilters": [{"filter": pattern, "filterType": "WILDCARD"}],
    }
    cloud.client("ecr").put_registry_scanning_configuration(scanType=kind, rules=[rule])


@pytest.mark.parametrize(
    ("pattern", "want"), [("app", PASS), ("uled/a", PASS), ("app*", FAIL), ("*app", PASS), ("ruled", PASS)]
)
def test_a_scan_filter_without_a_star_is_any_part_of_the_name(repositories, pattern, want):
    scan_by_rule(repositories, "BASIC", pattern)
    assert_true(repositories, {(SCAN, "ruled/app"): want})


def test_where_inspector_scans_a_repository_that_no_rule_names_is_not_scanned_whatever_it_says_itself(
    repositories,
):
    scan_by_rule(repositories, "ENHANCED", "ruled/*")
    assert_true(repositories, {(SCAN, "good"): FAIL, (SCAN, "ruled/app"): PASS})


@pytest.fixture
def clusters(cloud):
    eks = cloud.client("eks")
    network = {"subnetIds": ["subnet-1", "subnet-2"]}
    eks.create_cluster(
        name="good",
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/eks",
        resourcesVpcConfig={**network, "endpointPublicAccess": False, "endpointPrivateAccess": True},
        logging={"clusterLogging": [{"types": ["api", "audit"], "enabled": True}]},
        encryptionConfig=[{"resources": ["secrets"], "provider": {"keyArn": KEY}}],
    )
    eks.create_cluster(
        name="open",
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/eks",
        resourcesVpcConfig={**network, "endpointPublicAccess": True, "publicAccessCidrs": ["0.0.0.0/0"]},
    )
    return cloud


def test_clusters_are_judged_by_secrets_audit_log_and_endpoint(clusters):
    truth = {(check, "good"): PASS for check in (SECRETS, AUDIT, ENDPOINT)}
    assert_true(clusters, truth | {(check, "open"): FAIL for check in (SECRETS, AUDIT, ENDPOINT)})


@pytest.mark.parametrize(
    ("operation", "permission", "checks"),
    [
        ("lambda.list_functions", "lambda:ListFunctions", f"{OPEN} {OWN_KEY} {RUNTIME}"),
        ("lambda.get_policy", "lambda:GetPolicy", OPEN),
        ("lambda.list_aliases", "lambda:ListAliases", OPEN),
    ],
)
def test_refused_functions_give_unknown_that_names_the_permission(functions, operation, permission, checks):
    assert_refused(functions, operation, permission, checks)


@pytest.mark.parametrize(
    ("operation", "permission", "checks"),
    [
        ("ecr.describe_repositories", "ecr:DescribeRepositories", f"{TAGS} {SCAN} {IMAGE_KEY}"),
        ("ecr.get_registry_scanning_configuration", "ecr:GetRegistryScanningConfiguration", SCAN),
    ],
)
def test_refused_repositories_give_unknown_that_names_the_permission(
    repositories, operation, permission, checks
):
    assert_refused(repositories, operation, permission, checks)


@pytest.mark.parametrize(
    ("operation", "permission"),
    [("eks.list_clusters", "eks:ListClusters"), ("eks.describe_cluster", "eks:DescribeCluster")],
)
def test_refused_clusters_give_unknown_that_names_the_permission(clusters, operation, permission):
    assert_refused(clusters, operation, permission, f"{SECRETS} {AUDIT} {ENDPOINT}")


def test_an_account_without_functions_or_containers_has_nothing_to_judge(cloud):
    assert_empty(cloud, f"{OPEN} {OWN_KEY} {RUNTIME} {TAGS} {SCAN} {IMAGE_KEY} {SECRETS} {AUDIT} {ENDPOINT}")
