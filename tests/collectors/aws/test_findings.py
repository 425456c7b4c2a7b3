from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.collectors.aws.family import assert_only_reads, assert_refused, assert_steady, assert_true
from tests.collectors.aws.joined import statuses
from tests.servers.moto_clients import ACCOUNT

pytestmark = pytest.mark.server("moto")

PASS, FAIL, NONE, UNKNOWN = "pass", "fail", "not_applicable", "unknown"
HERE = "us-east-1"
ANALYZER, OUTSIDE = "aws-region-access-analyzer", "aws-region-outside-access-settled"
INSPECTOR, COVERAGE, CRITICAL = (
    "aws-region-inspector",
    "aws-region-inspector-coverage",
    "aws-region-critical-weaknesses",
)
THREATS = "aws-region-guardduty-findings"
ALL = f"{ANALYZER} {OUTSIDE} {INSPECTOR} {COVERAGE} {CRITICAL} {THREATS}"
ANSWERS = Path(__file__).parent / "answers"


def answer(operation):
    return json.loads((ANSWERS / f"{operation}.json").read_text())


def analyzers(*types, status="ACTIVE"):
    place = "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/"
    return {"analyzers": [{"arn": place + t, "name": t, "type": t, "status": status} for t in types]}


@pytest.fixture
def watched(cloud):
    cloud.client("inspector2").enable(accountIds=["123456789012"], resourceTypes=["EC2", "ECR", "LAMBDA"])
    cloud.client("guardduty").create_detector(Enable=True)
    there = cloud.client("inspector2", "eu-west-1")
    there.enable(accountIds=["123456789012"], resourceTypes=["EC2"])
    there.disable(accountIds=["123456789012"], resourceTypes=["EC2"])
    cloud.front.clear()
    cloud.front.canned["accessanalyzer.list_analyzers"] = _only_here(
        answer("accessanalyzer.list_analyzers"), {"analyzers": []}
    )
    for path in sorted(ANSWERS.iterdir()):
        if path.stem != "accessanalyzer.list_analyzers":
            cloud.front.canned[path.stem] = answer(path.stem)
    return cloud


def _only_here(given, elsewhere):
    return lambda region: given if region == HERE else elsewhere


def test_what_aws_found_and_nobody_settled_fails(watched):
    truth = {
        ANALYZER: PASS,
        OUTSIDE: FAIL,
        INSPECTOR: PASS,
        COVERAGE: FAIL,
        CRITICAL: FAIL,
        THREATS: FAIL,
    }
    assert_true(watched, {(check, HERE): status for check, status in truth.items()})


def test_where_nobody_looks_there_is_nothing_to_settle(watched):
    there = "eu-west-1"
    truth = {INSPECTOR: FAIL, COVERAGE: NONE, CRITICAL: NONE, OUTSIDE: NONE, THREATS: NONE}
    assert_true(watched, {(check, there): status for check, status in truth.items()})


def test_what_was_settled_passes(watched):
    watched.front.canned |= {
        "accessanalyzer.list_findings": {"findings": []},
        "inspector2.list_coverage": {"coveredResources": []},
        "inspector2.list_findings": {"findings": []},
        "guardduty.list_findings": {"findingIds": []},
    }
    assert_true(watched, {(check, HERE): PASS for check in ALL.split()})
    assert_only_reads(watched)


def test_an_empty_page_of_weaknesses_is_not_the_end_of_them(watched):
    pages = [{"findings": [], "nextToken": "more"}, answer("inspector2.list_findings")]
    given = iter(pages)
    watched.front.canned["inspector2.list_findings"] = lambda _region: next(given)
    found = watched.judge([CRITICAL], source=watched.source(regions=(HERE,)))
    assert [one.status.value for one in found] == [FAIL]


def test_an_empty_page_of_threats_is_not_the_end_of_them(watched):
    given = iter([{"findingIds": [], "nextToken": "more"}, {"findingIds": ["f"]}])
    watched.front.canned["guardduty.list_findings"] = lambda _region: next(given)
    assert_true(watched, {(THREATS, HERE): FAIL})


@pytest.mark.parametrize(("findings", "want"), [([], UNKNOWN), (["f"], FAIL)])
def test_a_suspended_detector_that_reports_nothing_has_not_looked(watched, findings, want):
    watched.front.canned["guardduty.get_detector"] = {"status": "DISABLED"}
    watched.front.canned["guardduty.list_findings"] = {"findingIds": findings}
    assert_true(watched, {(THREATS, HERE): want})


def test_a_region_costs_one_call_per_question(watched):
    watched.poll(watched.source(regions=(HERE,)), checks=ALL.split())
    counts = {name: n for name, n in watched.front.counts.items() if not name.startswith(("sts.", "org"))}
    assert counts == {
        "accessanalyzer.list_analyzers": 1,
        "accessanalyzer.list_findings": 1,
        "inspector2.batch_get_account_status": 1,
        "inspector2.list_coverage": 1,
        "inspector2.list_findings": 1,
        "guardduty.list_detectors": 1,
        "guardduty.list_findings": 1,
        "guardduty.get_findings": 1,
    }


def test_a_sentence_names_what_is_open_and_since_when(watched):
    said = {one.check: one.sentence for one in watched.judge(ALL.split()) if one.status == FAIL}
    assert "arn:aws:s3:::leaflets (to everyone since 2026-09-01)" in said[OUTSIDE]
    assert "i-00000000000000001 (UNMANAGED_EC2_INSTANCE)" in said[COVERAGE]
    assert "i-00000000000000002" not in said[COVERAGE]
    assert "CVE-2026-0001 in i-00000000000000001 since 2025-12-01" in said[CRITICAL]
    assert "CryptoCurrency:EC2/BitcoinTool.B!DNS since 2026-11-02" in said[THREATS]


def test_no_words_about_anybody_are_kept(watched):
    results = watched.poll(checks=ALL.split()).values()
    kept = b"".join(data for result in results for data in result.objects.values())
    assert b"CVE-2026-0001" in kept
    assert b"somebody" not in kept


def test_a_critical_weakness_seen_lately_may_still_be_open(watched):
    recent = answer("inspector2.list_findings")
    recent["findings"][0]["firstObservedAt"] = 1795219200
    watched.front.canned["inspector2.list_findings"] = recent
    assert_true(watched, {(CRITICAL, HERE): PASS})


@pytest.mark.parametrize(
    ("held", "want"),
    [
        (analyzers("ACCOUNT"), PASS),
        (analyzers("ORGANIZATION"), PASS),
        (analyzers("ACCOUNT", status="DISABLED"), FAIL),
        (analyzers("ACCOUNT_UNUSED_ACCESS", "ORGANIZATION_INTERNAL_ACCESS"), FAIL),
        (analyzers(), FAIL),
    ],
)
def test_only_an_active_analyzer_of_outside_access_counts(cloud, held, want):
    cloud.front.canned["accessanalyzer.list_analyzers"] = held
    cloud.front.canned["accessanalyzer.list_findings"] = {"findings": []}
    assert statuses(cloud, ANALYZER)[ANALYZER, HERE] == want


@pytest.mark.parametrize(
    ("last", "want"),
    [(None, UNKNOWN), ("2026-01-05T10:10:00Z", UNKNOWN), ("2026-01-05T10:30:00Z", PASS)],
)
def test_an_analyzer_that_has_not_yet_looked_at_everything_has_found_nothing_only_so_far(watched, last, want):
    held = answer("accessanalyzer.list_analyzers")
    (outside,) = [one for one in held["analyzers"] if one["type"] == "ACCOUNT"]
    outside.pop("lastResourceAnalyzedAt")
    outside |= {"lastResourceAnalyzedAt": last} if last else {}
    watched.front.canned["accessanalyzer.list_analyzers"] = _only_here(held, {"analyzers": []})
    assert_true(watched, {(OUTSIDE, HERE): FAIL})
    watched.front.canned["accessanalyzer.list_findings"] = {"findings": []}
    assert_true(watched, {(OUTSIDE, HERE): want})


def test_of_two_analyzers_the_one_that_has_looked_is_asked(watched):
    held = answer("accessanalyzer.list_analyzers")
    young = {"arn": "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/a-new-one", "type": "ACCOUNT"}
    held["analyzers"].append(
        young | {"name": "a-new-one", "status": "ACTIVE", "createdAt": "2026-11-21T03:00:00Z"}
    )
    watched.front.canned["accessanalyzer.list_analyzers"] = _only_here(held, {"analyzers": []})
    watched.front.canned["accessanalyzer.list_findings"] = {"findings": []}
    assert_true(watched, {(OUTSIDE, HERE): PASS})
    results = watched.poll(checks=[OUTSIDE]).values()
    calls = [one for result in results for one in result.calls if one.operation.endswith("list_findings")]
    assert calls
    assert all("analyzer/outside" in one.asked for one in calls)


@pytest.mark.parametrize("manager", ["999999999999", ACCOUNT])
def test_an_organisations_analyzer_may_watch_a_member_account_and_the_managing_one_unseen(cloud, manager):
    cloud.front.canned["accessanalyzer.list_analyzers"] = analyzers()
    organization = {"Id": "o-1", "MasterAccountId": manager}
    cloud.front.canned["organizations.describe_organization"] = {"Organization": organization}
    assert statuses(cloud, ANALYZER)[ANALYZER, HERE] == UNKNOWN


def test_what_inspector_is_not_told_to_look_at_is_named(cloud):
    cloud.client("inspector2").enable(accountIds=["123456789012"], resourceTypes=["EC2"])
    (finding,) = [one for one in cloud.judge([INSPECTOR]) if one.subject.name == HERE]
    assert finding.status == FAIL
    assert finding.sentence == "Inspector does not look at functions (disabled), images (disabled)"


@pytest.mark.parametrize(
    ("told", "want"),
    [
        ({"accounts": [], "failedAccounts": []}, UNKNOWN),
        (
            {
                "failedAccounts": [
                    {
                        "accountId": "123456789012",
                        "resourceStatus": {"ec2": "ENABLED", "ecr": "ENABLED", "lambda": "ENABLED"},
                    }
                ]
            },
            PASS,
        ),
        (
            {
                "failedAccounts": [
                    {"accountId": "123456789012", "resourceStatus": {"ec2": "ENABLED", "ecr": "ENABLED"}}
                ]
            },
            FAIL,
        ),
    ],
)
def test_inspectors_word_is_taken_where_it_says_something(cloud, told, want):
    cloud.front.canned["inspector2.batch_get_account_status"] = told
    assert_true(cloud, {(INSPECTOR, HERE): want})


@pytest.mark.parametrize(
    ("operation", "permission", "checks"),
    [
        ("accessanalyzer.list_analyzers", "access-analyzer:ListAnalyzers", f"{ANALYZER} {OUTSIDE}"),
        ("accessanalyzer.list_findings", "access-analyzer:ListFindings", OUTSIDE),
        (
            "inspector2.batch_get_account_status",
            "inspector2:BatchGetAccountStatus",
            f"{INSPECTOR} {COVERAGE} {CRITICAL}",
        ),
        ("inspector2.list_coverage", "inspector2:ListCoverage", COVERAGE),
        ("inspector2.list_findings", "inspector2:ListFindings", CRITICAL),
        ("guardduty.list_detectors", "guardduty:ListDetectors", THREATS),
        ("guardduty.list_findings", "guardduty:ListFindings", THREATS),
        ("guardduty.get_findings", "guardduty:GetFindings", THREATS),
    ],
)
def test_a_refused_call_gives_unknown_that_names_the_permission(watched, operation, permission, checks):
    assert_refused(watched, operation, permission, checks)


def test_they_are_the_same_however_many_look_and_however_often(watched):
    assert_steady(watched, ALL)
