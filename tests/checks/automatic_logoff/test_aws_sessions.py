from __future__ import annotations

import pytest

from checks.automatic_logoff.aws_sessions import left_desktop_stops
from evidence.facts.aws_sessions import DesktopRunning
from tests.checks.strict import Strict


@pytest.mark.parametrize(
    ("mode", "status"), [("AUTO_STOP", "pass"), ("ALWAYS_ON", "fail"), ("MANUAL", "fail"), ("", "fail")]
)
def test_a_desktop_that_is_not_stopped_by_itself_fails(mode, status):
    assert left_desktop_stops.judge(Strict(DesktopRunning, mode=mode, stop_minutes=60)).status == status


def test_a_time_that_aws_left_out_is_not_told_as_a_number():
    verdict = left_desktop_stops.judge(Strict(DesktopRunning, mode="AUTO_STOP", stop_minutes=None))
    assert verdict.status == "pass"
    assert "None" not in verdict.sentence
