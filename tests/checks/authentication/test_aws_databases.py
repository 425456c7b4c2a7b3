from __future__ import annotations

import pytest

from checks.authentication.aws_databases import database_takes_central_logins
from evidence.facts.aws_databases import DatabaseEngine, DatabaseLogins
from tests.checks.strict import Strict


@pytest.mark.parametrize(
    ("name", "cluster", "iam", "directory", "status"),
    [
        ("postgres", None, True, False, "pass"),
        ("sqlserver-se", None, False, True, "pass"),
        ("postgres", None, False, False, "fail"),
        ("aurora-mysql", "wards", False, False, "not_applicable"),
        ("docdb", None, False, False, "not_applicable"),
        ("neptune", None, True, False, "pass"),
        ("neptune", None, False, False, "fail"),
    ],
)
def test_a_database_should_take_identities_from_elsewhere(name, cluster, iam, directory, status):
    engine = Strict(DatabaseEngine, name=name, version="1", cluster=cluster)
    logins = Strict(DatabaseLogins, iam=iam, directory=directory)
    assert database_takes_central_logins.judge(engine, logins).status == status
