"""Where each provision stands as of a sealed run: the store's findings, the checks' links, the waivers in force."""

from __future__ import annotations

from datetime import UTC, datetime

from checks.load import all_checks
from checks.rule import catalog
from checks.status import Overlay, ProvisionStatus, roll_up
from evidence import records
from evidence.store import NIGHTLY, Run, Store


def standing(store: Store, run: Run, at: datetime | None = None) -> list[ProvisionStatus]:
    """Every safeguard's line, in the rule's order; waivers are those in force `at` (now)."""
    findings = list(store.findings(run.id))
    waived = records.waived(records.active(store, at or datetime.now(UTC)), findings)
    overlay = Overlay(waived, narrowed=narrowed(run))
    return roll_up(catalog(), all_checks().checks.values(), findings, store.units(run.id), overlay)


def narrowed(run: Run) -> str:
    """What keeps a run of a few questions from evidencing a provision; "" for the nightly run."""
    return "" if run.series == NIGHTLY else "this run asked only a part of the questions"
