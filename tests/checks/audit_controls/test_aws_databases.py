from __future__ import annotations

import pytest

from checks.audit_controls.aws_databases import database_exports_its_log
from evidence.facts.aws_databases import DatabaseEngine
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
    assert database_exports_its_log.judge(engine, logs).status == status


def test_an_instance_of_a_cluster_leaves_the_question_to_it():
    engine = Strict(DatabaseEngine, name="aurora-mysql", version="1", cluster="wards")
    assert database_exports_its_log.judge(engine, []).status == "not_applicable"
