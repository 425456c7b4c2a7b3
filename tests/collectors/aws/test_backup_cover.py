from __future__ import annotations

import pytest

from tests.collectors.aws.family import assert_refused, assert_true
from tests.collectors.aws.joined import assert_unseen, statuses

pytestmark = pytest.mark.server("moto")

PASS, FAIL, NONE, UNKNOWN = "pass", "fail", "not_applicable", "unknown"
DATABASE, STORE, INSTANCE = (
    "aws-backup-plan-covers-database",
    "aws-backup-plan-covers",
    "aws-backup-plan-covers-instance",
)
BY_TAG = {
    "SelectionName": "phi",
    "IamRoleArn": "arn:aws:iam::1:role/backup",
    "Resources": [],
    "ListOfTags": [{"ConditionType": "STRINGEQUALS", "ConditionKey": "data", "ConditionValue": "phi"}],
    "NotResources": [],
    "Conditions": {},
}
REACH = dict.fromkeys(("RDS", "EFS", "EC2", "EBS"), True)


def plan(cloud):
    rule = {"RuleName": "night", "TargetBackupVaultName": "v"}
    cloud.client("backup").create_backup_plan(BackupPlan={"BackupPlanName": "nightly", "Rules": [rule]})
    cloud.front.clear()
    cloud.front.canned |= {
        "backup.list_backup_selections": {"BackupSelectionsList": [{"SelectionId": "s"}]},
        "backup.get_backup_selection": {"BackupPlanId": "p", "SelectionId": "s", "BackupSelection": BY_TAG},
        "backup.describe_region_settings": {"ResourceTypeOptInPreference": REACH},
    }


@pytest.fixture
def stores(cloud):
    rds, efs = cloud.client("rds"), cloud.client("efs")
    for name, tags in (("ward", [{"Key": "data", "Value": "phi"}]), ("shed", [])):
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.m5.large",
            Engine="postgres",
            BackupRetentionPeriod=0,
            Tags=tags,
        )
        efs.create_file_system(CreationToken=name, Tags=[{"Key": "Name", "Value": name}, *tags])
    cloud.front.clear()
    return cloud


def test_a_plan_covers_what_its_tags_select_and_nothing_else(stores):
    plan(stores)
    truth = {(check, "ward"): PASS for check in (DATABASE, STORE)}
    assert_true(stores, truth | {(check, "shed"): FAIL for check in (DATABASE, STORE)})
    # Plans are asked once for each region, however many resources are held against them.
    assert stores.front.counts["backup.get_backup_selection"] == 1
    assert stores.front.counts["backup.describe_region_settings"] == 1


def test_without_any_plan_nothing_is_covered_and_other_ways_are_said_to_be_unseen(stores):
    assert_true(stores, {(DATABASE, "ward"): FAIL, (STORE, "shed"): FAIL})
    assert all("not looked at" in f.sentence for f in stores.judge([DATABASE]) if f.status.value == FAIL)


def test_a_database_with_backups_of_its_own_needs_no_plan(stores):
    stores.client("rds").modify_db_instance(DBInstanceIdentifier="shed", BackupRetentionPeriod=7)
    plan(stores)
    assert_true(stores, {(DATABASE, "ward"): PASS, (DATABASE, "shed"): NONE})


@pytest.mark.parametrize(
    ("operation", "permission"),
    [
        ("backup.list_backup_plans", "backup:ListBackupPlans"),
        ("backup.list_backup_selections", "backup:ListBackupSelections"),
        ("backup.get_backup_selection", "backup:GetBackupSelection"),
        ("backup.describe_region_settings", "backup:DescribeRegionSettings"),
    ],
)
def test_a_refused_call_gives_unknown_that_names_the_permission(stores, operation, permission):
    plan(stores)
    assert_refused(stores, operation, permission, f"{DATABASE} {STORE}")


def machine(ec2, name, tags, disk_tags):
    tag_sets = [
        {"ResourceType": kind, "Tags": held}
        for kind, held in (("instance", [{"Key": "Name", "Value": name}, *tags]), ("volume", disk_tags))
        if held
    ]
    ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, TagSpecifications=tag_sets)


def test_an_instance_is_covered_by_itself_or_by_every_one_of_its_disks(cloud):
    ec2, phi = cloud.client("ec2"), [{"Key": "data", "Value": "phi"}]
    for name, tags, disk_tags in (("whole", phi, []), ("disks", [], phi), ("bare", [], [])):
        machine(ec2, name, tags, disk_tags)
    plan(cloud)
    found = statuses(cloud, INSTANCE)
    assert {name: found[INSTANCE, name] for name in ("whole", "disks", "bare")} == {
        "whole": PASS,
        "disks": PASS,
        "bare": FAIL,
    }
    assert_unseen(cloud, "ec2.describe_volumes", "ec2:DescribeVolumes", INSTANCE)


def test_an_instance_is_left_unjudged_where_plans_could_not_be_read(cloud):
    machine(cloud.client("ec2"), "whole", [], [])
    plan(cloud)
    assert_unseen(cloud, "backup.list_backup_plans", "backup:ListBackupPlans", INSTANCE)
