"""A small shop of boxes as a whole run: two checks, one world, one real store."""

from __future__ import annotations

from datetime import date
from typing import Any

from checks.check import check, direct, failed, passed, supporting
from checks.judge import Policy
from checks.load import Catalogue
from nightledger.run import Plan, PollSource, make_plan
from tests.collectors.fake import Fake, World

AS_OF = date(2026, 11, 22)


@check(
    "box-is-red",
    on="fake.box",
    severity="high",
    links=[direct("164.312(a)(2)(iv)", proves="the box is red", does_not_prove="that the lid is")],
)
def box_is_red(colour, *, wanted: str = "red"):
    """Is the box red?"""
    return passed("the box is red") if colour == wanted else failed(f"the box is {colour}")


@check(
    "box-is-owned",
    on="fake.box",
    severity="low",
    links=[supporting("164.312(a)(1)", proves="somebody owns the box", does_not_prove="who opens it")],
)
def box_is_owned(owner):
    """Does somebody own the box?"""
    return passed("somebody owns it") if owner else failed("nobody owns it")


CATALOGUE = Catalogue({"box-is-owned": box_is_owned, "box-is-red": box_is_red}, {})


def plan_of(
    world: World, *, checks: Any = None, policy: Policy | None = None, only: Any = None, **fake: Any
) -> Plan:
    chosen = CATALOGUE.checks.values() if checks is None else checks
    source = PollSource("fake", "shop", world)
    return make_plan([source], {"fake": Fake(**fake)}, CATALOGUE, chosen, AS_OF, policy, only)
