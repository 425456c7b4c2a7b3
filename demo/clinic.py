"""The clinic's cloud account: what stands there on the first night, and what happens before the second."""

from __future__ import annotations

import json
from typing import Any

import boto3

REGION = "us-east-1"
BUCKETS = ("clinic-records", "clinic-exports", "clinic-images")
PEOPLE = ("amara.okafor", "ben.larsen", "dr.lee")


class Clinic:
    """Seeds and changes a moto account through the real SDK."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.s3 = self._client("s3")
        self.ec2 = self._client("ec2")
        self.iam = self._client("iam")
        self.kms = self._client("kms")
        self.trail = self._client("cloudtrail")

    def _client(self, service: str) -> Any:
        return boto3.client(service, region_name=REGION, endpoint_url=self._url)

    def close(self) -> None:
        """Give the connections back."""
        for client in (self.s3, self.ec2, self.iam, self.kms, self.trail):
            client.close()

    def open(self) -> None:
        """The first night: mostly in order, with an export bucket nobody finished setting up."""
        for name in BUCKETS:
            self.s3.create_bucket(Bucket=name)
        for name in ("clinic-records", "clinic-images"):
            self.secure(name)
        self.s3.delete_bucket_encryption(Bucket="clinic-exports")
        self.iam.update_account_password_policy(
            MinimumPasswordLength=14, RequireSymbols=True, RequireNumbers=True
        )
        for name in PEOPLE:
            self._person(name)
        self._disk("ehr-database", encrypted=True)
        self._disk("old-scratch", encrypted=False)
        self.ec2.create_security_group(GroupName="front-desk", Description="web only")
        key = self.kms.create_key(Description="records")["KeyMetadata"]["KeyId"]
        self.kms.create_alias(AliasName="alias/records", TargetKeyId=key)
        self.kms.enable_key_rotation(KeyId=key)
        self.trail.create_trail(Name="clinic", S3BucketName="clinic-records", IsMultiRegionTrail=True)
        management = {"ReadWriteType": "All", "IncludeManagementEvents": True}
        self.trail.put_event_selectors(TrailName="clinic", EventSelectors=[management])
        self.trail.start_logging(Name="clinic")

    def secure(self, bucket: str) -> None:
        """Encryption, versions, TLS only, nothing public."""
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
        self.s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
        self.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        self.s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(_tls_only(bucket)))
        self.s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=_ALL_BLOCKED)

    def change(self) -> None:
        """The day between: one thing mended, one opened, one switched off for a moment, one thrown away."""
        self.secure("clinic-exports")
        self._open_remote_desktop()
        serial = f"arn:aws:iam::123456789012:mfa/{PEOPLE[2]}"
        self.iam.deactivate_mfa_device(UserName=PEOPLE[2], SerialNumber=serial)
        volumes = self.ec2.describe_volumes(Filters=[{"Name": "tag:Name", "Values": ["old-scratch"]}])[
            "Volumes"
        ]
        self.ec2.delete_volume(VolumeId=volumes[0]["VolumeId"])

    def _open_remote_desktop(self) -> None:
        group = self.ec2.create_security_group(GroupName="vendor-support", Description="until Friday")[
            "GroupId"
        ]
        anywhere = [{"CidrIp": "0.0.0.0/0"}]
        rule = {"IpProtocol": "tcp", "FromPort": 3389, "ToPort": 3389, "IpRanges": anywhere}
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
        subnet = self.ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        self.ec2.create_network_interface(SubnetId=subnet, Groups=[group])

    def _person(self, name: str) -> None:
        self.iam.create_user(UserName=name)
        self.iam.create_login_profile(UserName=name, Password="not-a-secret-1A!")  # noqa: S106 - of a moto user
        serial = self.iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"][
            "SerialNumber"
        ]
        self.iam.enable_mfa_device(
            UserName=name, SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321"
        )

    def _disk(self, name: str, *, encrypted: bool) -> None:
        tags = [{"ResourceType": "volume", "Tags": [{"Key": "Name", "Value": name}]}]
        self.ec2.create_volume(
            AvailabilityZone=f"{REGION}a", Size=8, Encrypted=encrypted, TagSpecifications=tags
        )


_ALL_BLOCKED = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)


def _tls_only(bucket: str) -> dict[str, Any]:
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": resources,
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }
