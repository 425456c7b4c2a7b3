"""The seeded estate of the AWS bench: what a mid-sized clinic has in two regions, times a scale.

Counts at scale 1: 200 buckets, 50 users, 100 instances, 226 volumes, 20 databases, 30 keys, 40 functions, 30 tables,
and a few log groups, secrets, topics, queues, load balancers, file systems and repositories.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

from tests.collectors.aws import estate
from tests.servers.moto_clients import MotoClients

REGIONS = ("eu-west-1", "us-east-1")
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def seed(url: str, scale: int) -> None:
    """Fill a moto server; what tests/collectors/aws/estate.py seeds is seeded by it."""
    cloud = MotoClients(url)
    truth: dict[tuple[str, str], str] = {}
    _buckets(cloud, 199 * scale)
    estate._users(cloud, truth, 50 * scale)  # noqa: SLF001 - the bench and the tests share one seed
    estate._roles(cloud, truth)  # noqa: SLF001 - see above
    for region in REGIONS:
        estate._groups(cloud, truth, region)  # noqa: SLF001 - see above
        for made, count in EACH_REGION:
            made(cloud, region, count * scale)
    estate._trails(cloud, truth)  # noqa: SLF001 - see above
    estate._account(cloud, truth)  # noqa: SLF001 - see above
    cloud.close()


def _buckets(cloud: MotoClients, count: int) -> None:
    estate._buckets(cloud, {}, 0)  # noqa: SLF001 - where the logs go
    for number in range(count):
        # Half of them in each region; those with access logs where the logs go, as S3 demands.
        region = "eu-west-1" if number % 6 in {1, 2, 4} else "us-east-1"
        s3, name = cloud.client("s3", region), f"ward-{number:04}"
        where = {"CreateBucketConfiguration": {"LocationConstraint": region}} if region != "us-east-1" else {}
        s3.create_bucket(Bucket=name, **where)
        estate._bucket(s3, name, number, {})  # noqa: SLF001 - the bench and the tests share one seed


def _volumes(cloud: MotoClients, region: str, count: int) -> None:
    ec2 = cloud.client("ec2", region)
    for number in range(count):
        volume = ec2.create_volume(AvailabilityZone=f"{region}a", Size=1, Encrypted=number % 2 == 0)
        if number % 6 == 0:
            ec2.create_snapshot(VolumeId=volume["VolumeId"])


def _instances(cloud: MotoClients, region: str, count: int) -> None:
    options = {"HttpTokens": "required"}
    cloud.client("ec2", region).run_instances(
        ImageId="ami-12345678", MinCount=count, MaxCount=count, MetadataOptions=options
    )


def _databases(cloud: MotoClients, region: str, count: int) -> None:
    rds = cloud.client("rds", region)
    for number in range(count):
        rds.create_db_instance(
            DBInstanceIdentifier=f"db-{number:03}",
            DBInstanceClass="db.t3.micro",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="someone",
            MasterUserPassword="not-a-secret-1",
            StorageEncrypted=number % 2 == 0,
            BackupRetentionPeriod=number % 9,
        )


def _keys(cloud: MotoClients, region: str, count: int) -> None:
    kms = cloud.client("kms", region)
    for number in range(count):
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        if number % 2:
            kms.enable_key_rotation(KeyId=key)


def _functions(cloud: MotoClients, region: str, count: int) -> None:
    role = cloud.client("iam").create_role(
        RoleName=f"runs-{region}", AssumeRolePolicyDocument=json.dumps(_TRUST)
    )["Role"]["Arn"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as code:
        code.writestr("main.py", "def handler(event, context): pass")
    for number in range(count):
        cloud.client("lambda", region).create_function(
            FunctionName=f"job-{number:03}",
            Runtime="python3.12" if number % 3 else "python3.8",
            Role=role,
            Handler="main.handler",
            Code={"ZipFile": packed.getvalue()},
        )


def _tables(cloud: MotoClients, region: str, count: int) -> None:
    for number in range(count):
        cloud.client("dynamodb", region).create_table(
            TableName=f"visits-{number:03}",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )


def _logs(cloud: MotoClients, region: str, count: int) -> None:
    for number in range(count):
        cloud.client("logs", region).create_log_group(logGroupName=f"/clinic/{number:03}")


def _secrets(cloud: MotoClients, region: str, count: int) -> None:
    for number in range(count):
        cloud.client("secretsmanager", region).create_secret(Name=f"login-{number:03}", SecretString="x")


def _messages(cloud: MotoClients, region: str, count: int) -> None:
    for number in range(count):
        cloud.client("sns", region).create_topic(Name=f"alarm-{number:03}")
        cloud.client("sqs", region).create_queue(QueueName=f"orders-{number:03}")


def _balancers(cloud: MotoClients, region: str, count: int) -> None:
    ec2, elbv2 = cloud.client("ec2", region), cloud.client("elbv2", region)
    subnets = [row["SubnetId"] for row in ec2.describe_subnets()["Subnets"]][:2]
    for number in range(count):
        made = elbv2.create_load_balancer(Name=f"front-{number:03}", Subnets=subnets)["LoadBalancers"][0]
        elbv2.create_listener(
            LoadBalancerArn=made["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
        )


def _files(cloud: MotoClients, region: str, count: int) -> None:
    for number in range(count):
        cloud.client("efs", region).create_file_system(
            CreationToken=f"share-{number}", Encrypted=number % 2 == 0
        )


def _repositories(cloud: MotoClients, region: str, count: int) -> None:
    for number in range(count):
        cloud.client("ecr", region).create_repository(repositoryName=f"ward/{number:03}")


EACH_REGION: tuple[tuple[Callable[[MotoClients, str, int], None], int], ...] = (
    (_volumes, 63),
    (_instances, 50),
    (_databases, 10),
    (_keys, 15),
    (_functions, 20),
    (_tables, 15),
    (_logs, 10),
    (_secrets, 5),
    (_messages, 3),
    (_balancers, 2),
    (_files, 2),
    (_repositories, 3),
)
