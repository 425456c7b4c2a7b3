from __future__ import annotations

import pytest

from tests.collectors.aws.family import assert_empty, assert_refused, assert_steady, assert_true
from tests.servers.moto_clients import ACCOUNT

pytestmark = pytest.mark.server("moto")

PASS, FAIL, NONE, UNKNOWN = "pass", "fail", "not_applicable", "unknown"
ON_BOTH = (
    "aws-rds-storage-encryption aws-rds-automatic-backups aws-rds-logs-exported aws-rds-tls-only "
    "aws-rds-central-logins"
)
ON_INSTANCES = "aws-rds-instance-not-public aws-rds-instance-standby aws-rds-idle-session aws-rds-instance-minor-upgrades"
SHARED = "aws-rds-snapshot-not-public aws-rds-snapshot-not-shared"
ON_SNAPSHOTS = f"aws-rds-snapshot-encryption {SHARED}"
INHERITED = (
    "<DescribeDBParametersResponse><DescribeDBParametersResult><Parameters><Parameter>"
    "<ParameterName>idle_session_timeout</ParameterName><ParameterValue>0</ParameterValue>"
    "<Source>system</Source></Parameter></Parameters></DescribeDBParametersResult></DescribeDBParametersResponse>"
)
LOGIN = {"MasterUsername": "dba", "MasterUserPassword": "not a secret"}


def group(rds, name, family, **values):
    rds.create_db_parameter_group(DBParameterGroupName=name, DBParameterGroupFamily=family, Description="x")
    if not values:
        return
    rds.modify_db_parameter_group(
        DBParameterGroupName=name,
        Parameters=[
            {"ParameterName": key, "ParameterValue": value, "ApplyMethod": "immediate", "Source": "user"}
            for key, value in values.items()
        ],
    )


def instance(rds, name, **other):
    given = {"Engine": "postgres", "DBInstanceClass": "db.t3.micro", "AllocatedStorage": 20, **LOGIN}
    rds.create_db_instance(DBInstanceIdentifier=name, **given | other)


@pytest.fixture
def databases(cloud):
    rds = cloud.client("rds")
    group(rds, "strict", "postgres16", **{"rds.force_ssl": "1", "idle_session_timeout": "900000"})
    group(rds, "lax", "postgres16", **{"rds.force_ssl": "0", "idle_session_timeout": "0"})
    good = {
        "StorageEncrypted": True,
        "BackupRetentionPeriod": 14,
        "MultiAZ": True,
        "PubliclyAccessible": False,
        "AutoMinorVersionUpgrade": True,
        "EnableIAMDatabaseAuthentication": True,
        "EnableCloudwatchLogsExports": ["postgresql"],
        "DBParameterGroupName": "strict",
    }
    bad = {
        "StorageEncrypted": False,
        "BackupRetentionPeriod": 1,
        "MultiAZ": False,
        "PubliclyAccessible": True,
        "AutoMinorVersionUpgrade": False,
        "EnableIAMDatabaseAuthentication": False,
        "DBParameterGroupName": "lax",
    }
    instance(rds, "ward", **good)
    instance(rds, "shed", **bad)
    book = {"Engine": "oracle-se2", "StorageEncrypted": True, "PubliclyAccessible": False}
    instance(cloud.client("rds", "eu-west-1"), "book", **book)
    rds.create_db_snapshot(DBInstanceIdentifier="ward", DBSnapshotIdentifier="kept")
    rds.create_db_snapshot(DBInstanceIdentifier="shed", DBSnapshotIdentifier="leaked")
    rds.modify_db_snapshot_attribute(
        DBSnapshotIdentifier="leaked", AttributeName="restore", ValuesToAdd=["all"]
    )
    cloud.front.counts.clear()
    return cloud


TRUTH = {
    **{(check, "ward"): PASS for check in f"{ON_BOTH} {ON_INSTANCES}".split()},
    **{(check, "shed"): FAIL for check in f"{ON_BOTH} {ON_INSTANCES}".split()},
    ("aws-rds-storage-encryption", "book"): PASS,
    ("aws-rds-tls-only", "book"): UNKNOWN,
    ("aws-rds-idle-session", "book"): NONE,
    ("aws-rds-snapshot-encryption", "kept"): PASS,
    ("aws-rds-snapshot-not-public", "kept"): PASS,
    ("aws-rds-snapshot-encryption", "leaked"): FAIL,
    ("aws-rds-snapshot-not-public", "leaked"): FAIL,
    ("aws-rds-snapshot-not-shared", "kept"): PASS,
    ("aws-rds-snapshot-not-shared", "leaked"): FAIL,
}


def test_every_verdict_about_seeded_databases_is_the_true_one(databases):
    assert_true(databases, TRUTH)


def test_a_cluster_is_judged_and_its_instances_leave_to_it_what_it_decides(cloud):
    rds = cloud.client("rds")
    group(rds, "wards", "aurora-postgresql16")
    cloud.front.canned["rds.describe_db_parameters"] = INHERITED
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName="tls", DBParameterGroupFamily="aurora-postgresql16", Description="x"
    )
    rds.modify_db_cluster_parameter_group(
        DBClusterParameterGroupName="tls",
        Parameters=[{"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}],
    )
    rds.create_db_cluster(
        DBClusterIdentifier="wards",
        Engine="aurora-postgresql",
        StorageEncrypted=True,
        BackupRetentionPeriod=7,
        EnableIAMDatabaseAuthentication=True,
        EnableCloudwatchLogsExports=["postgresql"],
        DBClusterParameterGroupName="tls",
        **LOGIN,
    )
    instance(
        rds,
        "wards-1",
        Engine="aurora-postgresql",
        DBClusterIdentifier="wards",
        DBParameterGroupName="wards",
    )
    rds.create_db_cluster_snapshot(DBClusterIdentifier="wards", DBClusterSnapshotIdentifier="week")
    truth = {(check, "wards"): PASS for check in ON_BOTH.split()}
    truth |= {(check, "wards-1"): NONE for check in [*ON_BOTH.split(), "aws-rds-instance-standby"]}
    truth |= {(check, "week"): PASS for check in ON_SNAPSHOTS.split()}
    truth["aws-rds-idle-session", "wards-1"] = UNKNOWN
    truth["aws-rds-cluster-standby", "wards"] = FAIL
    assert_true(cloud, truth)


def test_a_parameter_group_is_read_once_for_all_that_use_it(databases):
    for number in range(4):
        instance(databases.client("rds"), f"more-{number}", DBParameterGroupName="strict")
    databases.front.counts.clear()
    databases.poll(checks=["aws-rds-tls-only", "aws-rds-idle-session"])
    counts = databases.front.counts
    # "strict" and "lax"; nothing is asked about an engine of which no parameter is watched.
    assert counts["rds.describe_db_parameters"] == 2
    assert counts["rds.describe_db_instances"] == 2


LOGS = "aws-rds-logs-exported"


@pytest.fixture
def audited(cloud):
    rds = cloud.client("rds")
    held = {"EngineName": "mysql", "MajorEngineVersion": "8.0", "OptionGroupDescription": "x"}
    for name in ("audits", "other"):
        rds.create_option_group(OptionGroupName=name, **held)
    option = {"OptionName": "MARIADB_AUDIT_PLUGIN", "OptionSettings": []}
    rds.modify_option_group(OptionGroupName="audits", OptionsToInclude=[option])
    mysql = {"Engine": "mysql", "EngineVersion": "8.0.36", "EnableCloudwatchLogsExports": ["audit"]}
    instance(rds, "written", OptionGroupName="audits", **mysql)
    instance(rds, "written-too", OptionGroupName="audits", **mysql)
    instance(rds, "empty", OptionGroupName="other", **mysql)
    instance(rds, "plain", **mysql)
    instance(rds, "kept", OptionGroupName="audits", **mysql | {"EnableCloudwatchLogsExports": ["error"]})
    cloud.front.counts.clear()
    return cloud


def test_an_audit_log_that_no_plugin_writes_is_not_sent_though_it_is_to_be(audited):
    wanted = {"written": PASS, "written-too": PASS, "empty": FAIL, "plain": FAIL, "kept": FAIL}
    assert_true(audited, {(LOGS, name): want for name, want in wanted.items()})


def test_an_option_group_is_read_once_and_one_that_holds_nothing_not_at_all(audited):
    audited.poll(checks=[LOGS])
    assert audited.front.counts["rds.describe_option_groups"] == 2
    assert_refused(audited, "rds.describe_option_groups", "rds:DescribeOptionGroups", LOGS)


def test_no_settings_of_options_are_kept(audited):
    results = audited.poll(checks=[LOGS]).values()
    kept = b"".join(data for result in results for data in result.objects.values())
    assert b"MARIADB_AUDIT_PLUGIN" in kept
    assert b"OptionSettings" not in kept


def test_a_snapshot_shared_with_another_account_is_not_public_and_not_unshared_either(databases):
    databases.client("rds").modify_db_snapshot_attribute(
        DBSnapshotIdentifier="kept", AttributeName="restore", ValuesToAdd=["999988887777"]
    )
    public, shared = SHARED.split()
    assert_true(databases, {(public, "kept"): PASS, (shared, "kept"): FAIL})


def test_both_questions_about_sharing_cost_one_call_a_snapshot(databases):
    databases.poll(checks=SHARED.split())
    assert databases.front.counts["rds.describe_db_snapshot_attributes"] == 2


def test_an_automatic_snapshot_is_not_asked_about_its_sharing(databases):
    databases.client("rds").create_db_snapshot(DBInstanceIdentifier="ward", DBSnapshotIdentifier="hand")
    databases.front.counts.clear()
    results = databases.poll(checks=["aws-rds-snapshot-not-public"])
    names = {o.resource.name for o in results[f"aws/{ACCOUNT}", "aws.rds.snapshot"].observations}
    assert {"hand", "kept", "leaked"} <= names
    by_hand = {name for name in names if not name.startswith("rds:")}
    assert databases.front.counts["rds.describe_db_snapshot_attributes"] == len(by_hand)


@pytest.mark.parametrize(
    ("operation", "permission", "checks"),
    [
        ("rds.describe_db_instances", "rds:DescribeDBInstances", f"{ON_BOTH} {ON_INSTANCES}"),
        ("rds.describe_db_clusters", "rds:DescribeDBClusters", ON_BOTH),
        ("rds.describe_db_parameters", "rds:DescribeDBParameters", "aws-rds-tls-only aws-rds-idle-session"),
        ("rds.describe_db_snapshots", "rds:DescribeDBSnapshots", ON_SNAPSHOTS),
        ("rds.describe_db_cluster_snapshots", "rds:DescribeDBClusterSnapshots", ON_SNAPSHOTS),
        (
            "rds.describe_db_snapshot_attributes",
            "rds:DescribeDBSnapshotAttributes",
            SHARED,
        ),
    ],
)
def test_a_refused_call_gives_unknown_that_names_the_permission(databases, operation, permission, checks):
    assert_refused(databases, operation, permission, checks)


def test_an_account_without_databases_has_nothing_to_judge(cloud):
    assert_empty(cloud, f"{ON_BOTH} {ON_INSTANCES} {ON_SNAPSHOTS}")


def test_databases_are_the_same_however_many_look_and_however_often(databases):
    assert_steady(databases, f"{ON_BOTH} {ON_INSTANCES} {ON_SNAPSHOTS}")


def test_databases_on_more_than_one_page_are_all_read(databases):
    for number in range(3):
        instance(databases.client("rds"), f"more-{number}", DBParameterGroupName="strict")
    databases.front.page_size = 2
    databases.front.counts.clear()
    results = databases.poll(databases.source(regions=("us-east-1",)), ["aws-rds-storage-encryption"])
    (coverage,) = results[f"aws/{ACCOUNT}", "aws.rds.instance"].coverage
    assert (coverage.status.value, coverage.listed) == ("complete", 5)
    assert databases.front.counts["rds.describe_db_instances"] == 3


def test_what_aws_leaves_out_of_one_row_is_unknown_for_it_and_stops_no_listing(cloud):
    instance(cloud.client("rds"), "quiet", StorageEncrypted=True)
    verdicts = cloud.verdicts("aws-rds-instance-not-public", "aws-rds-storage-encryption")
    assert verdicts["aws-rds-instance-not-public", "quiet"] == UNKNOWN
    assert verdicts["aws-rds-storage-encryption", "quiet"] == PASS


def domain_member(status):
    return (
        "<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances><DBInstance>"
        "<DBInstanceIdentifier>ward</DBInstanceIdentifier><DbiResourceId>db-1</DbiResourceId>"
        f"<DBInstanceArn>arn:aws:rds:us-east-1:{ACCOUNT}:db:ward</DBInstanceArn>"
        "<Engine>postgres</Engine><EngineVersion>16.4</EngineVersion>"
        f"<DomainMemberships><DomainMembership><Status>{status}</Status></DomainMembership></DomainMemberships>"
        "</DBInstance></DBInstances></DescribeDBInstancesResult></DescribeDBInstancesResponse>"
    )


@pytest.mark.parametrize(
    ("status", "want"),
    [("joined", PASS), ("kerberos-enabled", PASS), ("pending-enable-kerberos", FAIL), ("failed", FAIL)],
)
def test_a_directory_vouches_for_logins_where_the_database_joined_it_or_takes_its_kerberos(
    cloud, status, want
):
    cloud.front.canned["rds.describe_db_instances"] = domain_member(status)
    assert_true(cloud, {("aws-rds-central-logins", "ward"): want})
