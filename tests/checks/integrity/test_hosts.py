from __future__ import annotations

from datetime import date

import pytest

from checks.integrity.hosts import files_are_compared
from evidence.facts.host_security import FileIntegrity
from evidence.model import Status


@pytest.mark.parametrize(
    ("tools", "configured", "database", "ran", "expected"),
    [
        (["aide"], True, "2026-09-21", "2026-11-21", Status.PASS),
        (["aide"], True, "2026-09-21", "2026-11-01", Status.FAIL),
        (["aide"], True, "2026-09-21", None, Status.UNKNOWN),
        (["aide"], True, None, "2026-11-21", Status.FAIL),
        (["aide"], False, "2026-09-21", None, Status.FAIL),
        (["syscheck"], False, None, None, Status.UNKNOWN),
        ([], False, None, None, Status.FAIL),
    ],
)
def test_a_tool_must_have_reached_its_end(tools, configured, database, ran, expected):
    fact = FileIntegrity(
        tools=tools, configured=configured, database_on=database, ran_on=ran, differences=None
    )
    assert files_are_compared.judge(fact, as_of=date(2026, 11, 22)).status is expected
