from __future__ import annotations

from datetime import timedelta

import pytest

from tests.collectors.aws.family import assert_refused, assert_true
from tests.collectors.aws.look import AS_OF
from tests.servers.moto_clients import ACCOUNT

pytestmark = pytest.mark.server("moto")

PASS, UNKNOWN = "pass", "unknown"
BAA, REPORT = "aws-artifact-baa", "aws-artifact-facility-report"


def moment(days):
    return f"{AS_OF - timedelta(days=days)}T00:00:00Z"


def agreement(name, state="ACTIVE", **other):
    return {"name": name, "state": state, "effectiveStart": moment(900), **other}


def report(name, ended, state="PUBLISHED"):
    return {
        "name": name,
        "version": 3,
        "state": state,
        "periodStart": moment(ended + 365),
        "periodEnd": moment(ended),
    }


@pytest.fixture
def assured(cloud):
    cloud.front.canned |= {
        "artifact.list_customer_agreements": {
            "customerAgreements": [agreement("AWS Business Associate Addendum"), agreement("AWS GDPR DPA")]
        },
        "artifact.list_reports": {"reports": [report("System and Organization Controls (SOC) 2 Report", 60)]},
    }
    return cloud


def test_an_addendum_in_force_and_a_recent_report_pass(assured):
    assert_true(assured, {(BAA, ACCOUNT): PASS, (REPORT, ACCOUNT): PASS})


def test_a_report_is_named_with_its_version_and_period(assured):
    (finding,) = assured.judge([REPORT])
    assert ", version 3, speaks of " in finding.sentence


@pytest.mark.parametrize(
    "agreements",
    [
        [],
        [agreement("AWS GDPR DPA")],
        [agreement("AWS Business Associate Addendum", "CUSTOMER_TERMINATED")],
        [agreement("AWS Business Associate Addendum", effectiveEnd=moment(1))],
    ],
)
def test_without_an_addendum_in_force_nothing_is_settled(assured, agreements):
    assured.front.canned["artifact.list_customer_agreements"] = {"customerAgreements": agreements}
    assert_true(assured, {(BAA, ACCOUNT): UNKNOWN})


@pytest.mark.parametrize(
    "reports", [[], [report("ISO 9001", 60)], [report("SOC 2", 800)], [report("SOC 2", 60, "UNPUBLISHED")]]
)
def test_without_a_recent_report_nothing_is_settled(assured, reports):
    assured.front.canned["artifact.list_reports"] = {"reports": reports}
    assert_true(assured, {(REPORT, ACCOUNT): UNKNOWN})


@pytest.mark.parametrize(
    ("operation", "permission", "check"),
    [
        ("artifact.list_customer_agreements", "artifact:ListCustomerAgreements", BAA),
        ("artifact.list_reports", "artifact:ListReports", REPORT),
    ],
)
def test_a_refused_call_gives_unknown_that_names_the_permission(assured, operation, permission, check):
    assert_refused(assured, operation, permission, check)
