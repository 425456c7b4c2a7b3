"""Before the calls: which permissions each target would refuse, and which checks that would blind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checks.check import Check
from collectors.kind import Platform
from collectors.preflight import CanPreflight, Preflight
from nightledger.permissions import permissions
from nightledger.run import Plan

_MOST = 5

Row = tuple[str, str, str, str]
"""Target, what was asked, "ok", "gap" or "untried", and what to do about it."""


def preflights(plan: Plan) -> Iterator[Row]:
    """What every platform that offers a preflight says about what this plan will use."""
    asked: dict[str, tuple[CanPreflight, object, set[str]]] = {}
    for errand in plan.errands:
        if isinstance(errand.platform, CanPreflight):
            needs = asked.setdefault(errand.source_name, (errand.platform, errand.source, set()))[2]
            needs.update(need for one in errand.plans.values() for need in one.needs)
    platforms = {errand.source_name: errand.platform for errand in plan.errands}
    for name, (platform, source, needs) in asked.items():
        answers = list(platform.preflight(source, sorted(needs)))
        refused = {permission for answer in answers for permission, _ in answer.refused}
        blind = blinded(platforms[name], plan.checks, refused)
        for answer in answers:
            yield from _rows(answer, blind)


def blinded(
    platform: Platform, checks: Iterable[Check], refused: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """Each refused permission with the checks that could then not always answer."""
    missing = set(refused)
    found: dict[str, list[str]] = {permission: [] for permission in missing}
    for check in checks if missing else ():
        for one in permissions(platform, [check]):
            if one.name in missing:
                found[one.name].append(check.id)
    return {permission: tuple(sorted(ids)) for permission, ids in found.items()}


def _rows(answer: Preflight, blind: dict[str, tuple[str, ...]]) -> Iterator[Row]:
    for permission, why in answer.refused:
        ids = blind[permission]
        more = f" and {len(ids) - _MOST} more" if len(ids) > _MOST else ""
        yield answer.target, permission, "gap", f"{why} (simulated); blinds {', '.join(ids[:_MOST])}{more}"
    if answer.missing is not None:
        yield answer.target, "preflight", "untried", str(answer.missing)
    if answer.asked and not answer.refused:
        yield answer.target, "preflight", "ok", f"{answer.asked} permissions are allowed (simulated)"
