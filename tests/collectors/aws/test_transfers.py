from __future__ import annotations

import pytest

from tests.collectors.aws.family import (
    assert_empty,
    assert_only_reads,
    assert_refused,
    assert_steady,
    assert_true,
)
from tests.servers.moto_clients import ACCOUNT

pytestmark = pytest.mark.server("moto")

PASS, FAIL, NONE, UNKNOWN = "pass", "fail", "not_applicable", "unknown"
SERVERS = "aws-transfer-server-protocols aws-transfer-server-logs"
ALGORITHMS = "aws-transfer-server-policy"
LISTED = f"{SERVERS} aws-dms-endpoint-tls aws-kinesis-stream-encryption aws-ssm-parameter-encryption aws-fsx-file-system-backups"


@pytest.fixture
def servers(cloud):
    transfer = cloud.client("transfer")
    good = transfer.create_server(
        Protocols=["SFTP"],
        LoggingRole=f"arn:aws:iam::{ACCOUNT}:role/logs",
        IdentityProviderType="SERVICE_MANAGED",
    )["ServerId"]
    bad = transfer.create_server(Protocols=["FTP"], IdentityProviderType="SERVICE_MANAGED")["ServerId"]
    partner = transfer.create_server(Protocols=["AS2"], IdentityProviderType="SERVICE_MANAGED")["ServerId"]
    cloud.front.clear()
    cloud.truth = {
        **{(check, good): PASS for check in SERVERS.split()},
        **{(check, bad): FAIL for check in SERVERS.split()},
        ("aws-transfer-server-protocols", partner): UNKNOWN,
    }
    return cloud


@pytest.mark.parametrize(
    ("policy", "protocols", "want"),
    [
        ("TransferSecurityPolicy-2024-01", ["SFTP"], PASS),
        ("TransferSecurityPolicy-FIPS-2020-06", ["FTPS"], PASS),
        ("TransferSecurityPolicy-2018-11", ["SFTP"], FAIL),
        ("TransferSecurityPolicy-2018-11", ["FTP"], NONE),
        ("TransferSecurityPolicy-2099-01", ["SFTP"], UNKNOWN),
        (None, ["SFTP"], UNKNOWN),
    ],
)
def test_a_server_is_judged_by_what_its_security_policy_takes(servers, policy, protocols, want):
    told = {"Arn": "x", "Protocols": protocols, **({"SecurityPolicyName": policy} if policy else {})}
    servers.front.canned["transfer.describe_server"] = {"Server": told}
    verdicts = servers.verdicts(ALGORITHMS, source=servers.source(regions=("us-east-1",)))
    assert set(verdicts.values()) == {want}


def test_the_questions_about_a_server_cost_one_call(servers):
    servers.poll(checks=[*SERVERS.split(), ALGORITHMS])
    assert servers.front.counts["transfer.describe_server"] == 3


@pytest.fixture
def migrations(cloud):
    dms = cloud.client("dms")
    for name, engine, mode in (
        ("good", "postgres", "verify-full"),
        ("bad", "mysql", "none"),
        ("lake", "s3", "none"),
    ):
        dms.create_endpoint(
            EndpointIdentifier=name,
            EndpointType="source",
            EngineName=engine,
            SslMode=mode,
            ServerName="db.example",
            Username="u",
            Password="not-a-secret",
        )
    cloud.front.clear()
    cloud.truth = {
        ("aws-dms-endpoint-tls", "good"): PASS,
        ("aws-dms-endpoint-tls", "bad"): FAIL,
        ("aws-dms-endpoint-tls", "lake"): NONE,
    }
    return cloud


@pytest.mark.parametrize(
    ("engine", "mode", "want"),
    [
        ("db2-zos", "none", FAIL),
        ("aurora-serverless", "none", FAIL),
        ("documentdb", "verify-full", PASS),
        ("kafka", "none", UNKNOWN),
        ("kinesis", "none", NONE),
    ],
)
def test_every_database_a_migration_can_reach_may_be_reached_without_tls(cloud, engine, mode, want):
    held = {
        "EndpointArn": f"arn:aws:dms:us-east-1:{ACCOUNT}:endpoint:E",
        "EndpointIdentifier": "e",
        "EngineName": engine,
        "SslMode": mode,
    }
    cloud.front.canned["dms.describe_endpoints"] = {"Endpoints": [held]}
    assert_true(cloud, {("aws-dms-endpoint-tls", "e"): want})


@pytest.fixture
def streams(cloud):
    kinesis = cloud.client("kinesis")
    for name in ("good", "bad"):
        kinesis.create_stream(StreamName=name, ShardCount=1)
    kinesis.start_stream_encryption(StreamName="good", EncryptionType="KMS", KeyId="alias/own")
    cloud.front.clear()
    cloud.truth = {
        ("aws-kinesis-stream-encryption", "good"): PASS,
        ("aws-kinesis-stream-encryption", "bad"): FAIL,
    }
    return cloud


@pytest.fixture
def parameters(cloud):
    ssm = cloud.client("ssm")
    for name, kind in (
        ("/ward/db-password", "SecureString"),
        ("/shed/db-password", "String"),
        ("/ward/beds", "String"),
    ):
        ssm.put_parameter(Name=name, Type=kind, Value="x")
    cloud.front.clear()
    cloud.truth = {
        ("aws-ssm-parameter-encryption", "/ward/db-password"): PASS,
        ("aws-ssm-parameter-encryption", "/shed/db-password"): FAIL,
        ("aws-ssm-parameter-encryption", "/ward/beds"): NONE,
    }
    return cloud


@pytest.fixture
def fsx(cloud):
    place = f"arn:aws:fsx:us-east-1:{ACCOUNT}:file-system"
    rows = [
        {"FileSystemId": name, "ResourceARN": f"{place}/{name}", **settings}
        for name, settings in {
            "good": {"WindowsConfiguration": {"AutomaticBackupRetentionDays": 30}},
            "bad": {"LustreConfiguration": {"AutomaticBackupRetentionDays": 0}},
            "short": {"OntapConfiguration": {"AutomaticBackupRetentionDays": 3}},
            "scratch": {"LustreConfiguration": {"DeploymentType": "SCRATCH_2"}},
        }.items()
    ]
    cloud.front.canned["fsx.describe_file_systems"] = lambda region: {
        "FileSystems": rows if region == "us-east-1" else []
    }
    check = "aws-fsx-file-system-backups"
    cloud.truth = {
        (check, "good"): PASS,
        (check, "bad"): FAIL,
        (check, "short"): FAIL,
        (check, "scratch"): UNKNOWN,
    }
    return cloud


@pytest.fixture
def catalog(cloud):
    cloud.client("glue").create_database(DatabaseInput={"Name": "wards"})
    cloud.front.clear()
    cloud.truth = {
        ("aws-glue-catalog-encryption", "us-east-1"): FAIL,
        ("aws-glue-catalog-encryption", "eu-west-1"): NONE,
    }
    return cloud


@pytest.mark.parametrize("family", ["servers", "migrations", "streams", "parameters", "fsx", "catalog"])
def test_every_verdict_about_a_seeded_family_is_the_true_one(request, family):
    cloud = request.getfixturevalue(family)
    assert_true(cloud, cloud.truth)
    assert_only_reads(cloud)


def test_a_catalog_whose_first_page_is_empty_may_hold_databases_all_the_same(catalog):
    pages = iter([{"DatabaseList": [], "NextToken": "t"}, {"DatabaseList": [{"Name": "wards"}]}])
    catalog.front.canned["glue.get_databases"] = lambda _region: next(pages)
    findings = catalog.judge(["aws-glue-catalog-encryption"], catalog.source(regions=("us-east-1",)))
    assert [finding.status.value for finding in findings] == [FAIL]


def test_an_encrypted_catalog_passes_only_with_its_passwords(catalog):
    at_rest = {"CatalogEncryptionMode": "SSE-KMS"}
    for passwords, status in ((False, FAIL), (True, PASS)):
        catalog.front.canned["glue.get_data_catalog_encryption_settings"] = {
            "DataCatalogEncryptionSettings": {
                "EncryptionAtRest": at_rest,
                "ConnectionPasswordEncryption": {"ReturnConnectionPasswordEncrypted": passwords},
            }
        }
        verdicts = catalog.verdicts("aws-glue-catalog-encryption")
        assert verdicts["aws-glue-catalog-encryption", "us-east-1"] == status


@pytest.mark.parametrize(
    ("family", "operation", "permission", "checks"),
    [
        ("servers", "transfer.list_servers", "transfer:ListServers", SERVERS),
        ("servers", "transfer.describe_server", "transfer:DescribeServer", f"{SERVERS} {ALGORITHMS}"),
        ("migrations", "dms.describe_endpoints", "dms:DescribeEndpoints", "aws-dms-endpoint-tls"),
        ("streams", "kinesis.list_streams", "kinesis:ListStreams", "aws-kinesis-stream-encryption"),
        (
            "streams",
            "kinesis.describe_stream_summary",
            "kinesis:DescribeStreamSummary",
            "aws-kinesis-stream-encryption",
        ),
        ("parameters", "ssm.describe_parameters", "ssm:DescribeParameters", "aws-ssm-parameter-encryption"),
        ("fsx", "fsx.describe_file_systems", "fsx:DescribeFileSystems", "aws-fsx-file-system-backups"),
        ("catalog", "glue.get_databases", "glue:GetDatabases", "aws-glue-catalog-encryption"),
        (
            "catalog",
            "glue.get_data_catalog_encryption_settings",
            "glue:GetDataCatalogEncryptionSettings",
            "aws-glue-catalog-encryption",
        ),
    ],
)
def test_a_refused_call_gives_unknown_that_names_the_permission(
    request, family, operation, permission, checks
):
    assert_refused(request.getfixturevalue(family), operation, permission, checks)


def test_an_account_without_any_of_it_has_nothing_to_judge(cloud):
    assert_empty(cloud, LISTED)


@pytest.mark.parametrize("family", ["servers", "migrations", "streams", "parameters", "fsx", "catalog"])
def test_they_are_the_same_however_many_look_and_however_often(request, family):
    cloud = request.getfixturevalue(family)
    assert_steady(cloud, " ".join(sorted({check for check, _ in cloud.truth})))
