from __future__ import annotations

import pytest

from checks.audit_controls.aws_databases import database_exports_its_log
from evidence.facts.aws_databases import AuditPlugin, DatabaseEngine, DatabaseParameters
from tests.checks.strict import Strict


def judged(name, logs, parameters=None, plugin=None, cluster=None):
    engine = Strict(DatabaseEngine, name=name, version="1", cluster=cluster)
    return database_exports_its_log.judge(engine, logs, parameters, plugin)


def parameters(*, applied=True, **values):
    return Strict(DatabaseParameters, group="g", applied=applied, values=values, chosen=[])


@pytest.mark.parametrize(
    ("name", "logs", "status"),
    [
        ("postgres", ["postgresql"], "pass"),
        ("mysql", ["error", "slowquery"], "fail"),
        ("mysql", ["audit"], "unknown"),
        ("aurora-mysql", ["error"], "fail"),
        ("oracle-se2-cdb", ["audit"], "pass"),
        ("sqlserver-web", [], "fail"),
        ("docdb", ["profiler"], "fail"),
        ("something-new", [], "not_applicable"),
    ],
)
def test_the_log_that_tells_who_used_the_database_must_leave_it(name, logs, status):
    assert judged(name, logs).status == status


def test_an_instance_of_a_cluster_leaves_the_question_to_it():
    assert judged("aurora-mysql", [], cluster="wards").status == "not_applicable"


@pytest.mark.parametrize(
    ("name", "switch", "value", "status"),
    [
        ("docdb", "audit_logs", "enabled", "pass"),
        ("docdb", "audit_logs", "ddl,dml_read", "pass"),
        ("docdb", "audit_logs", "disabled", "fail"),
        ("neptune", "neptune_enable_audit_log", "1", "pass"),
        ("neptune", "neptune_enable_audit_log", "0", "fail"),
        ("aurora-mysql", "server_audit_logging", None, "fail"),
        ("docdb", "tls", "enabled", "unknown"),
    ],
)
def test_an_audit_log_that_is_not_written_cannot_be_sent(name, switch, value, status):
    assert judged(name, ["audit"], parameters(**{switch: value})).status == status


def test_what_a_parameter_group_will_say_after_a_restart_is_not_yet_so():
    assert judged("docdb", ["audit"], parameters(applied=False, audit_logs="enabled")).status == "unknown"


@pytest.mark.parametrize(
    ("logs", "values", "status"),
    [
        (["audit"], {"server_audit_logging": "1", "server_audit_events": "CONNECT,QUERY"}, "pass"),
        (["audit"], {"server_audit_logging": "1", "server_audit_events": None}, "unknown"),
        (["audit"], {"server_audit_logging": "0", "server_audit_events": "CONNECT"}, "fail"),
        ([], {"server_audit_logging": "1", "server_audit_events": "CONNECT"}, "fail"),
        ([], {"server_audit_logging": "1", "server_audit_logs_upload": "1"}, "unknown"),
        ([], {"server_audit_logging": "1", "server_audit_logs_upload": "0"}, "fail"),
    ],
)
def test_aurora_writes_the_events_it_is_told_and_may_send_them_itself(logs, values, status):
    assert judged("aurora-mysql", logs, parameters(**values)).status == status


@pytest.mark.parametrize("name", ["mysql", "mariadb"])
@pytest.mark.parametrize(
    ("held", "applied", "logs", "status"),
    [
        (True, True, ["audit"], "pass"),
        (False, True, ["audit"], "fail"),
        (True, False, ["audit"], "unknown"),
        (False, False, ["audit"], "unknown"),
        (True, True, ["error"], "fail"),
    ],
)
def test_mysql_and_mariadb_write_an_audit_log_by_a_plugin_only(name, held, applied, logs, status):
    plugin = Strict(AuditPlugin, group="g", applied=applied, held=held)
    assert judged(name, logs, plugin=plugin).status == status
