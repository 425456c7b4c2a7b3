"""Today's rules put to yesterday's facts, so that drift tells a changed rule from a changed world."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from checks.judge import Policy, judge_one
from checks.load import Catalogue
from evidence.drift import Rejudge
from evidence.model import Fact, Observation, Resource, Status


def rejudger(catalogue: Catalogue, policy: Policy, as_of: date) -> Rejudge:
    """A Rejudge over these checks and values; None for a check that is gone or that those facts do not settle."""

    def rejudge(id_: str, resource: Resource, facts: Mapping[str, Fact]) -> Status | None:
        check = catalogue.checks.get(id_)
        if check is None:
            return None
        finding = judge_one(check, Observation(resource, facts), as_of, policy.of(check))
        return None if finding.status is Status.UNKNOWN else finding.status

    return rejudge
