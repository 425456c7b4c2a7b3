from __future__ import annotations

from datetime import date

import pytest

from checks.audit_controls import aws
from evidence.facts.aws import AccountTrail, BucketLogging, TrailDelivery, TrailEvents, TrailSettings
from tests.checks.strict import Strict

NIGHT = date(2026, 11, 22)


def trail(**other):
    given = {"arn": "arn:trail", "organization": False, "logging": True, "error": "", "management": "all"}
    return Strict(AccountTrail, **{**given, **other})


@pytest.mark.parametrize(
    ("trails", "status"),
    [
        ([], "fail"),
        ([trail(logging=False)], "fail"),
        ([trail(error="AccessDenied")], "fail"),
        ([trail(management="write")], "fail"),
        ([trail(management="none")], "fail"),
        ([trail(management="")], "unknown"),
        ([trail(arn="a", logging=False), trail(arn="b")], "pass"),
        ([trail(arn="a", management=""), trail(arn="b")], "pass"),
    ],
)
def test_an_account_passes_with_one_trail_that_really_records_every_region(trails, status):
    assert aws.account_is_recorded.judge(trails).status == status


@pytest.mark.parametrize(
    ("logging", "error", "delivered", "status"),
    [
        (True, "", "2026-11-22T01:00:00Z", "pass"),
        (True, "", "2026-11-21T01:00:00Z", "pass"),
        (True, "", "2026-11-20T23:00:00Z", "fail"),
        (True, "", "", "fail"),
        (True, "AccessDenied", "2026-11-22T01:00:00Z", "fail"),
        (False, "", "2026-11-22T01:00:00Z", "fail"),
    ],
)
def test_a_trail_passes_only_while_its_log_files_arrive(logging, error, delivered, status):
    delivery = Strict(TrailDelivery, logging=logging, error=error, delivered=delivered)
    assert aws.trail_delivers.judge(delivery, as_of=NIGHT).status == status


def test_the_sentence_about_a_delivering_trail_is_the_same_every_night():
    sentences = {
        aws.trail_delivers.judge(
            Strict(TrailDelivery, logging=True, error="", delivered=f"2026-11-{day}T01:00:00Z"),
            as_of=date(2026, 11, day),
        ).sentence
        for day in (21, 22)
    }
    assert len(sentences) == 1


@pytest.mark.parametrize(
    ("management", "status"),
    [("all", "pass"), ("read", "fail"), ("write", "fail"), ("some", "fail"), ("none", "fail")],
)
def test_a_trail_passes_when_it_takes_all_management_events(management, status):
    assert (
        aws.trail_takes_management_events.judge(Strict(TrailEvents, management=management)).status == status
    )


@pytest.mark.parametrize(("validation", "status"), [(True, "pass"), (False, "fail")])
def test_a_trail_passes_with_log_file_validation(validation, status):
    settings = Strict(
        TrailSettings, multi_region=True, organization=False, validation=validation, kms_key=None, bucket="b"
    )
    assert aws.trail_can_be_validated.judge(settings).status == status


def test_a_bucket_passes_when_s3_logs_access():
    assert aws.bucket_logs_access.judge(Strict(BucketLogging, bucket="logs")).status == "pass"
    assert aws.bucket_logs_access.judge(None).status == "fail"
