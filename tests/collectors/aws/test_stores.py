from __future__ import annotations

import json

import pytest

from tests.collectors.aws.family import (
    assert_empty,
    assert_only_reads,
    assert_refused,
    assert_steady,
    assert_true,
)
from tests.collectors.aws.look import fingerprint

pytestmark = pytest.mark.server("moto")

PASS, FAIL, NONE, UNKNOWN = "pass", "fail", "not_applicable", "unknown"
ACCOUNT = "123456789012"
TABLES = "aws-dynamodb-table-key aws-dynamodb-table-backups aws-dynamodb-table-deletion-protection"
SECRETS = "aws-secretsmanager-secret-rotation aws-secretsmanager-secret-key"
MESSAGES = "aws-messages-tls-only aws-messages-encryption aws-messages-not-public"
FILES = "aws-store-encryption aws-efs-file-system-tls-only aws-efs-file-system-backups"
CACHES = "aws-elasticache-tls-only aws-elasticache-encryption aws-elasticache-asks-who"
SEARCH = (
    "aws-opensearch-domain-tls-only aws-opensearch-domain-tls-version aws-opensearch-domain-node-to-node "
    "aws-opensearch-domain-encryption aws-opensearch-domain-not-public aws-opensearch-domain-audit-log"
)
WAREHOUSES = (
    "aws-store-encryption aws-redshift-cluster-tls-only aws-redshift-cluster-not-public "
    "aws-redshift-cluster-logs aws-redshift-cluster-backups"
)
DELIVERY = "aws-redshift-cluster-log-delivery"


def tls_only(arn, *actions):
    denial = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": list(actions),
        "Resource": arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    own = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": list(actions), "Resource": arn}
    return json.dumps({"Version": "2012-10-17", "Statement": [denial, own]})


def open_to_all(arn, action):
    grant = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": arn}
    return json.dumps({"Version": "2012-10-17", "Statement": [grant]})


def all_of(checks, name, status):
    return {(check, name): status for check in checks.split()}


@pytest.fixture
def tables(cloud):
    dynamodb = cloud.client("dynamodb")
    shape = {
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    sse = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": "alias/wards"}
    dynamodb.create_table(TableName="wards", SSESpecification=sse, DeletionProtectionEnabled=True, **shape)
    dynamodb.update_continuous_backups(
        TableName="wards", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    dynamodb.create_table(TableName="sheds", **shape)
    cloud.front.clear()
    return cloud


@pytest.fixture
def secrets(cloud):
    place = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret"
    rows = [
        {
            "ARN": f"{place}:turning-AbCdEf",
            "Name": "turning",
            "KmsKeyId": "alias/own",
            "RotationEnabled": True,
        },
        {"ARN": f"{place}:still-AbCdEf", "Name": "still"},
        {
            "ARN": f"{place}:rds!db-AbCdEf",
            "Name": "rds!db",
            "OwningService": "rds",
            "KmsKeyId": f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/aws/secretsmanager",
        },
    ]
    cloud.front.clear()
    cloud.front.canned["secretsmanager.list_secrets"] = lambda region: {
        "SecretList": rows if region == "us-east-1" else []
    }
    return cloud


@pytest.fixture
def messages(cloud):
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    for name in ("good", "plain", "open"):
        topic = sns.create_topic(Name=name)["TopicArn"]
        queue = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"
        if name == "good":
            sns.set_topic_attributes(
                TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue="alias/own"
            )
            sns.set_topic_attributes(
                TopicArn=topic, AttributeName="Policy", AttributeValue=tls_only(topic, "sns:Publish")
            )
            policy = tls_only(arn, "sqs:*")
            sqs.set_queue_attributes(
                QueueUrl=queue, Attributes={"Policy": policy, "KmsMasterKeyId": "alias/own"}
            )
        if name == "plain":
            sqs.set_queue_attributes(QueueUrl=queue, Attributes={"SqsManagedSseEnabled": "false"})
        if name == "open":
            sns.set_topic_attributes(
                TopicArn=topic, AttributeName="Policy", AttributeValue=open_to_all(topic, "sns:Publish")
            )
            sqs.set_queue_attributes(
                QueueUrl=queue,
                Attributes={"Policy": open_to_all(arn, "sqs:SendMessage"), "SqsManagedSseEnabled": "true"},
            )
    cloud.front.clear()
    return cloud


@pytest.fixture
def files(cloud):
    efs = cloud.client("efs")
    good = efs.create_file_system(
        CreationToken="1", Encrypted=True, Backup=True, Tags=[{"Key": "Name", "Value": "good"}]
    )
    efs.put_file_system_policy(FileSystemId=good["FileSystemId"], Policy=tls_only(good["FileSystemArn"], "*"))
    efs.create_file_system(
        CreationToken="2", Encrypted=False, Backup=False, Tags=[{"Key": "Name", "Value": "bad"}]
    )
    cloud.front.clear()
    return cloud


@pytest.fixture
def caches(cloud):
    elasticache = cloud.client("elasticache")
    elasticache.create_replication_group(
        ReplicationGroupId="good",
        ReplicationGroupDescription="x",
        AtRestEncryptionEnabled=True,
        TransitEncryptionEnabled=True,
        AuthToken="not-a-secret-at-all",
    )
    elasticache.create_replication_group(
        ReplicationGroupId="bad",
        ReplicationGroupDescription="x",
        AtRestEncryptionEnabled=False,
        TransitEncryptionEnabled=False,
    )
    cloud.front.clear()
    return cloud


@pytest.fixture
def search(cloud):
    client = cloud.client("opensearch")
    for number in range(5):
        client.create_domain(DomainName=f"more-{number}")
    client.create_domain(
        DomainName="good",
        EncryptionAtRestOptions={"Enabled": True},
        NodeToNodeEncryptionOptions={"Enabled": True},
        DomainEndpointOptions={"EnforceHTTPS": True, "TLSSecurityPolicy": "Policy-Min-TLS-1-2-2019-07"},
        VPCOptions={"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        LogPublishingOptions={
            "AUDIT_LOGS": {
                "CloudWatchLogsLogGroupArn": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:x",
                "Enabled": True,
            }
        },
    )
    client.create_domain(
        DomainName="bad",
        EncryptionAtRestOptions={"Enabled": False},
        NodeToNodeEncryptionOptions={"Enabled": False},
        DomainEndpointOptions={"EnforceHTTPS": False, "TLSSecurityPolicy": "Policy-Min-TLS-1-0-2019-07"},
        AccessPolicies=open_to_all("*", "es:*"),
    )
    cloud.front.clear()
    return cloud


@pytest.fixture
def warehouses(cloud):
    redshift = cloud.client("redshift")
    cloud.client("s3").create_bucket(Bucket="logs")
    for name, good in (("good", True), ("bad", False)):
        redshift.create_cluster_parameter_group(
            ParameterGroupName=name, ParameterGroupFamily="redshift-1.0", Description="x"
        )
        redshift.create_cluster(
            ClusterIdentifier=name,
            NodeType="ra3.large",
            MasterUsername="dba",
            MasterUserPassword="not a Secret 1",
            Encrypted=good,
            PubliclyAccessible=not good,
            AutomatedSnapshotRetentionPeriod=14 if good else 1,
            ClusterParameterGroupName=name,
        )
    redshift.enable_logging(ClusterIdentifier="good", BucketName="logs")
    cloud.front.clear()
    return cloud


TRUTH = {
    "tables": all_of(TABLES, "wards", PASS) | all_of(TABLES, "sheds", FAIL),
    "secrets": {
        **all_of(SECRETS, "turning", PASS),
        **all_of(SECRETS, "still", FAIL),
        ("aws-secretsmanager-secret-rotation", "rds!db"): NONE,
        ("aws-secretsmanager-secret-key", "rds!db"): FAIL,
    },
    "files": all_of(FILES, "good", PASS) | all_of(FILES, "bad", FAIL),
    "caches": all_of(CACHES, "good", PASS) | all_of(CACHES, "bad", FAIL),
    "search": all_of(SEARCH, "good", PASS) | all_of(SEARCH, "bad", FAIL),
    "warehouses": {
        **all_of(WAREHOUSES, "good", PASS),
        **all_of(WAREHOUSES, "bad", FAIL),
        ("aws-redshift-cluster-tls-only", "good"): FAIL,
    },
}


@pytest.mark.parametrize("family", sorted(TRUTH))
def test_every_verdict_about_a_seeded_store_is_the_true_one(request, family):
    cloud = request.getfixturevalue(family)
    assert_true(cloud, TRUTH[family])
    assert_only_reads(cloud)


def test_topics_and_queues_are_judged_apart_though_they_share_a_name(messages):
    seen = {
        (finding.check.removeprefix("aws-messages-"), finding.subject.kind[4:7], finding.subject.name): (
            finding.status.value
        )
        for finding in messages.judge(MESSAGES.split())
        if hasattr(finding.subject, "name")
    }
    assert seen == {
        ("tls-only", "sns", "good"): PASS,
        ("tls-only", "sqs", "good"): PASS,
        ("tls-only", "sns", "plain"): FAIL,
        ("tls-only", "sqs", "plain"): FAIL,
        ("tls-only", "sns", "open"): FAIL,
        ("tls-only", "sqs", "open"): FAIL,
        ("encryption", "sns", "good"): PASS,
        ("encryption", "sqs", "good"): PASS,
        ("encryption", "sns", "plain"): FAIL,
        ("encryption", "sqs", "plain"): FAIL,
        ("encryption", "sns", "open"): FAIL,
        ("encryption", "sqs", "open"): PASS,
        ("not-public", "sns", "good"): PASS,
        ("not-public", "sqs", "good"): PASS,
        ("not-public", "sns", "plain"): PASS,
        ("not-public", "sqs", "plain"): PASS,
        ("not-public", "sns", "open"): FAIL,
        ("not-public", "sqs", "open"): FAIL,
    }


@pytest.mark.parametrize(("days", "want"), [({}, PASS), ({"RecoveryPeriodInDays": 1}, FAIL)])
def test_a_table_must_be_recoverable_for_some_days(tables, days, want):
    recovery = {"PointInTimeRecoveryStatus": "ENABLED", **days}
    told = {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": recovery}
    tables.front.canned["dynamodb.describe_continuous_backups"] = {"ContinuousBackupsDescription": told}
    assert_true(tables, {("aws-dynamodb-table-backups", "wards"): want})


@pytest.mark.parametrize(
    ("status", "want"), [("ENABLED", PASS), ("ENABLING", UNKNOWN), ("DISABLING", FAIL), ("DISABLED", FAIL)]
)
def test_backups_that_are_just_being_switched_on_are_not_yet_on(files, status, want):
    files.front.canned["efs.describe_backup_policy"] = {"BackupPolicy": {"Status": status}}
    assert_true(files, {("aws-efs-file-system-backups", "good"): want})


def cache_with_users(name, *groups):
    members = "".join(f"<member>{group}</member>" for group in groups)
    return (
        "<DescribeReplicationGroupsResponse><DescribeReplicationGroupsResult><ReplicationGroups><ReplicationGroup>"
        f"<ReplicationGroupId>{name}</ReplicationGroupId><AuthTokenEnabled>false</AuthTokenEnabled>"
        f"<ARN>arn:aws:elasticache:us-east-1:{ACCOUNT}:replicationgroup:{name}</ARN>"
        "<AtRestEncryptionEnabled>true</AtRestEncryptionEnabled>"
        "<TransitEncryptionEnabled>true</TransitEncryptionEnabled>"
        f"<UserGroupIds>{members}</UserGroupIds>"
        "</ReplicationGroup></ReplicationGroups></DescribeReplicationGroupsResult></DescribeReplicationGroupsResponse>"
    )


def cache_user(kind, access, group):
    return (
        "<DescribeUsersResponse><DescribeUsersResult><Users><member>"
        f"<UserId>default</UserId><AccessString>{access}</AccessString>"
        f"<UserGroupIds><member>{group}</member></UserGroupIds>"
        f"<Authentication><Type>{kind}</Type></Authentication>"
        "</member></Users></DescribeUsersResult></DescribeUsersResponse>"
    )


@pytest.mark.parametrize(
    ("user", "want"),
    [
        (("no-password", "on ~* +@all", "wards"), FAIL),
        (("no-password", "off ~* +@all", "wards"), PASS),
        (("no-password", "on ~* +@all", "sheds"), PASS),
        (("password", "on ~* +@all", "wards"), PASS),
        (("iam", "on ~* +@all", "wards"), PASS),
    ],
)
def test_a_cache_whose_users_need_no_password_asks_nobody(cloud, user, want):
    cloud.front.canned["elasticache.describe_replication_groups"] = cache_with_users("cache", "wards")
    cloud.front.canned["elasticache.describe_users"] = cache_user(*user)
    assert_true(cloud, {("aws-elasticache-asks-who", "cache"): want})


def test_refused_users_leave_it_unknown_whom_a_cache_asks_and_a_token_needs_no_look_at_them(caches):
    caches.front.refused = {"elasticache.describe_users": "AccessDenied"}
    assert_true(
        caches, {("aws-elasticache-asks-who", "good"): PASS, ("aws-elasticache-asks-who", "bad"): FAIL}
    )
    caches.front.refused = {}
    caches.front.canned["elasticache.describe_replication_groups"] = cache_with_users("cache", "wards")
    assert_refused(
        caches, "elasticache.describe_users", "elasticache:DescribeUsers", "aws-elasticache-asks-who"
    )


def logging_status(**told):
    held = "".join(f"<{name}>{value}</{name}>" for name, value in told.items())
    result = f"<DescribeLoggingStatusResult><LoggingEnabled>true</LoggingEnabled>{held}</DescribeLoggingStatusResult>"
    return f"<DescribeLoggingStatusResponse>{result}</DescribeLoggingStatusResponse>"


@pytest.mark.parametrize(
    ("told", "want"),
    [
        ({"BucketName": "logs"}, PASS),
        ({"LogDestinationType": "cloudwatch", "LogExports": "<member>connectionlog</member>"}, PASS),
        ({"LogDestinationType": "cloudwatch", "LogExports": "<member>useractivitylog</member>"}, FAIL),
        ({"LogDestinationType": "cloudwatch"}, FAIL),
    ],
)
def test_an_audit_log_must_tell_who_connected(warehouses, told, want):
    warehouses.front.canned["redshift.describe_logging_status"] = logging_status(**told)
    assert_true(warehouses, {("aws-redshift-cluster-logs", "good"): want})


EARLIER, LATER = "2026-11-22T03:00:00Z", "2026-11-22T04:00:00.5Z"


@pytest.mark.parametrize(
    ("told", "want"),
    [
        ({"LastSuccessfulDeliveryTime": LATER}, PASS),
        ({"LastSuccessfulDeliveryTime": LATER, "LastFailureTime": EARLIER}, PASS),
        ({"LastSuccessfulDeliveryTime": EARLIER, "LastFailureTime": LATER}, FAIL),
        ({"LastFailureTime": EARLIER}, FAIL),
        ({}, UNKNOWN),
    ],
)
def test_a_warehouse_log_whose_last_delivery_failed_does_not_arrive(warehouses, told, want):
    warehouses.front.canned["redshift.describe_logging_status"] = logging_status(**told)
    assert_true(warehouses, {(DELIVERY, "good"): want})


def test_a_warehouse_that_sends_no_log_has_no_delivery(warehouses):
    assert_true(warehouses, {(DELIVERY, "bad"): NONE})


def test_a_later_delivery_of_a_warehouse_log_changes_no_fact_that_drift_compares(warehouses):
    def looked(moment):
        told = logging_status(LastSuccessfulDeliveryTime=moment)
        warehouses.front.canned["redshift.describe_logging_status"] = told
        return fingerprint(warehouses.poll(checks=[DELIVERY, "aws-redshift-cluster-logs"]))

    assert looked(EARLIER) == looked(LATER)


def test_a_warehouse_whose_group_asks_for_tls_passes(warehouses):
    warehouses.front.canned["redshift.describe_cluster_parameters"] = (
        "<DescribeClusterParametersResponse><DescribeClusterParametersResult><Parameters><Parameter>"
        "<ParameterName>require_ssl</ParameterName><ParameterValue>true</ParameterValue>"
        "</Parameter></Parameters></DescribeClusterParametersResult></DescribeClusterParametersResponse>"
    )
    assert set(warehouses.verdicts("aws-redshift-cluster-tls-only").values()) == {PASS, NONE}


def test_domains_are_described_five_at_a_time(search):
    search.poll(checks=["aws-opensearch-domain-tls-only"])
    assert search.front.counts["opensearch.describe_domains"] == 2


@pytest.mark.parametrize(
    ("family", "operation", "permission", "checks"),
    [
        ("tables", "dynamodb.list_tables", "dynamodb:ListTables", TABLES),
        (
            "tables",
            "dynamodb.describe_table",
            "dynamodb:DescribeTable",
            "aws-dynamodb-table-key aws-dynamodb-table-deletion-protection",
        ),
        (
            "tables",
            "dynamodb.describe_continuous_backups",
            "dynamodb:DescribeContinuousBackups",
            "aws-dynamodb-table-backups",
        ),
        ("secrets", "secretsmanager.list_secrets", "secretsmanager:ListSecrets", SECRETS),
        ("messages", "sns.list_topics", "sns:ListTopics", MESSAGES),
        ("messages", "sns.get_topic_attributes", "sns:GetTopicAttributes", MESSAGES),
        ("messages", "sqs.list_queues", "sqs:ListQueues", MESSAGES),
        ("messages", "sqs.get_queue_attributes", "sqs:GetQueueAttributes", MESSAGES),
        ("files", "efs.describe_file_systems", "elasticfilesystem:DescribeFileSystems", FILES),
        (
            "files",
            "efs.describe_backup_policy",
            "elasticfilesystem:DescribeBackupPolicy",
            "aws-efs-file-system-backups",
        ),
        (
            "files",
            "efs.describe_file_system_policy",
            "elasticfilesystem:DescribeFileSystemPolicy",
            "aws-efs-file-system-tls-only",
        ),
        (
            "caches",
            "elasticache.describe_replication_groups",
            "elasticache:DescribeReplicationGroups",
            CACHES,
        ),
        ("search", "opensearch.list_domain_names", "es:ListDomainNames", SEARCH),
        ("search", "opensearch.describe_domains", "es:DescribeDomains", SEARCH),
        ("warehouses", "redshift.describe_clusters", "redshift:DescribeClusters", WAREHOUSES),
        (
            "warehouses",
            "redshift.describe_logging_status",
            "redshift:DescribeLoggingStatus",
            f"aws-redshift-cluster-logs {DELIVERY}",
        ),
        (
            "warehouses",
            "redshift.describe_cluster_parameters",
            "redshift:DescribeClusterParameters",
            "aws-redshift-cluster-tls-only",
        ),
    ],
)
def test_a_refused_call_gives_unknown_that_names_the_permission(
    request, family, operation, permission, checks
):
    assert_refused(request.getfixturevalue(family), operation, permission, checks)


def test_an_account_without_stores_has_nothing_to_judge(cloud):
    assert_empty(cloud, f"{TABLES} {SECRETS} {MESSAGES} {FILES} {CACHES} {SEARCH} {WAREHOUSES}")


@pytest.mark.parametrize("family", sorted(TRUTH))
def test_stores_are_the_same_however_many_look_and_however_often(request, family):
    assert_steady(request.getfixturevalue(family), " ".join(sorted({check for check, _ in TRUTH[family]})))
