"""The plan: from the facts that the selected checks read to the steps each kind must run. Pure, no SDK."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from collectors.kind import Kind, KindError, KindSpec, Platform, Step, describe
from evidence.model import Resource

AskedOf = Callable[[Resource], bool]
"""Whether a fact is to be asked of a resource that was listed; a resource it is not asked of has no such fact."""


@dataclass(frozen=True, slots=True)
class KindPlan:
    """One kind's share of a run: the facts to read in an order that respects their inputs, and their lookups.

    A fact that `asked_of` names is read only of the resources it says; every other one of all.
    """

    spec: KindSpec
    facts: tuple[Step, ...]
    lookups: tuple[Step, ...]
    tags: tuple[str, ...]
    asked_of: Mapping[str, AskedOf] = field(default_factory=dict)

    @property
    def needs(self) -> tuple[str, ...]:
        """Every permission this share of the run may use, sorted."""
        steps = (self.spec.lists, *self.facts, *self.lookups)
        return tuple(sorted({need for step in steps for need in step.needs.values()}))

    def steps_for(self, resource: Resource) -> dict[str, Step]:
        """The facts to read of this resource, by name."""
        asked_of = self.asked_of
        return {
            step.name: step
            for step in self.facts
            if step.name not in asked_of or asked_of[step.name](resource)
        }


def specs(platforms: Iterable[Platform]) -> dict[str, KindSpec]:
    """Every kind of these platforms by name; raises KindError on a duplicate or unresolvable declaration."""
    found: dict[str, KindSpec] = {}
    for platform in platforms:
        for cls in platform.kinds():
            spec = describe(cls)
            if spec.name in found:
                raise KindError(f"two kinds are called {spec.name}")
            _resolve(spec, platform)
            found[spec.name] = spec
    return found


def plan_kind(
    spec: KindSpec, wanted: Iterable[str], asked_of: Mapping[str, AskedOf] | None = None
) -> KindPlan:
    """Close `wanted` over the facts and lookups it builds on; raises KindError for a fact the kind has not.

    A fact on which another one builds is read of every resource, whatever `asked_of` says.
    """
    order: dict[str, Step] = {}
    for name in sorted(wanted):
        _visit(spec, name, order, ())
    tags = tuple(sorted({tag for step in order.values() for tag in step.tags}))
    built_on = {name for step in order.values() for name in step.inputs}
    some = {name: test for name, test in (asked_of or {}).items() if name in order and name not in built_on}
    return KindPlan(spec, tuple(order.values()), _lookups(spec, (spec.lists, *order.values())), tags, some)


def _resolve(spec: KindSpec, platform: Platform) -> None:
    for step in (spec.lists, *spec.lookups.values(), *spec.facts.values()):
        for name in step.clients:
            if not platform.is_client(name):
                raise KindError(
                    f"{spec.name}.{step.name}: nothing is called {name!r}",
                    hint="a parameter names the resource, a lookup, another fact, `tags` or a client",
                )
    for step in spec.facts.values():
        if step.batch and any(name in spec.fact_names for name in step.inputs):
            raise KindError(f"{spec.name}.{step.name}: a batch fact cannot build on other facts")
    for name in (*spec.lists.inputs, *(i for step in spec.lookups.values() for i in step.inputs)):
        if name in {spec.singular, spec.plural} or name in spec.fact_names:
            raise KindError(f"{spec.name}: a listing or lookup cannot ask for {name!r}")
    plan_kind(spec, spec.facts)


def _visit(spec: KindSpec, name: str, order: dict[str, Step], path: tuple[str, ...]) -> None:
    if name in path:
        raise KindError(f"{spec.name}: facts build on each other in a circle: {' > '.join((*path, name))}")
    if name in order or name in spec.lists.gives:
        return
    step = spec.facts.get(name)
    if step is None:
        raise KindError(
            f"{spec.name} has no fact {name!r}", hint=f"it has {', '.join(sorted(spec.fact_names))}"
        )
    for used in step.inputs:
        if used in spec.fact_names:
            _visit(spec, used, order, (*path, name))
    order[name] = step


def _lookups(spec: KindSpec, steps: Iterable[Step]) -> tuple[Step, ...]:
    order: dict[str, Step] = {}

    def visit(name: str) -> None:
        if name in order:
            return
        for used in spec.lookups[name].inputs:
            if used in spec.lookups:
                visit(used)
        order[name] = spec.lookups[name]

    for step in steps:
        for name in step.inputs:
            if name in spec.lookups:
                visit(name)
    return tuple(order.values())


def wanted_facts(
    reads: Iterable[tuple[str, Iterable[str]]], known: Mapping[str, KindSpec]
) -> dict[str, set[str]]:
    """Union of (kind, facts) pairs by kind, for kinds that are known; others are somebody else's (derived, absent)."""
    wanted: dict[str, set[str]] = {}
    for kind, facts in reads:
        if kind in known:
            wanted.setdefault(kind, set()).update(facts)
    return wanted


__all__ = ["AskedOf", "Kind", "KindPlan", "plan_kind", "specs", "wanted_facts"]
