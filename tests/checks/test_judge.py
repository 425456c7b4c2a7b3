from __future__ import annotations

from datetime import date

import pytest

from checks.check import CheckError, check, direct, failed, passed
from checks.judge import Policy, judge
from evidence.model import (
    Coverage,
    Missing,
    Observation,
    Reason,
    Resource,
    Scope,
    ScopeStatus,
    Status,
    Unit,
    UnitResult,
)

HERE = Scope("fake/shop", "here")
LINK = direct("164.312(a)(2)(iv)", proves="x", does_not_prove="y")
DENIED = Missing(Reason.DENIED, "fake:Colour")


@check("box-is-red", on="fake.box", severity="low", links=[LINK])
def box_is_red(colour, *, wanted: str = "red"):
    """Is the box red?"""
    return passed("it is red") if colour == wanted else failed(f"it is {colour}")


def box(name: str = "a", **facts) -> Observation:
    return Observation(Resource("fake.box", f"uid-{name}", name, HERE), facts)


def unit(*observations: Observation, status: ScopeStatus = ScopeStatus.COMPLETE, why: Missing | None = None):
    coverage = Coverage(HERE, status, listed=len(observations), why=why)
    moment = "2026-11-22T02:00:00Z"
    return UnitResult(Unit("s", "fake/shop", "fake.box"), "tester", moment, moment, (coverage,), observations)


def verdicts(result: UnitResult, *checks, **options) -> list[tuple[Status, str]]:
    checks = checks or (box_is_red,)
    return [
        (finding.status, finding.sentence) for finding in judge(result, checks, date(2026, 11, 22), **options)
    ]


def test_a_fact_that_was_read_is_judged():
    assert verdicts(unit(box(colour="red"), box("b", colour="blue"))) == [
        (Status.PASS, "it is red"),
        (Status.FAIL, "it is blue"),
    ]


def test_a_missing_fact_is_unknown_and_the_check_is_never_called():
    @check("never", on="fake.box", severity="low", links=[LINK])
    def never(colour):
        """Is it called?"""
        raise AssertionError(colour)

    (finding,) = judge(unit(box(colour=DENIED)), [never], date(2026, 11, 22))
    assert finding.status is Status.UNKNOWN
    assert finding.missing == (("colour", DENIED),)
    assert "fake:Colour" in finding.sentence


def test_a_fact_that_was_never_read_is_unknown_not_none():
    assert verdicts(unit(box()))[0][0] is Status.UNKNOWN


def test_all_missing_facts_are_listed():
    @check("two", on="fake.box", severity="low", links=[LINK])
    def two(colour, weight):
        """Are both there?"""
        return passed("yes")

    (finding,) = judge(unit(box(colour=DENIED, weight=DENIED)), [two], date(2026, 11, 22))
    assert [name for name, _ in finding.missing] == ["colour", "weight"]


def test_a_check_that_breaks_is_unknown():
    @check("breaks", on="fake.box", severity="low", links=[LINK])
    def breaks(colour):
        """Does it break?"""
        return colour["no such key"]

    assert verdicts(unit(box(colour={})), breaks)[0][0] is Status.UNKNOWN


def test_policy_overrides_the_default():
    assert (
        verdicts(unit(box(colour="blue")), policy=Policy({"box-is-red": {"wanted": "blue"}}))[0][0]
        is Status.PASS
    )


def test_a_refused_listing_is_one_unknown_for_the_scope_naming_the_permission():
    result = unit(status=ScopeStatus.FAILED, why=Missing(Reason.DENIED, "fake:List"))
    (finding,) = judge(result, [box_is_red], date(2026, 11, 22))
    assert (finding.subject, finding.status) == (HERE, Status.UNKNOWN)
    assert "fake:List" in finding.sentence


def test_a_complete_empty_listing_is_not_applicable_with_the_proof():
    assert verdicts(unit()) == [
        (Status.NOT_APPLICABLE, "the listing succeeded and there is nothing of this kind")
    ]


def test_a_partial_listing_is_judged_and_one_unknown_stands_for_the_rest():
    result = unit(box(colour="red"), status=ScopeStatus.PARTIAL, why=Missing(Reason.TIMEOUT))
    assert [status for status, _ in verdicts(result)] == [Status.PASS, Status.UNKNOWN]


def test_fewer_facts_may_answer_first():
    def blocked(size):
        return passed("too small to matter") if size == 0 else None

    @check("first", on="fake.box", severity="low", links=[LINK], first=blocked)
    def slow(size, colour):
        """Is it fine?"""
        return failed("no")

    assert verdicts(unit(box(size=0, colour=DENIED)), slow)[0] == (Status.PASS, "too small to matter")
    assert verdicts(unit(box(size=1, colour=DENIED)), slow)[0][0] is Status.UNKNOWN


def test_what_answers_first_is_given_the_same_policy_values():
    def small(size, *, most: int = 1):
        return passed("small enough") if size <= most else None

    @check("small", on="fake.box", severity="low", links=[LINK], first=small)
    def slow(size, colour, *, most: int = 1):
        """Is it small?"""
        return failed("no")

    assert verdicts(unit(box(size=5, colour=DENIED)), slow)[0][0] is Status.UNKNOWN
    policy = Policy({"small": {"most": 9}})
    assert verdicts(unit(box(size=5, colour=DENIED)), slow, policy=policy)[0] == (Status.PASS, "small enough")


def test_what_answers_first_cannot_have_policy_values_of_its_own():
    def small(size, *, most: int = 2):
        return None

    def slow(size, *, most: int = 1):
        """Is it small?"""
        return failed("no")

    with pytest.raises(CheckError):
        check("small", on="fake.box", severity="low", links=[LINK], first=small)(slow)


def test_a_fact_of_another_kind_is_asked_elsewhere_and_missing_there_is_unknown_here():
    @check("also", on="fake.box", severity="low", links=[LINK], also={"block": "fake.shop:block"})
    def uses_both(colour, block):
        """Is it blocked?"""
        return passed("yes") if block else failed("no")

    result = unit(box(colour="red"))
    assert verdicts(result, uses_both)[0][0] is Status.UNKNOWN
    assert (
        verdicts(result, uses_both, elsewhere=lambda kind, fact, _: (kind, fact) == ("fake.shop", "block"))[
            0
        ][0]
        is Status.PASS
    )


def test_reserved_parameters_are_given():
    @check("reserved", on="fake.box", severity="low", links=[LINK])
    def reserved(colour, as_of, resource):
        """When and what?"""
        return passed(f"{resource.name} on {as_of}")

    assert verdicts(unit(box(colour="red")), reserved)[0][1] == "a on 2026-11-22"


@pytest.mark.parametrize("docstring", ["", "No question."])
def test_a_check_without_a_question_is_refused_at_load(docstring):
    def judge_it(colour):
        return passed("yes")

    judge_it.__doc__ = docstring
    with pytest.raises(CheckError):
        check("bad", on="fake.box", severity="low", links=[LINK])(judge_it)
