"""Where each provision stands as of a sealed run: the store's findings, the checks' links, the waivers in force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from checks.load import all_checks
from checks.rule import catalog
from checks.status import Overlay, ProvisionStatus, roll_up
from evidence import records
from evidence.model import Resource
from evidence.store import NIGHTLY, Run, Store
from nightledger.reports.waivers import day_of


@dataclass(frozen=True, slots=True)
class Population:
    """The resources a statement is limited to, by uid, and how many there are in all."""

    uids: frozenset[str]
    of: int

    def holds(self, uid: str) -> bool:
        """Whether a finding counts: its resource is among them, or it is about a scope, where any could be."""
        return uid in self.uids or uid.startswith("scope:")

    def __str__(self) -> str:
        return f"limited to {len(self.uids):,} of {self.of:,} resources"


def population(store: Store, run: Run, wanted: Callable[[Resource], bool]) -> Population:
    """The resources of a run that satisfy a condition."""
    uids, total = set(), 0
    for row in store.observations(run.id):
        total += 1
        if wanted(row.resource):
            uids.add(row.resource.uid)
    return Population(frozenset(uids), total)


def standing(store: Store, run: Run, limit: Population | None = None) -> list[ProvisionStatus]:
    """Every safeguard's line, in the rule's order, with the waivers of the run's day, as its report has them."""
    findings = [row for row in store.findings(run.id) if limit is None or limit.holds(row.uid)]
    at = day_of(run, store.runs(run.series), records.waivers(store))
    waived = records.waived(records.active(store, at), findings)
    overlay = Overlay(waived, narrowed=narrowed(run))
    return roll_up(catalog(), all_checks().checks.values(), findings, store.units(run.id), overlay)


def narrowed(run: Run) -> str:
    """What keeps a run of a few questions from evidencing a provision; "" for the nightly run."""
    return "" if run.series == NIGHTLY else "this run asked only a part of the questions"
