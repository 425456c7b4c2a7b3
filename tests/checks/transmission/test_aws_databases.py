from __future__ import annotations

import pytest

from checks.transmission.aws_databases import database_refuses_plain_connections
from evidence.facts.aws_databases import DatabaseEngine, DatabaseParameters
from tests.checks.strict import Strict


def judge(engine, values, *, applied=True, cluster=None):
    facts = None
    if values is not None:
        facts = Strict(DatabaseParameters, group="g", applied=applied, values=values, chosen=[])
    named = Strict(DatabaseEngine, name=engine, version="1", cluster=cluster)
    return database_refuses_plain_connections.judge(named, facts).status


@pytest.mark.parametrize(
    ("engine", "values", "status"),
    [
        ("postgres", {"rds.force_ssl": "1", "idle_session_timeout": "0"}, "pass"),
        ("postgres", {"rds.force_ssl": "0"}, "fail"),
        ("postgres", {"rds.force_ssl": None}, "unknown"),
        ("postgres", {}, "unknown"),
        ("sqlserver-ex", {"rds.force_ssl": "1"}, "pass"),
        ("mysql", {"require_secure_transport": "ON"}, "pass"),
        ("mysql", {"require_secure_transport": "OFF"}, "fail"),
        ("mysql", {"require_secure_transport": None}, "fail"),
        ("mariadb", {"require_secure_transport": None}, "unknown"),
        ("docdb", {"tls": "enabled"}, "pass"),
        ("docdb", {"tls": "tls1.2+"}, "pass"),
        ("docdb", {"tls": "disabled"}, "fail"),
        ("docdb", {"tls": "someday"}, "unknown"),
        ("neptune", {"neptune_enforce_ssl": "0"}, "fail"),
        ("oracle-ee", None, "unknown"),
    ],
)
def test_only_a_parameter_that_was_read_settles_whether_tls_is_asked_for(engine, values, status):
    assert judge(engine, values) == status


def test_a_value_that_waits_for_a_restart_settles_nothing():
    assert judge("postgres", {"rds.force_ssl": "1"}, applied=False) == "unknown"


def test_an_instance_of_a_cluster_leaves_the_question_to_it():
    assert judge("aurora-postgresql", {"rds.force_ssl": "0"}, cluster="wards") == "not_applicable"
