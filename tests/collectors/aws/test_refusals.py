from __future__ import annotations

import pytest

from collectors.aws.sdk import wire
from tests.servers.moto_clients import ACCOUNT

pytestmark = pytest.mark.server("moto")

REFUSED = {
    "s3.get_bucket_encryption": ("s3:GetEncryptionConfiguration", "aws-s3-bucket-encryption"),
    "s3.get_bucket_versioning": ("s3:GetBucketVersioning", "aws-s3-bucket-versioning"),
    "s3.get_bucket_logging": ("s3:GetBucketLogging", "aws-s3-bucket-access-logging"),
    "s3.get_bucket_policy": ("s3:GetBucketPolicy", "aws-s3-bucket-tls-only"),
    "s3.get_public_access_block": (
        "s3:GetBucketPublicAccessBlock",
        "aws-s3-bucket-not-public aws-s3-bucket-public-access-block",
    ),
    "s3.get_bucket_policy_status": ("s3:GetBucketPolicyStatus", "aws-s3-bucket-not-public"),
    "s3.get_bucket_acl": ("s3:GetBucketAcl", "aws-s3-bucket-not-public"),
    "s3.list_buckets": ("s3:ListAllMyBuckets", "aws-s3-bucket-encryption"),
    "s3control.get_public_access_block": (
        "s3:GetAccountPublicAccessBlock",
        "aws-account-public-access-block aws-s3-bucket-public-access-block",
    ),
    "iam.list_users": ("iam:ListUsers", "aws-iam-user-console-mfa"),
    "iam.list_access_keys": ("iam:ListAccessKeys", "aws-iam-key-age"),
    "iam.list_roles": ("iam:ListRoles", "aws-iam-role-session-duration aws-iam-role-trust"),
    "iam.generate_credential_report": ("iam:GenerateCredentialReport", "aws-iam-user-console-mfa"),
    "iam.get_credential_report": (
        "iam:GetCredentialReport",
        "aws-iam-user-console-mfa aws-iam-user-single-key aws-iam-user-key-mfa",
    ),
    "iam.get_account_authorization_details": (
        "iam:GetAccountAuthorizationDetails",
        "aws-iam-user-no-full-access aws-iam-user-no-own-policies",
    ),
    "iam.get_account_summary": ("iam:GetAccountSummary", "aws-account-root-mfa aws-account-root-keys"),
    "iam.get_account_password_policy": ("iam:GetAccountPasswordPolicy", "aws-account-password-policy"),
    "ec2.describe_volumes": ("ec2:DescribeVolumes", "aws-ec2-volume-encryption"),
    "ec2.describe_snapshots": ("ec2:DescribeSnapshots", "aws-ec2-snapshot-encryption"),
    "ec2.describe_snapshots public": ("ec2:DescribeSnapshots", "aws-ec2-snapshot-not-public"),
    "ec2.describe_instances": (
        "ec2:DescribeInstances",
        "aws-ec2-instance-imdsv2 aws-ec2-instance-public-address",
    ),
    "ec2.describe_security_groups": (
        "ec2:DescribeSecurityGroups",
        "aws-ec2-security-group-admin-ports aws-ec2-security-group-database-ports",
    ),
    "ec2.describe_network_interfaces": (
        "ec2:DescribeNetworkInterfaces",
        "aws-ec2-security-group-admin-ports aws-ec2-security-group-database-ports",
    ),
    "ec2.describe_images": ("ec2:DescribeImages", "aws-ec2-instance-image-age"),
    "ec2.get_ebs_encryption_by_default": ("ec2:GetEbsEncryptionByDefault", "aws-ec2-region-ebs-encryption"),
    "ec2.get_snapshot_block_public_access_state": (
        "ec2:GetSnapshotBlockPublicAccessState",
        "aws-ec2-region-snapshot-block",
    ),
    "ssm.describe_instance_information": ("ssm:DescribeInstanceInformation", "aws-ec2-instance-managed"),
    "ssm.describe_instance_patch_states": ("ssm:DescribeInstancePatchStates", "aws-ec2-instance-patches"),
    "kms.list_keys": ("kms:ListKeys", "aws-kms-key-kept"),
    "kms.describe_key": ("kms:DescribeKey", "aws-kms-key-kept aws-kms-key-rotation aws-kms-key-not-public"),
    "kms.get_key_rotation_status": ("kms:GetKeyRotationStatus", "aws-kms-key-rotation"),
    "kms.get_key_policy": ("kms:GetKeyPolicy", "aws-kms-key-not-public"),
    "cloudtrail.describe_trails": (
        "cloudtrail:DescribeTrails",
        "aws-cloudtrail-trail-validation aws-cloudtrail-trail-encryption aws-account-trail-everywhere",
    ),
    "cloudtrail.get_trail_status": (
        "cloudtrail:GetTrailStatus",
        "aws-cloudtrail-trail-delivering aws-account-trail-everywhere",
    ),
    "cloudtrail.get_event_selectors": (
        "cloudtrail:GetEventSelectors",
        "aws-cloudtrail-trail-management-events aws-account-trail-everywhere",
    ),
}
EIGHTEEN = [*sorted(REFUSED)[::2], "s3.list_buckets"]


def code_for(operation):
    return "UnauthorizedOperation" if operation.startswith("ec2.") else "AccessDenied"


@pytest.mark.parametrize("operation", REFUSED)
def test_a_refused_call_gives_unknown_that_names_the_permission_and_never_a_wrong_verdict(estate, operation):
    permission, names = REFUSED[operation]
    checks = names.split()
    estate.front.refused = {operation: code_for(operation)}
    findings = estate.judge(checks)
    unknown = [f for f in findings if f.status.value == "unknown"]
    assert {f.check for f in unknown} == set(checks)
    assert all(permission in f.sentence for f in unknown)
    for finding in findings:
        name = getattr(finding.subject, "name", "")
        told = estate.truth.get((finding.check, name), finding.status.value)
        assert finding.status.value in {"unknown", told}


def test_many_refusals_at_once_give_no_wrong_verdict_and_no_silent_check(estate):
    estate.front.refused = {operation: code_for(operation) for operation in EIGHTEEN}
    findings = estate.judge()
    spoken = {f.check for f in findings}
    assert {check for check, _ in estate.truth} <= spoken
    for finding in findings:
        name = getattr(finding.subject, "name", "")
        assert finding.status.value in {
            "unknown",
            estate.truth.get((finding.check, name), finding.status.value),
        }
        if finding.status.value == "unknown" and finding.missing:
            assert all(missing.need or missing.detail for _, missing in finding.missing)


def test_a_refused_call_is_recorded_with_its_code_and_counted_in_coverage(estate):
    estate.front.refused = {"s3.get_bucket_encryption": "AccessDenied"}
    result = estate.poll(checks=["aws-s3-bucket-encryption"])[f"aws/{ACCOUNT}", "aws.s3.bucket"]
    (coverage,) = result.coverage
    assert coverage.permissions_missing == ("s3:GetEncryptionConfiguration",)
    assert coverage.facts["encryption"].missing == (("denied", coverage.listed),)
    assert {call.error for call in result.calls if call.operation == "s3.get_bucket_encryption"} == {
        "AccessDenied"
    }


def test_a_region_that_is_not_enabled_does_not_apply(estate):
    estate.front.refused = {"eu-west-1/ec2.describe_volumes": "OptInRequired"}
    findings = estate.judge(["aws-ec2-volume-encryption"])
    scopes = {str(f.subject): f.status.value for f in findings if not hasattr(f.subject, "name")}
    assert scopes == {f"aws/{ACCOUNT}/eu-west-1": "not_applicable"}
    assert {f.subject.scope.part for f in findings if hasattr(f.subject, "name")} == {"us-east-1"}


def test_a_region_that_refuses_good_credentials_does_not_apply_where_aws_says_it_is_off(estate):
    estate.front.refused = {"xx-north-9/ec2.describe_volumes": "AuthFailure"}
    results = estate.poll(estate.source(regions=("us-east-1", "xx-north-9")), ["aws-ec2-volume-encryption"])
    statuses = {c.scope.part: c.status.value for c in results[f"aws/{ACCOUNT}", "aws.ec2.volume"].coverage}
    assert statuses == {"us-east-1": "complete", "xx-north-9": "not_applicable"}


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidClientTokenId", "AuthFailure"])
def test_credentials_that_stop_working_fail_the_whole_unit(estate, code):
    estate.front.refused = {"us-east-1/ec2.describe_volumes": code}
    results = estate.poll(checks=["aws-ec2-volume-encryption"])
    result = results[f"aws/{ACCOUNT}", "aws.ec2.volume"]
    assert [c.status.value for c in result.coverage] == ["failed"]
    assert result.observations == ()


def test_without_configured_regions_every_enabled_one_is_looked_at(estate):
    results = estate.poll(estate.source(regions=()), ["aws-ec2-volume-encryption"])
    parts = {c.scope.part for c in results[f"aws/{ACCOUNT}", "aws.ec2.volume"].coverage}
    assert {"us-east-1", "eu-west-1", "ap-southeast-2"} <= parts


def test_regions_that_cannot_be_asked_for_name_the_permission(estate):
    estate.front.refused = {"ec2.describe_regions": "UnauthorizedOperation"}
    findings = estate.judge(["aws-ec2-volume-encryption"], estate.source(regions=()))
    assert [f.status.value for f in findings] == ["unknown"]
    assert "ec2:DescribeRegions" in findings[0].sentence


def test_an_answer_longer_than_we_read_is_unknown_and_names_the_bound(estate, monkeypatch):
    monkeypatch.setattr(wire, "LONGEST", 2**20)
    estate.front.canned["s3.get_bucket_versioning"] = f"<VersioningConfiguration>{' ' * 2**20}"
    findings = estate.judge(["aws-s3-bucket-versioning"])
    assert {(f.status.value, f.sentence) for f in findings} == {
        ("unknown", "could not read versioning (error, the answer is longer than 1 MiB and was not read)")
    }
    assert estate.front.counts["s3.get_bucket_versioning"] == len(findings)
