from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.collectors.aws.family import (
    assert_empty,
    assert_only_reads,
    assert_refused,
    assert_steady,
    assert_true,
)
from tests.collectors.aws.look import AS_OF
from tests.servers.moto_clients import ACCOUNT

pytestmark = pytest.mark.server("moto")

PASS, FAIL, NONE, UNKNOWN = "pass", "fail", "not_applicable", "unknown"
OWN, COPIED = "aws-healthlake-datastore-key", "aws-healthlake-datastore-backups"
KAFKA_TLS, INSIDE, ASKS, OPEN = (
    "aws-kafka-cluster-tls-only",
    "aws-kafka-cluster-inside-tls",
    "aws-kafka-cluster-asks-who",
    "aws-kafka-cluster-not-public",
)
KAFKA = f"{KAFKA_TLS} {INSIDE} {ASKS} {OPEN}"
GLUE, DMS = "aws-glue-connection-tls", "aws-dms-instance-not-public"
WAREHOUSE = "aws-redshift-cluster-not-public aws-redshift-cluster-tls-only aws-redshift-cluster-logs"
CACHE = "aws-elasticache-tls-only"
RENEWED = "aws-secretsmanager-secret-renewed"
CLASSIC = "aws-elb-load-balancer-tls-version"
LOG_KEY = "aws-ssm-session-log-encryption"


def here(listing, rows):
    return lambda region: {listing: rows if region == "us-east-1" else []}


def store(name, key=None, backups=None, status="ACTIVE"):
    row = {
        "DatastoreArn": f"arn:aws:healthlake:us-east-1:{ACCOUNT}:datastore/fhir/{name}",
        "DatastoreId": name,
        "DatastoreName": name,
        "DatastoreStatus": status,
    }
    if key:
        row["SseConfiguration"] = {"KmsEncryptionConfig": {"CmkType": key, "KmsKeyId": "k"}}
    if backups:
        row["BackupStatusInfo"] = {"Configuration": {"Status": backups}}
    return row


@pytest.fixture
def records(cloud):
    rows = [
        store("good", "CUSTOMER_MANAGED_KMS_KEY", "ENABLED"),
        store("bad", "AWS_OWNED_KMS_KEY", "DISABLED"),
        store("untold"),
        store("going", "AWS_OWNED_KMS_KEY", status="DELETING"),
    ]
    cloud.front.canned["healthlake.list_fhir_datastores"] = here("DatastorePropertiesList", rows)
    cloud.truth = {
        (OWN, "good"): PASS,
        (OWN, "bad"): FAIL,
        (OWN, "untold"): FAIL,
        (COPIED, "good"): PASS,
        (COPIED, "bad"): FAIL,
        (COPIED, "untold"): UNKNOWN,
    }
    return cloud


def on_the_wire(held):
    if isinstance(held, dict):
        return {key[0].lower() + key[1:]: on_the_wire(value) for key, value in held.items()}
    return [on_the_wire(one) for one in held] if isinstance(held, list) else held


def cluster(name, clients="TLS", brokers=True, ways=None, public="DISABLED"):
    return {
        "ClusterArn": f"arn:aws:kafka:us-east-1:{ACCOUNT}:cluster/{name}/x",
        "ClusterName": name,
        "ClusterType": "PROVISIONED",
        "Provisioned": {
            "BrokerNodeGroupInfo": {"ConnectivityInfo": {"PublicAccess": {"Type": public}}},
            "ClientAuthentication": ways or {},
            "EncryptionInfo": {"EncryptionInTransit": {"ClientBroker": clients, "InCluster": brokers}},
        },
    }


def serverless(name):
    arn = f"arn:aws:kafka:us-east-1:{ACCOUNT}:cluster/{name}/x"
    return {"ClusterArn": arn, "ClusterName": name, "ClusterType": "SERVERLESS", "Serverless": {}}


@pytest.fixture
def kafka(cloud):
    iam = {"Sasl": {"Iam": {"Enabled": True}}}
    rows = [
        cluster("good", ways=iam),
        cluster("bad", "PLAINTEXT", brokers=False, public="SERVICE_PROVIDED_EIPS"),
        cluster("mixed", "TLS_PLAINTEXT", ways=iam | {"Unauthenticated": {"Enabled": True}}),
        serverless("little"),
    ]
    cloud.front.canned["kafka.list_clusters_v2"] = here("clusterInfoList", on_the_wire(rows))
    cloud.truth = {
        **{(check, name): PASS for check in KAFKA.split() for name in ("good", "little")},
        **{(check, "bad"): FAIL for check in KAFKA.split()},
        (KAFKA_TLS, "mixed"): FAIL,
        (INSIDE, "mixed"): PASS,
        (ASKS, "mixed"): FAIL,
        (OPEN, "mixed"): PASS,
    }
    return cloud


@pytest.fixture
def connections(cloud):
    dms = cloud.client("dms")
    rows = [
        {"Name": name, "ConnectionType": type_, "ConnectionProperties": {"PASSWORD": "hunter2", **switch}}
        for name, type_, switch in (
            ("good", "JDBC", {"JDBC_ENFORCE_SSL": "true"}),
            ("bad", "JDBC", {}),
            ("log", "KAFKA", {}),
            ("net", "NETWORK", {}),
        )
    ]
    for name, public in (("shut", False), ("open", True)):
        dms.create_replication_instance(
            ReplicationInstanceIdentifier=name,
            ReplicationInstanceClass="dms.t3.micro",
            PubliclyAccessible=public,
        )
    cloud.front.clear()
    cloud.front.canned["glue.get_connections"] = here("ConnectionList", rows)
    cloud.truth = {
        (GLUE, "good"): PASS,
        (GLUE, "bad"): FAIL,
        (GLUE, "log"): PASS,
        (GLUE, "net"): NONE,
        (DMS, "shut"): PASS,
        (DMS, "open"): FAIL,
    }
    return cloud


@pytest.fixture
def warehouses(cloud):
    place = f"arn:aws:redshift-serverless:us-east-1:{ACCOUNT}"
    groups = [
        {
            "workgroupArn": f"{place}:workgroup/{name}",
            "workgroupName": name,
            "publiclyAccessible": public,
            "configParameters": [{"parameterKey": "require_ssl", "parameterValue": word}] if word else [],
        }
        for name, public, word in (("good", False, "true"), ("bad", True, "false"), ("unset", False, ""))
    ]
    spaces = [
        {"namespaceArn": f"{place}:namespace/{name}", "namespaceName": name, "logExports": logs}
        for name, logs in (("logged", ["connectionlog", "userlog"]), ("silent", ["userlog"]))
    ]
    cloud.front.canned |= {
        "redshift-serverless.list_workgroups": here("workgroups", groups),
        "redshift-serverless.list_namespaces": here("namespaces", spaces),
    }
    public, tls, logs = WAREHOUSE.split()
    cloud.truth = {
        (public, "good"): PASS,
        (public, "bad"): FAIL,
        (tls, "good"): PASS,
        (tls, "bad"): FAIL,
        (tls, "unset"): UNKNOWN,
        (logs, "logged"): PASS,
        (logs, "silent"): FAIL,
    }
    return cloud


def cache(name, encrypted):
    arn = f"arn:aws:elasticache:us-east-1:{ACCOUNT}:cluster:{name}"
    switches = f"<TransitEncryptionEnabled>{encrypted}</TransitEncryptionEnabled>"
    return (
        f"<CacheCluster><CacheClusterId>{name}</CacheClusterId><ARN>{arn}</ARN>{switches}"
        "<AtRestEncryptionEnabled>false</AtRestEncryptionEnabled></CacheCluster>"
    )


@pytest.fixture
def caches(cloud):
    # moto leaves out whether a cluster encrypts its connections.
    rows = cache("good", "true") + cache("bad", "false")

    def answer(region):
        held = rows if region == "us-east-1" else ""
        inner = f"<DescribeCacheClustersResult><CacheClusters>{held}</CacheClusters></DescribeCacheClustersResult>"
        return f"<DescribeCacheClustersResponse>{inner}</DescribeCacheClustersResponse>"

    cloud.front.canned["elasticache.describe_cache_clusters"] = answer
    cloud.truth = {(CACHE, "good"): PASS, (CACHE, "bad"): FAIL}
    return cloud


def moment(days):
    return int((datetime.combine(AS_OF, datetime.min.time(), UTC) + timedelta(days=days)).timestamp())


@pytest.fixture
def secrets(cloud):
    place = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret"
    dates = {
        "good": {"LastRotatedDate": moment(-20), "NextRotationDate": moment(10)},
        "late": {"LastRotatedDate": moment(-90), "NextRotationDate": moment(-60)},
        "never": {"NextRotationDate": moment(-1)},
        "untold": {},
    }
    rows = [
        {"ARN": f"{place}:{name}-x", "Name": name, "RotationEnabled": True, **held}
        for name, held in dates.items()
    ]
    rows.append({"ARN": f"{place}:by-hand-x", "Name": "by-hand"})
    cloud.front.canned["secretsmanager.list_secrets"] = here("SecretList", rows)
    truth = {"good": PASS, "late": FAIL, "never": FAIL, "untold": UNKNOWN, "by-hand": NONE}
    cloud.truth = {(RENEWED, name): status for name, status in truth.items()}
    return cloud


@pytest.fixture
def classic(cloud):
    elb, iam = cloud.client("elb"), cloud.client("iam")
    arn = iam.upload_server_certificate(ServerCertificateName="c", CertificateBody="x", PrivateKey="y")[
        "ServerCertificateMetadata"
    ]["Arn"]
    for name, protocols in (("good", ["TLSv1.2"]), ("old", ["TLSv1", "TLSv1.2"]), ("own", None)):
        listener = {"Protocol": "HTTPS", "LoadBalancerPort": 443, "InstancePort": 80, "SSLCertificateId": arn}
        elb.create_load_balancer(
            LoadBalancerName=name, Listeners=[listener], AvailabilityZones=["us-east-1a"]
        )
        if protocols:
            elb.create_load_balancer_policy(
                LoadBalancerName=name,
                PolicyName="tls",
                PolicyTypeName="SSLNegotiationPolicyType",
                PolicyAttributes=[
                    {"AttributeName": f"Protocol-{one}", "AttributeValue": "true"} for one in protocols
                ],
            )
            elb.set_load_balancer_policies_of_listener(
                LoadBalancerName=name, LoadBalancerPort=443, PolicyNames=["tls"]
            )
    plain = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}
    elb.create_load_balancer(LoadBalancerName="plain", Listeners=[plain], AvailabilityZones=["us-east-1a"])
    cloud.front.clear()
    cloud.truth = {
        (CLASSIC, "good"): PASS,
        (CLASSIC, "old"): FAIL,
        (CLASSIC, "own"): UNKNOWN,
        (CLASSIC, "plain"): NONE,
    }
    return cloud


FAMILIES = ["records", "kafka", "connections", "warehouses", "caches", "secrets", "classic"]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_verdict_about_a_seeded_service_is_the_true_one_however_many_look(request, family):
    cloud = request.getfixturevalue(family)
    assert_true(cloud, cloud.truth)
    assert_only_reads(cloud)
    assert_steady(cloud, " ".join(sorted({check for check, _ in cloud.truth})))


def test_a_store_of_records_that_is_being_deleted_is_not_judged(records):
    assert "going" not in {name for _, name in records.verdicts(OWN)}


def test_a_password_in_a_connection_is_never_kept(connections):
    result = connections.poll(checks=[GLUE])[f"aws/{ACCOUNT}", "aws.glue.connection"]
    assert not [raw for raw in result.objects.values() if b"hunter2" in raw]


def test_a_load_balancer_that_ends_no_tls_is_not_asked_for_its_policies(classic):
    classic.verdicts(CLASSIC)
    assert classic.front.counts["elb.describe_load_balancer_policies"] == 3


@pytest.mark.parametrize(
    ("family", "operation", "permission", "checks"),
    [
        ("records", "healthlake.list_fhir_datastores", "healthlake:ListFHIRDatastores", f"{OWN} {COPIED}"),
        ("kafka", "kafka.list_clusters_v2", "kafka:ListClustersV2", KAFKA),
        ("connections", "glue.get_connections", "glue:GetConnections", GLUE),
        ("connections", "dms.describe_replication_instances", "dms:DescribeReplicationInstances", DMS),
        ("caches", "elasticache.describe_cache_clusters", "elasticache:DescribeCacheClusters", CACHE),
        ("secrets", "secretsmanager.list_secrets", "secretsmanager:ListSecrets", RENEWED),
        (
            "classic",
            "elb.describe_load_balancer_policies",
            "elasticloadbalancing:DescribeLoadBalancerPolicies",
            CLASSIC,
        ),
        (
            "warehouses",
            "redshift-serverless.list_workgroups",
            "redshift-serverless:ListWorkgroups",
            " ".join(WAREHOUSE.split()[:2]),
        ),
        (
            "warehouses",
            "redshift-serverless.list_namespaces",
            "redshift-serverless:ListNamespaces",
            WAREHOUSE.split()[2],
        ),
    ],
)
def test_a_refused_call_gives_unknown_that_names_the_permission(
    request, family, operation, permission, checks
):
    assert_refused(request.getfixturevalue(family), operation, permission, checks)


def test_an_account_without_them_has_nothing_to_judge(cloud):
    assert_empty(cloud, f"{OWN} {COPIED} {KAFKA} {GLUE} {DMS} {RENEWED} {CLASSIC} {WAREHOUSE} {CACHE}")


@pytest.mark.parametrize(
    ("inputs", "status"),
    [
        ({}, NONE),
        ({"cloudWatchLogGroupName": "g", "cloudWatchEncryptionEnabled": True}, PASS),
        ({"cloudWatchLogGroupName": "g", "s3EncryptionEnabled": True}, FAIL),
        ({"cloudWatchLogGroupName": "g", "cloudWatchEncryptionEnabled": "true", "s3BucketName": "b"}, FAIL),
    ],
)
def test_session_logs_should_be_refused_where_they_would_not_be_encrypted(cloud, inputs, status):

    document = {"schemaVersion": "1.0", "sessionType": "Standard_Stream", "inputs": inputs}
    cloud.front.canned["ssm.get_document"] = {"Content": json.dumps(document)}
    assert_true(cloud, {(LOG_KEY, "us-east-1"): status})
