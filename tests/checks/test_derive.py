from __future__ import annotations

from checks.derive import derive, derived
from evidence.model import (
    Coverage,
    Missing,
    Observation,
    Reason,
    Resource,
    Scope,
    ScopeStatus,
    Unit,
    UnitResult,
)

WHERE = Scope("fake/shop")
DENIED = Missing(Reason.DENIED, "fake:Get")


@derived("fake.pair", gives="lid_colour has_lid", reads={"box": "fake.box: lid", "lids": "fake.lid: colour"})
def pair(box, lids):
    lid = lids.find(box.fact("lid"), by=lambda row: row.resource.name)
    return {"has_lid": lid is not None, "lid_colour": lid.fact("colour") if lid else None}


def unit(
    kind: str, *rows, status: ScopeStatus = ScopeStatus.COMPLETE, why: Missing | None = None
) -> UnitResult:
    seen = tuple(Observation(Resource(kind, f"uid-{name}", name, WHERE), facts) for name, facts in rows)
    now = "2026-11-22T02:00:00Z"
    return UnitResult(
        Unit("s", "fake/shop", kind), "t", now, now, (Coverage(WHERE, status, len(seen), why=why),), seen
    )


def facts(*results) -> dict:
    (result,) = derive(pair, results)
    return {row.resource.name: dict(row.facts) for row in result.observations}


def test_a_join_gives_the_facts_of_the_new_kind():
    assert facts(unit("fake.box", ("a", {"lid": "l"})), unit("fake.lid", ("l", {"colour": "red"}))) == {
        "a": {"has_lid": True, "lid_colour": "red"}
    }


def test_a_counterpart_absent_from_a_complete_listing_is_known_to_be_absent():
    assert facts(unit("fake.box", ("a", {"lid": "l"})), unit("fake.lid"))["a"]["has_lid"] is False


def test_a_counterpart_absent_from_an_incomplete_listing_is_missing():
    lids = unit("fake.lid", status=ScopeStatus.PARTIAL, why=DENIED)
    assert facts(unit("fake.box", ("a", {"lid": "l"})), lids)["a"]["has_lid"] == DENIED


def test_a_kind_that_was_never_listed_is_missing_not_absent():
    assert isinstance(facts(unit("fake.box", ("a", {"lid": "l"})))["a"]["has_lid"], Missing)


def test_touching_a_missing_fact_makes_the_derived_facts_missing():
    result = facts(unit("fake.box", ("a", {"lid": DENIED})), unit("fake.lid"))
    assert result["a"] == {"has_lid": DENIED, "lid_colour": DENIED}


def test_the_drivers_coverage_carries_through():
    boxes = unit("fake.box", ("a", {"lid": "l"}), status=ScopeStatus.PARTIAL, why=DENIED)
    (result,) = derive(pair, [boxes, unit("fake.lid")])
    assert (result.coverage[0].status, result.coverage[0].why) == (ScopeStatus.PARTIAL, DENIED)
