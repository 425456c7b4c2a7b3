"""The plan of an AWS look: which facts the chosen checks need."""

from __future__ import annotations

from typing import Any

from checks.first import asked_of
from checks.judge import Policy
from checks.load import all_checks
from collectors.aws.platform import AwsPlatform
from collectors.plan import plan_kind, specs, wanted_facts


def plans(platform: AwsPlatform, checks: list[str], policy: Policy | None = None) -> dict[str, Any]:
    known = specs([platform])
    chosen = [
        check
        for name, check in all_checks().checks.items()
        if name.startswith("aws-") and (not checks or name in checks)
    ]
    reads = [(kind, (*check.facts, *check.first_facts)) for check in chosen for kind in check.on]
    reads += [
        (place.split(":")[0], [place.split(":")[1]]) for check in chosen for place in check.also.values()
    ]
    of_some = asked_of(chosen, (), policy or Policy())
    return {
        kind: plan_kind(known[kind], facts, of_some.get(kind))
        for kind, facts in wanted_facts(reads, known).items()
    }
