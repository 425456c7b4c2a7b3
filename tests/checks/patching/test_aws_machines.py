from __future__ import annotations

from datetime import date

import pytest

from checks.media.aws_machines import volume_is_in_use
from checks.patching.aws_machines import image_was_made_lately, instance_was_started_lately
from evidence.facts.aws import InstanceState
from evidence.facts.aws_machines import InstanceImage, InstanceLaunch, VolumeAttachment
from tests.checks.strict import Strict

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("started", "status"), [("2026-05-26T00:00:00Z", "pass"), ("2026-05-25T23:59:59Z", "fail")]
)
def test_a_machine_may_run_for_as_many_days_as_the_policy_says_and_the_day_is_named(started, status):
    launch = Strict(InstanceLaunch, started=started, image="ami-1", role=False)
    verdict = instance_was_started_lately.judge(Strict(InstanceState, name="running"), launch, TODAY)
    assert verdict.status == status
    assert started[:10] in verdict.sentence


@pytest.mark.parametrize(
    ("made", "status"), [("2026-01-01T00:00:00Z", "pass"), ("2024-01-01T00:00:00Z", "fail")]
)
def test_an_old_image_fails_by_its_own_date(made, status):
    assert image_was_made_lately.judge(Strict(InstanceImage, made=made), TODAY).status == status


def test_a_volume_that_is_just_being_made_is_not_judged_yet():
    held = Strict(VolumeAttachment, state="creating", instances=[])
    assert volume_is_in_use.judge(held).status == "unknown"
