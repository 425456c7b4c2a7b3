"""A seeded estate with its truth: what each check must say about each resource, known before anything is polled."""

from __future__ import annotations

import json
from typing import Any

ACCOUNT = "123456789012"
HOME = "us-east-1"
KINDS = frozenset(
    {
        "aws.account",
        "aws.cloudtrail.trail",
        "aws.ec2.instance",
        "aws.ec2.region",
        "aws.ec2.security_group",
        "aws.ec2.snapshot",
        "aws.ec2.volume",
        "aws.iam.key",
        "aws.iam.role",
        "aws.iam.user",
        "aws.kms.key",
        "aws.s3.bucket",
    }
)
PASS, FAIL, NONE, UNKNOWN = "pass", "fail", "not_applicable", "unknown"


def tls_only(bucket: str) -> str:
    arn = f"arn:aws:s3:::{bucket}"
    denial = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [denial]})


def public_read(bucket: str) -> str:
    grant = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [grant]})


def seed(cloud: Any, scale: int = 1) -> dict[tuple[str, str], str]:
    """Fill both regions; returns {(check, resource name): status}."""
    truth: dict[tuple[str, str], str] = {}
    _buckets(cloud, truth, 8 * scale)
    _users(cloud, truth, 6 * scale)
    _roles(cloud, truth)
    for region in ("eu-west-1", HOME):
        _storage(cloud, truth, region, 3 * scale)
        _instances(cloud, truth, region, 3 * scale)
        _keys(cloud, truth, region, 2 * scale)
        _groups(cloud, truth, region)
    _trails(cloud, truth)
    _account(cloud, truth)
    cloud.front.counts.clear()
    return truth


def _buckets(cloud: Any, truth: dict[tuple[str, str], str], count: int) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="access-logs")
    s3.put_bucket_acl(Bucket="access-logs", ACL="log-delivery-write")
    for number in range(count):
        name = f"ward-{number:04}"
        s3.create_bucket(Bucket=name)
        _bucket(s3, name, number, truth)


def _bucket(s3: Any, name: str, number: int, truth: dict[tuple[str, str], str]) -> None:
    encrypted, versioned, logged, closed = number % 2 == 0, number % 4, number % 3 == 0, number % 5 == 0
    if encrypted:
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms" if number % 4 else "AES256"}}
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    if versioned < 2:
        status = "Enabled" if versioned == 0 else "Suspended"
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status})
    if logged:
        target = {"LoggingEnabled": {"TargetBucket": "access-logs", "TargetPrefix": name}}
        s3.put_bucket_logging(Bucket=name, BucketLoggingStatus=target)
    public = number % 4 == 3
    if number % 3 == 1:
        s3.put_bucket_policy(Bucket=name, Policy=tls_only(name))
    elif public:
        s3.put_bucket_policy(Bucket=name, Policy=public_read(name))
    read_by_all = number % 6 == 2
    if read_by_all:
        s3.put_bucket_acl(Bucket=name, ACL="public-read")
    if closed:
        on = dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        )
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=on)
    opened = not closed and ((public and number % 3 != 1) or read_by_all)
    truth["aws-s3-bucket-encryption", name] = PASS if encrypted else FAIL
    truth["aws-s3-bucket-versioning", name] = PASS if versioned == 0 else FAIL
    truth["aws-s3-bucket-access-logging", name] = PASS if logged else FAIL
    truth["aws-s3-bucket-tls-only", name] = PASS if number % 3 == 1 else FAIL
    truth["aws-s3-bucket-not-public", name] = FAIL if opened else PASS
    truth["aws-s3-bucket-public-access-block", name] = PASS if closed else FAIL
    for asked_for in ("replication", "disposal-rule", "acls-off"):
        truth[f"aws-s3-bucket-{asked_for}", name] = NONE


def _users(cloud: Any, truth: dict[tuple[str, str], str], count: int) -> None:
    iam = cloud.client("iam")
    for number in range(count):
        name = f"user-{number:03}"
        iam.create_user(UserName=name)
        console, mfa, keys, admin = number % 3 != 0, number % 2 == 0, number % 3, number % 4 == 1
        if console:
            iam.create_login_profile(UserName=name, Password="not a secret 123")
        if mfa:
            serial = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"][
                "SerialNumber"
            ]
            iam.enable_mfa_device(
                UserName=name, SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321"
            )
        for _ in range(keys):
            key = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
            truth["aws-iam-key-age", f"{name}/{key}"] = PASS
        if admin:
            everything = {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
            }
            iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=json.dumps(everything))
        truth["aws-iam-user-console-mfa", name] = (PASS if mfa else FAIL) if console else NONE
        truth["aws-iam-user-single-key", name] = (NONE, PASS, FAIL)[keys]
        truth["aws-iam-user-key-mfa", name] = (PASS if mfa else FAIL) if keys else NONE
        truth["aws-iam-user-unused-key", name] = PASS if keys else NONE
        truth["aws-iam-user-unused-password", name] = PASS if console else NONE
        truth["aws-iam-user-personal-name", name] = PASS if console else NONE
        truth["aws-iam-user-no-full-access", name] = FAIL if admin else PASS
        truth["aws-iam-user-no-own-policies", name] = FAIL if admin else PASS


def _roles(cloud: Any, truth: dict[tuple[str, str], str]) -> None:
    iam = cloud.client("iam")
    wanted = {
        "nurse": ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, 3600, PASS, PASS),
        "night": ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, 43200, FAIL, PASS),
        "anyone": ({"AWS": "*"}, 3600, PASS, FAIL),
        "worker": ({"Service": "ec2.amazonaws.com"}, 43200, NONE, PASS),
    }
    for name, (principal, seconds, session, trust) in wanted.items():
        document = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}],
        }
        iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=json.dumps(document), MaxSessionDuration=seconds
        )
        truth["aws-iam-role-session-duration", name] = session
        truth["aws-iam-role-trust", name] = trust
        truth["aws-iam-role-outside-trust", name] = FAIL if name == "anyone" else NONE
        truth["aws-iam-no-full-access", name] = PASS


def _storage(cloud: Any, truth: dict[tuple[str, str], str], region: str, count: int) -> None:
    ec2 = cloud.client("ec2", region)
    for number in range(count):
        encrypted, public = number % 2 == 0, number % 3 == 2
        volume = ec2.create_volume(AvailabilityZone=f"{region}a", Size=1, Encrypted=encrypted)["VolumeId"]
        snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
        if public:
            ec2.modify_snapshot_attribute(
                SnapshotId=snapshot,
                Attribute="createVolumePermission",
                GroupNames=["all"],
                OperationType="add",
            )
        truth["aws-ec2-volume-encryption", volume] = PASS if encrypted else FAIL
        truth["aws-ec2-volume-attached", volume] = FAIL
        truth["aws-ec2-snapshot-encryption", snapshot] = PASS if encrypted else FAIL
        truth["aws-ec2-snapshot-not-public", snapshot] = FAIL if public else PASS
    if region == HOME:
        ec2.enable_ebs_encryption_by_default()
    truth["aws-ec2-region-ebs-encryption", region] = PASS if region == HOME else FAIL
    truth["aws-ec2-region-snapshot-block", region] = FAIL


def _instances(cloud: Any, truth: dict[tuple[str, str], str], region: str, count: int) -> None:
    ec2 = cloud.client("ec2", region)
    for number in range(count):
        tokens = "required" if number % 2 else "optional"
        made = ec2.run_instances(
            ImageId="ami-12345678", MinCount=1, MaxCount=1, MetadataOptions={"HttpTokens": tokens}
        )["Instances"][0]["InstanceId"]
        truth["aws-ec2-instance-imdsv2", made] = PASS if number % 2 else FAIL
        truth["aws-ec2-instance-managed", made] = FAIL
        truth["aws-ec2-instance-inventory", made] = NONE
        truth["aws-ec2-instance-age", made] = PASS
        truth["aws-ec2-instance-image-age", made] = UNKNOWN
        truth["aws-ec2-instance-role", made] = FAIL
        truth["aws-ec2-instance-patches", made] = UNKNOWN


def _keys(cloud: Any, truth: dict[tuple[str, str], str], region: str, count: int) -> None:
    kms = cloud.client("kms", region)
    for number in range(count):
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        if number % 2:
            kms.enable_key_rotation(KeyId=key)
        truth["aws-kms-key-rotation", key] = PASS if number % 2 else FAIL
        truth["aws-kms-key-kept", key] = PASS
        truth["aws-kms-key-not-public", key] = PASS
    doomed = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=doomed, PendingWindowInDays=7)
    truth["aws-kms-key-kept", doomed] = FAIL
    truth["aws-kms-key-rotation", doomed] = NONE


def _groups(cloud: Any, truth: dict[tuple[str, str], str], region: str) -> None:
    ec2 = cloud.client("ec2", region)
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    openings = {
        "open-ssh": ("tcp", 22, "0.0.0.0/0", FAIL, PASS),
        "open-database": ("tcp", 5432, "0.0.0.0/0", PASS, FAIL),
        "open-all": ("-1", None, "0.0.0.0/0", FAIL, FAIL),
        "office": ("tcp", 22, "198.51.100.0/24", PASS, PASS),
    }
    for name, (protocol, port, cidr, admin, database) in openings.items():
        group = ec2.create_security_group(GroupName=f"{name}-{region}", Description="x")["GroupId"]
        rule: dict[str, Any] = {"IpProtocol": protocol, "IpRanges": [{"CidrIp": cidr}]}
        if port:
            rule |= {"FromPort": port, "ToPort": port}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
        ec2.create_network_interface(SubnetId=subnet, Groups=[group])
        truth["aws-ec2-security-group-admin-ports", f"{name}-{region}"] = admin
        truth["aws-ec2-security-group-database-ports", f"{name}-{region}"] = database
        truth["aws-ec2-security-group-all-ports", f"{name}-{region}"] = FAIL if protocol == "-1" else PASS
        truth["aws-ec2-security-group-default-closed", f"{name}-{region}"] = NONE


def _trails(cloud: Any, truth: dict[tuple[str, str], str]) -> None:
    everywhere = cloud.client("cloudtrail")
    everywhere.create_trail(
        Name="everywhere",
        S3BucketName="access-logs",
        IsMultiRegionTrail=True,
        EnableLogFileValidation=True,
        KmsKeyId="alias/logs",
    )
    everywhere.start_logging(Name="everywhere")
    everywhere.put_event_selectors(
        TrailName="everywhere", EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True}]
    )
    stopped = cloud.client("cloudtrail", "eu-west-1")
    stopped.create_trail(Name="stopped", S3BucketName="access-logs")
    stopped.put_event_selectors(
        TrailName="stopped", EventSelectors=[{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}]
    )
    for check, first, second in (
        ("delivering", PASS, FAIL),
        ("validation", PASS, FAIL),
        ("encryption", PASS, FAIL),
        ("management-events", PASS, FAIL),
    ):
        truth[f"aws-cloudtrail-trail-{check}", "everywhere"] = first
        truth[f"aws-cloudtrail-trail-{check}", "stopped"] = second


def _account(cloud: Any, truth: dict[tuple[str, str], str]) -> None:
    cloud.client("iam").update_account_password_policy(MinimumPasswordLength=16)
    cloud.client("s3control").put_public_access_block(
        AccountId=ACCOUNT,
        PublicAccessBlockConfiguration={"BlockPublicAcls": True, "BlockPublicPolicy": True},
    )
    truth["aws-account-password-policy", ACCOUNT] = PASS
    truth["aws-account-public-access-block", ACCOUNT] = FAIL
    truth["aws-account-root-mfa", ACCOUNT] = FAIL
    truth["aws-account-root-keys", ACCOUNT] = PASS
    truth["aws-account-trail-everywhere", ACCOUNT] = PASS
