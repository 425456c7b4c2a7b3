from __future__ import annotations

import random
import threading

import pytest

from tests.collectors.aws.estate import KINDS
from tests.collectors.aws.look import aws_checks, fingerprint

pytestmark = pytest.mark.server("moto")


def test_every_verdict_about_a_seeded_estate_is_the_true_one(estate):
    truth = estate.truth
    verdicts = estate.verdicts()
    wrong = {
        place: (verdicts.get(place), want) for place, want in truth.items() if verdicts.get(place) != want
    }
    assert wrong == {}
    about = {name for name, check in aws_checks().items() if KINDS & set(check.on)}
    assert {check for check, _ in truth} == about - {"aws-ec2-instance-public-address"}


def test_ten_runs_with_shuffled_timing_give_the_same_bytes(estate):
    dice, lock = random.Random(7), threading.Lock()

    def jitter():
        with lock:
            return dice.random() * 0.004

    estate.front.jitter = jitter
    prints = {fingerprint(estate.poll(workers=workers)) for workers in (1, 2, 3, 5, 8, 13, 16, 24, 32, 8)}
    assert len(prints) == 1


def test_a_second_look_at_an_unchanged_estate_makes_no_new_object(estate):
    first, second = estate.poll(), estate.poll()
    known = {name for result in first.values() for name in result.objects}
    new = {
        call.operation
        for result in second.values()
        for call in result.calls
        if call.answer and call.answer not in known
    }
    # A trail that delivers says when it last did.
    assert new <= {"cloudtrail.get_trail_status"}


def test_one_check_makes_only_its_own_calls(estate):
    estate.poll(checks=["aws-s3-bucket-encryption"])
    assert dict(estate.front.counts) == {
        "sts.get_caller_identity": 1,
        "s3.list_buckets": 1,
        "s3.get_bucket_encryption": 9,
    }


def test_a_reading_run_changes_nothing(estate):
    estate.poll()
    asked = {entry.partition(".")[2].removeprefix("batch_") for entry in estate.front.seen}
    verbs = {operation.split("_")[0] for operation in asked}
    assert verbs == {"describe", "generate", "get", "list"}


@pytest.mark.parametrize("every", [20, 4])
def test_throttled_calls_are_tried_again_and_change_no_verdict(estate, every):
    truth = estate.truth
    estate.front.throttle_every = every
    verdicts = estate.verdicts("aws-s3-bucket-encryption", "aws-iam-user-console-mfa", "aws-kms-key-rotation")
    wrong = {
        place: got for place, got in verdicts.items() if truth.get(place, got) != got and got != "unknown"
    }
    assert wrong == {}
    if every == 20:
        assert "unknown" not in verdicts.values()
