from __future__ import annotations

import pytest

from checks.audit_controls.aws_databases import database_exports_its_log
from evidence.facts.aws_databases import DatabaseEngine, DatabaseParameters
from tests.checks.strict import Strict


@pytest.mark.parametrize(
    ("name", "logs", "status"),
    [
        ("postgres", ["postgresql"], "pass"),
        ("mysql", ["error", "slowquery"], "fail"),
        ("mysql", ["audit"], "pass"),
        ("oracle-se2-cdb", ["audit"], "pass"),
        ("sqlserver-web", [], "fail"),
        ("docdb", ["profiler"], "fail"),
        ("something-new", [], "not_applicable"),
    ],
)
def test_the_log_that_tells_who_used_the_database_must_leave_it(name, logs, status):
    engine = Strict(DatabaseEngine, name=name, version="1", cluster=None)
    assert database_exports_its_log.judge(engine, logs, None).status == status


def test_an_instance_of_a_cluster_leaves_the_question_to_it():
    engine = Strict(DatabaseEngine, name="aurora-mysql", version="1", cluster="wards")
    assert database_exports_its_log.judge(engine, [], None).status == "not_applicable"


@pytest.mark.parametrize(
    ("name", "switch", "value", "status"),
    [
        ("docdb", "audit_logs", "enabled", "pass"),
        ("docdb", "audit_logs", "ddl,dml_read", "pass"),
        ("docdb", "audit_logs", "disabled", "fail"),
        ("neptune", "neptune_enable_audit_log", "1", "pass"),
        ("neptune", "neptune_enable_audit_log", "0", "fail"),
        ("aurora-mysql", "server_audit_logging", "1", "pass"),
        ("aurora-mysql", "server_audit_logging", None, "fail"),
        ("docdb", "tls", "enabled", "unknown"),
    ],
)
def test_an_audit_log_that_is_not_written_cannot_be_sent(name, switch, value, status):
    engine = Strict(DatabaseEngine, name=name, version="1", cluster=None)
    group = Strict(DatabaseParameters, group="g", applied=True, values={switch: value}, chosen=[])
    assert database_exports_its_log.judge(engine, ["audit"], group).status == status


def test_what_a_parameter_group_will_say_after_a_restart_is_not_yet_so():
    engine = Strict(DatabaseEngine, name="docdb", version="1", cluster=None)
    group = Strict(DatabaseParameters, group="g", applied=False, values={"audit_logs": "enabled"}, chosen=[])
    assert database_exports_its_log.judge(engine, ["audit"], group).status == "unknown"
