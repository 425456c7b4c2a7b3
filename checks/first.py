"""Which resources a fact must be asked of: not those that every check reading it answers from the listing alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from checks.check import Check
from checks.derive import Derived
from checks.judge import Policy
from evidence.model import Resource


def asked_of(
    checks: Iterable[Check], derived: Iterable[Derived], policy: Policy
) -> dict[str, dict[str, Callable[[Resource], bool]]]:
    """By kind and fact, whether a resource has to be asked; a fact that is not named is asked of all."""
    readers: dict[tuple[str, str], list[Check]] = {}
    of_all = {(kind, fact) for one in derived for kind, facts in one.reads.items() for fact in facts}
    for check in checks:
        of_all |= {(kind, fact) for kind, _, fact in (place.partition(":") for place in check.also.values())}
        for place in ((kind, fact) for kind in check.on for fact in (*check.facts, *check.first_facts)):
            readers.setdefault(place, []).append(check)
    found: dict[str, dict[str, Callable[[Resource], bool]]] = {}
    for (kind, fact), reading in readers.items():
        if (kind, fact) not in of_all and all(_by_listing(check) for check in reading):
            asked = [(check, _values(check, policy)) for check in reading]
            found.setdefault(kind, {})[fact] = partial(_any_asks, asked)
    return found


def _by_listing(check: Check) -> bool:
    return check.first is not None and not check.first_facts and check.first_reserved == {"resource"}


def _values(check: Check, policy: Policy) -> dict[str, object]:
    return {name: value for name, value in policy.of(check).items() if name in check.first_policy}


def _any_asks(asked: Iterable[tuple[Check, Mapping[str, object]]], resource: Resource) -> bool:
    return any(
        check.first is not None and check.first(resource=resource, **values) is None
        for check, values in asked
    )
