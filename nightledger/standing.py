"""Where each provision stands as of a sealed run: the store's findings, the checks' links, the waivers in force."""

from __future__ import annotations

from datetime import UTC, datetime

from checks.load import all_checks
from checks.rule import catalog
from checks.status import Overlay, ProvisionStatus, roll_up
from evidence import records
from evidence.store import Run, Store


def standing(store: Store, run: Run, at: datetime | None = None) -> list[ProvisionStatus]:
    """Every safeguard's line, in the rule's order; waivers are those in force `at` (now)."""
    findings = list(store.findings(run.id))
    waived = records.waived(records.active(store, at or datetime.now(UTC)), findings)
    asked = [check for check in all_checks().checks.values() if check.id in run.checks]
    return roll_up(catalog(), asked, findings, store.units(run.id), Overlay(waived))
