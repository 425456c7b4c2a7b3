from __future__ import annotations

import pytest

from checks.backup.aws_databases import cluster_has_a_standby, database_is_backed_up, instance_has_a_standby
from evidence.facts.aws_databases import DatabaseBackup, DatabaseEngine, DatabaseUpkeep
from tests.checks.strict import Strict


def engine(cluster=None):
    return Strict(DatabaseEngine, name="postgres", version="1", cluster=cluster)


@pytest.mark.parametrize(
    ("days", "replica", "cluster", "status"),
    [
        (7, False, None, "pass"),
        (6, False, None, "fail"),
        (0, False, None, "fail"),
        (0, True, None, "not_applicable"),
        (7, True, None, "pass"),
        (0, False, "wards", "not_applicable"),
    ],
)
def test_backups_are_judged_where_they_are_made(days, replica, cluster, status):
    backup = Strict(DatabaseBackup, retention_days=days, replica=replica)
    assert database_is_backed_up.judge(engine(cluster), backup).status == status


@pytest.mark.parametrize(
    ("multi_az", "cluster", "status"),
    [(True, None, "pass"), (False, None, "fail"), (False, "wards", "not_applicable")],
)
def test_a_lone_instance_needs_a_standby(multi_az, cluster, status):
    upkeep = Strict(DatabaseUpkeep, minor_upgrades=True, multi_az=multi_az)
    assert instance_has_a_standby.judge(engine(cluster), upkeep).status == status


@pytest.mark.parametrize(("multi_az", "status"), [(True, "pass"), (False, "fail")])
def test_a_cluster_needs_an_instance_in_another_zone(multi_az, status):
    assert cluster_has_a_standby.judge(multi_az).status == status
