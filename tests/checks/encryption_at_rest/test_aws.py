from __future__ import annotations

import pytest

from checks.encryption_at_rest import aws
from evidence.facts.aws import (
    BlockEncryption,
    BucketEncryption,
    KeyMetadata,
    KeyRotation,
    RegionEncryption,
    TrailSettings,
)
from tests.checks.strict import Strict


def key(**other):
    given = {
        "manager": "CUSTOMER",
        "state": "Enabled",
        "origin": "AWS_KMS",
        "spec": "SYMMETRIC_DEFAULT",
        "deletion_date": None,
    }
    return Strict(KeyMetadata, **{**given, **other})


def test_a_bucket_without_default_encryption_fails():
    assert aws.bucket_encrypts.judge(None).status == "fail"


@pytest.mark.parametrize(
    ("algorithm", "require_kms", "status"),
    [
        ("AES256", False, "pass"),
        ("AES256", True, "fail"),
        ("aws:kms", True, "pass"),
        ("aws:kms:dsse", True, "pass"),
    ],
)
def test_a_bucket_is_held_to_kms_only_where_the_policy_asks_for_it(algorithm, require_kms, status):
    fact = Strict(BucketEncryption, algorithm=algorithm, kms_key=None)
    assert aws.bucket_encrypts.judge(fact, require_kms=require_kms).status == status


@pytest.mark.parametrize("check", [aws.volume_is_encrypted, aws.snapshot_is_encrypted])
@pytest.mark.parametrize(("encrypted", "status"), [(True, "pass"), (False, "fail")])
def test_volumes_and_snapshots_pass_when_encrypted(check, encrypted, status):
    assert check.judge(Strict(BlockEncryption, encrypted=encrypted, kms_key=None)).status == status


@pytest.mark.parametrize(("on", "status"), [(True, "pass"), (False, "fail")])
def test_a_region_passes_when_new_volumes_are_encrypted(on, status):
    assert aws.region_encrypts_new_volumes.judge(Strict(RegionEncryption, by_default=on)).status == status


@pytest.mark.parametrize(("kms_key", "status"), [("arn:aws:kms:x", "pass"), (None, "fail")])
def test_a_trail_passes_with_a_key_of_its_own(kms_key, status):
    settings = Strict(
        TrailSettings, multi_region=True, organization=False, validation=True, kms_key=kms_key, bucket="b"
    )
    assert aws.trail_encrypts.judge(settings).status == status


@pytest.mark.parametrize(
    ("enabled", "days", "status"),
    [
        (True, None, "pass"),
        (True, 365, "pass"),
        (True, 2560, "fail"),
        (False, None, "fail"),
    ],
)
def test_a_key_passes_when_it_rotates_often_enough(enabled, days, status):
    rotation = Strict(KeyRotation, enabled=enabled, period_days=days)
    assert aws.key_rotates.judge(key(), rotation).status == status


@pytest.mark.parametrize("other", [{"manager": "AWS"}, {"spec": "RSA_2048"}, {"state": "PendingDeletion"}])
def test_rotation_does_not_apply_where_nobody_can_set_it(other):
    assert aws.key_rotates.judge(key(**other), None).status == "not_applicable"


def test_a_key_that_will_be_deleted_fails_and_names_the_day():
    doomed = key(state="PendingDeletion", deletion_date="2026-12-01T00:00:00Z")
    verdict = aws.key_is_kept.judge(doomed)
    assert verdict.status == "fail"
    assert "2026-12-01" in verdict.sentence


def test_a_key_in_use_passes_and_one_of_aws_does_not_apply():
    assert aws.key_is_kept.judge(key()).status == "pass"
    assert aws.key_is_kept.judge(key(manager="AWS")).status == "not_applicable"
