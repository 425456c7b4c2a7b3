"""Ask before the night does: are the sources reachable, the permissions enough, the extras installed.

Permissions are tried, not read from policies: every listing and every fact is asked once, for the first resource
found, through the same engine as a scan. What has no resource to try it on is said to be untried.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from checks.load import all_checks
from collectors.kind import Found
from collectors.listing import LEFT_OUT
from collectors.poll import Errand, poll
from config.settings import Settings
from evidence.model import Coverage, Missing, ScopeStatus, UnitResult
from nightledger.nightly import plan_run
from nightledger.platforms import disabled
from nightledger.preflight import preflights
from nightledger.sources import selected

_MOST_NAMES = 4
OURS = ("checks", "collectors", "config", "evidence", "scheduler")


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that was tried: `state` is ok, gap or untried, `detail` says what to do about a gap."""

    subject: str
    what: str
    state: str
    detail: str = ""


def examine(settings: Settings, sources: Iterable[str] = ()) -> Iterator[Answer]:
    """Try everything that a scan of these sources needs of its surroundings and of the sources."""
    yield from _names(Path(__file__).parents[1])
    yield from _extras(settings)
    yield from _sources(settings, tuple(sources))


def _names(root: Path) -> Iterator[Answer]:
    """Our top-level names are common words: another package of that name must not stand before ours."""
    for name in OURS:
        spec = importlib.util.find_spec(name)
        where = Path(spec.origin).parent if spec and spec.origin else None
        ours = where is not None and where in {root, root / name}
        yield Answer(
            "installation", name, "ok" if ours else "gap", "" if ours else f"shadowed by {where or 'nothing'}"
        )


def _extras(settings: Settings) -> Iterator[Answer]:
    used = {source.type for source in settings.sources}
    for gap in disabled():
        state = "gap" if gap.name in used else "untried"
        yield Answer("installation", f"{gap.name} kinds", state, f"disabled; {gap.hint}")


def _sources(settings: Settings, names: tuple[str, ...]) -> Iterator[Answer]:
    catalogue = all_checks()
    plan = plan_run(settings, catalogue, selected(settings, catalogue), names)
    errands = [one for errand in plan.errands for one in _apart(errand)]
    principals: set[tuple[str, str]] = set()
    answers: list[Answer] = []
    for result in poll(errands):
        if result.principal and any(reached.status is not ScopeStatus.FAILED for reached in result.coverage):
            principals.add((result.unit.target, result.principal))
        answers += _unit(result)
    yield from (Answer(target, "principal", "ok", name) for target, name in sorted(principals))
    yield from _together(answers)
    yield from (Answer(*row) for row in preflights(plan))


def _together(answers: Iterable[Answer]) -> Iterator[Answer]:
    """One answer where many of a place say the same."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for one in answers:
        alike.setdefault((one.subject, one.state, one.detail), []).append(one.what)
    for (subject, state, detail), whats in sorted(alike.items()):
        names = sorted(whats)
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        yield Answer(subject, ", ".join(names[:_MOST_NAMES]) + more, state, detail)


def _apart(errand: Errand) -> Iterator[Errand]:
    """One errand per kind, each content with the first resource it finds."""
    for kind, plan in errand.plans.items():
        yield replace(errand, plans={kind: plan}, only=_first())


def _first() -> Callable[[Found], bool]:
    seen: list[str] = []

    def wanted(found: Found) -> bool:
        if not seen:
            seen.append(found.uid)
        return seen[0] == found.uid

    return wanted


def _unit(result: UnitResult) -> Iterator[Answer]:
    kind = result.unit.kind
    for reached in result.coverage:
        subject = str(reached.scope)
        if (
            reached.status not in {ScopeStatus.COMPLETE, ScopeStatus.NOT_APPLICABLE}
            and reached.why != LEFT_OUT
        ):
            yield Answer(subject, kind, "gap", f"could not be listed ({reached.why})")
            continue
        gaps = list(_facts(result, reached))
        yield from (Answer(subject, f"{kind}: {name}", "gap", why) for name, why in gaps)
        if not gaps and reached.status is ScopeStatus.NOT_APPLICABLE:
            yield Answer(subject, kind, "untried", f"not in use here ({reached.why})")
        elif not gaps and not any(row.resource.scope == reached.scope for row in result.observations):
            yield Answer(subject, kind, "untried", "listed; there is nothing here to try the facts on")
        elif not gaps:
            yield Answer(subject, kind, "ok")


def _facts(result: UnitResult, reached: Coverage) -> Iterator[tuple[str, str]]:
    for row in result.observations:
        if row.resource.scope == reached.scope:
            for name, value in {**row.facts, **row.volatile}.items():
                if isinstance(value, Missing):
                    yield name, str(value)
