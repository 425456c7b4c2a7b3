from __future__ import annotations

from datetime import date

import pytest

from checks.patching.aws_compute import function_runtime_is_maintained
from checks.patching.runtimes import ENDS
from evidence.facts.aws_compute import FunctionSettings
from tests.checks.strict import Strict

NIGHT = date(2026, 11, 29)


def runtime(name, night=NIGHT, **policy):
    settings = Strict(FunctionSettings, runtime=name, kms_key=None)
    return function_runtime_is_maintained.judge(settings, as_of=night, **policy)


@pytest.mark.parametrize("name", ["python3.10", "nodejs20.x", "provided.al2", "ruby3.2", "dotnet8", "go1.x"])
def test_a_runtime_whose_last_day_is_past_fails(name):
    assert runtime(name).status == "fail"


@pytest.mark.parametrize("name", ["python3.11", "nodejs22.x", "provided.al2023", "java17", "dotnet10"])
def test_a_runtime_that_aws_will_maintain_for_a_while_passes_and_names_until_when(name):
    verdict = runtime(name)
    assert verdict.status == "pass"
    assert ENDS[name].isoformat() in verdict.sentence


@pytest.mark.parametrize(("night", "status"), [(date(2027, 4, 29), "pass"), (date(2027, 4, 30), "fail")])
def test_a_runtime_is_judged_by_the_day_of_the_run(night, status):
    assert runtime("nodejs22.x", night).status == status


@pytest.mark.parametrize(
    "name", ["python3.99", "java21.al2023", "java8.al2023", "ruby4.0", "Python3.13", "nodejs26.x"]
)
def test_nothing_is_claimed_of_a_runtime_that_is_not_known_here(name):
    verdict = runtime(name)
    assert verdict.status == "unknown"
    assert name in verdict.sentence


def test_the_organisation_may_say_what_is_known_of_a_runtime():
    assert runtime("python3.99", maintained=("python3.99",)).status == "pass"
    assert runtime("python3.14", ended=("python3.14",)).status == "fail"


def test_a_container_image_does_not_apply():
    assert runtime("").status == "not_applicable"
