from __future__ import annotations

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
VAULTS = "aws-backup-vault-locked aws-backup-vault-restored"
RESTORES = (
    "aws-backup-vault-restored aws-backup-restore-time aws-backup-restore-point aws-backup-restore-outcome"
)
PLACE = f"arn:aws:backup:us-east-1:{ACCOUNT}"


def days_ago(days):
    moment = datetime.combine(AS_OF, datetime.min.time(), UTC) - timedelta(days=days)
    return int(moment.timestamp())


def vault(name, **other):
    given = {
        "BackupVaultName": name,
        "BackupVaultArn": f"{PLACE}:backup-vault:{name}",
        "CreationDate": days_ago(900),
        "Locked": False,
        "NumberOfRecoveryPoints": 3,
    }
    return given | other


def job(name, days, hours=3, copy_hours=2, **other):
    ended = days_ago(days)
    begun = ended - 3600 * hours
    given = {
        "RestoreJobId": f"{name}-{days}",
        "BackupVaultArn": f"{PLACE}:backup-vault:{name}",
        "Status": "COMPLETED",
        "CreationDate": begun,
        "CompletionDate": ended,
        "RecoveryPointCreationDate": begun - 3600 * copy_hours,
    }
    return {key: value for key, value in (given | other).items() if value is not None}


def here(answer, empty):
    return lambda region: answer if region == "us-east-1" else empty


@pytest.fixture
def backups(cloud):
    backup = cloud.client("backup")
    for name in ("used", "unused"):
        rule = {"RuleName": "night", "TargetBackupVaultName": "good"}
        backup.create_backup_plan(BackupPlan={"BackupPlanName": name, "Rules": [rule]})
    plans = {
        row["BackupPlanName"]: row["BackupPlanId"] for row in backup.list_backup_plans()["BackupPlansList"]
    }
    cloud.front.clear()
    vaults = [
        vault("good", Locked=True, LockDate=days_ago(10), MinRetentionDays=30),
        vault("bad"),
        vault("stale", Locked=True),
        vault("empty", NumberOfRecoveryPoints=0),
    ]
    jobs = [
        job("good", 700),
        job("good", 7, ValidationStatus="SUCCESSFUL"),
        job("good", 1, Status="RUNNING", CompletionDate=None),
        job("stale", 700, hours=100, copy_hours=48),
        job("stale", 5, Status="FAILED"),
    ]
    copied = [
        {
            "ResourceArn": f"arn:aws:rds:us-east-1:{ACCOUNT}:db:{name}",
            "ResourceType": "RDS",
            "LastBackupTime": days_ago(days),
        }
        for name, days in (("ward", 1), ("shed", 9))
    ]
    canned = cloud.front.canned
    canned["backup.list_backup_vaults"] = here({"BackupVaultList": vaults}, {"BackupVaultList": []})
    canned["backup.list_restore_jobs"] = here({"RestoreJobs": jobs}, {"RestoreJobs": []})
    canned["backup.list_protected_resources"] = here({"Results": copied}, {"Results": []})
    cloud.plans = plans
    return cloud


TRUTH = {
    ("aws-backup-vault-locked", "good"): PASS,
    ("aws-backup-vault-locked", "bad"): FAIL,
    ("aws-backup-vault-locked", "stale"): PASS,
    ("aws-backup-vault-locked", "empty"): NONE,
    ("aws-backup-vault-restored", "good"): PASS,
    ("aws-backup-vault-restored", "bad"): UNKNOWN,
    ("aws-backup-vault-restored", "stale"): FAIL,
    ("aws-backup-vault-restored", "empty"): NONE,
    ("aws-backup-restore-time", "good"): PASS,
    ("aws-backup-restore-time", "bad"): UNKNOWN,
    ("aws-backup-restore-time", "stale"): FAIL,
    ("aws-backup-restore-time", "empty"): NONE,
    ("aws-backup-restore-point", "good"): PASS,
    ("aws-backup-restore-point", "stale"): UNKNOWN,
    ("aws-backup-restore-point", "empty"): NONE,
    ("aws-backup-restore-outcome", "good"): PASS,
    ("aws-backup-restore-outcome", "bad"): UNKNOWN,
    ("aws-backup-restore-outcome", "stale"): FAIL,
    ("aws-backup-restore-outcome", "empty"): NONE,
    ("aws-backup-copy-recent", "ward"): PASS,
    ("aws-backup-copy-recent", "shed"): FAIL,
    ("aws-backup-plan-selects", "used"): FAIL,
    ("aws-backup-plan-selects", "unused"): FAIL,
}


def test_every_verdict_about_seeded_backups_is_the_true_one(backups):
    assert_true(backups, TRUTH)
    assert_only_reads(backups)


def test_a_plan_with_a_selection_passes(backups):
    row = {"SelectionId": "s", "SelectionName": "all", "BackupPlanId": "p"}
    backups.front.canned["backup.list_backup_selections"] = {"BackupSelectionsList": [row]}
    verdicts = backups.verdicts("aws-backup-plan-selects")
    assert {verdicts["aws-backup-plan-selects", name] for name in ("used", "unused")} == {PASS}


@pytest.mark.parametrize(
    ("operation", "permission", "checks"),
    [
        ("backup.list_backup_vaults", "backup:ListBackupVaults", VAULTS),
        ("backup.list_restore_jobs", "backup:ListRestoreJobs", RESTORES),
        ("backup.list_backup_plans", "backup:ListBackupPlans", "aws-backup-plan-selects"),
        ("backup.list_backup_selections", "backup:ListBackupSelections", "aws-backup-plan-selects"),
        ("backup.list_protected_resources", "backup:ListProtectedResources", "aws-backup-copy-recent"),
    ],
)
def test_a_refused_call_gives_unknown_that_names_the_permission(backups, operation, permission, checks):
    assert_refused(backups, operation, permission, checks)


def test_recovery_time_and_point_are_counted_from_the_jobs_own_times(backups):
    told = {
        f.check: f.sentence
        for f in backups.judge(RESTORES.split())
        if getattr(f.subject, "name", "") == "good"
    }
    assert told["aws-backup-restore-time"].endswith("took 3 hours")
    assert told["aws-backup-restore-point"].endswith("was 2 hours old when the restore began")
    assert told["aws-backup-restore-outcome"].endswith("and the restored data was validated")


def test_an_account_without_backups_has_nothing_to_judge(cloud):
    assert_empty(cloud, f"{VAULTS} aws-backup-plan-selects aws-backup-copy-recent")


def test_backups_are_the_same_however_many_look_and_however_often(backups):
    assert_steady(backups, " ".join(sorted({check for check, _ in TRUTH})))
