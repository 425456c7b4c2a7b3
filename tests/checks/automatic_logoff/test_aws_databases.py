from __future__ import annotations

import pytest

from checks.automatic_logoff.aws_databases import idle_session_ends
from evidence.facts.aws_databases import DatabaseEngine, DatabaseParameters
from tests.checks.strict import Strict


def judge(values, *, engine="postgres", applied=True, cluster=None, chosen=(), **policy):
    facts = None
    if values is not None:
        facts = Strict(DatabaseParameters, group="g", applied=applied, values=values, chosen=list(chosen))
    named = Strict(DatabaseEngine, name=engine, version="1", cluster=cluster)
    return idle_session_ends.judge(named, facts, **policy).status


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"idle_session_timeout": "1800000", "rds.force_ssl": "1"}, "pass"),
        ({"idle_session_timeout": "1800001"}, "fail"),
        ({"idle_session_timeout": "0"}, "fail"),
        ({"idle_session_timeout": None}, "fail"),
        ({"idle_session_timeout": "{Something/2}"}, "unknown"),
        ({"rds.force_ssl": "1"}, "unknown"),
        ({"wait_timeout": "600", "interactive_timeout": "1800"}, "pass"),
        ({"wait_timeout": "600", "interactive_timeout": "28800"}, "fail"),
        ({"wait_timeout": "600", "interactive_timeout": None}, "fail"),
        (None, "not_applicable"),
    ],
)
def test_the_longest_idle_time_decides(values, status):
    assert judge(values) == status


def test_the_organisation_can_set_the_bound():
    assert judge({"idle_session_timeout": "900000"}, max_minutes="10") == "fail"


def test_a_value_that_waits_for_a_restart_settles_nothing():
    assert judge({"idle_session_timeout": "60000"}, applied=False) == "unknown"


def test_in_a_cluster_only_what_the_instances_own_group_chose_is_believed():
    values = {"idle_session_timeout": "60000"}
    assert judge(values, cluster="wards") == "unknown"
    assert judge(values, cluster="wards", chosen=["idle_session_timeout"]) == "pass"


def test_sql_server_has_no_such_parameter():
    assert judge({"rds.force_ssl": "1"}, engine="sqlserver-ex") == "not_applicable"
