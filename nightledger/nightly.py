"""From settings to a run and what it came to: what the command line and the scheduler both do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from checks.check import Check
from checks.load import Catalogue, all_checks
from collectors.kind import Found
from collectors.poll import Errand, Progress
from config.settings import Settings
from evidence import drift, records
from evidence.model import Json
from evidence.seal import SealError
from evidence.store import Run, Store
from nightledger.outcome import Outcome, Reading, of_store
from nightledger.platforms import OURS, platforms
from nightledger.rejudge import rejudger
from nightledger.run import Plan, make_plan
from nightledger.scan import Scanned, Stop, scan, series_of
from nightledger.sources import policy, poll_sources, require_platforms, selected


def plan_run(
    settings: Settings,
    catalogue: Catalogue,
    checks: Sequence[Check],
    sources: Sequence[str] = (),
    only: Callable[[Found], bool] | None = None,
) -> Plan:
    """The plan that asks these checks of the configured sources, or of those named."""
    chosen = poll_sources(settings, sources)
    # A platform that no source names is not imported: its kinds would be passed over.
    known = platforms({source.platform for source in chosen})
    require_platforms(chosen, {*OURS, *known})
    plan = make_plan(chosen, known, catalogue, checks, local_day(settings), policy(settings, catalogue))
    return plan if only is None else replace(plan, errands=tuple(_limited(plan, only)))


def _limited(plan: Plan, only: Callable[[Found], bool]) -> Iterator[Errand]:
    """The errands limited to some resources, but not for kinds that lend a fact to checks of other kinds."""
    lent = {place.partition(":")[0] for check in plan.checks for place in check.also.values()}
    for errand in plan.errands:
        lenders = {kind: one for kind, one in errand.plans.items() if kind in lent}
        others = {kind: one for kind, one in errand.plans.items() if kind not in lent}
        yield from (
            replace(errand, plans=some, only=which)
            for some, which in ((lenders, None), (others, only))
            if some
        )


def scan_settings(
    store: Store,
    settings: Settings,
    sources: Sequence[str] = (),
    *,
    trigger: str,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Scanned:
    """Ask every selected check and seal what was seen; the caller holds the store's lock."""
    require_key(store)
    catalogue = all_checks()
    plan = plan_run(settings, catalogue, selected(settings, catalogue), sources)
    series = series_of((), sources)
    selection: dict[str, Json] = {
        "sources": sorted(sources),
        "excluded": {one.check: one.reason for one in settings.selection.exclude},
        "policy": {name: override.reason for name, override in sorted(settings.policy.items())},
    }
    return scan(
        store, plan, series=series, trigger=trigger, selection=selection, progress=progress, stop=stop
    )


def require_key(store: Store) -> None:
    """Raise SealError before hours of collecting, not after, when this store's ledger cannot be signed here."""
    first = next(iter(store.events()), None)
    keys = store.log.keys
    if first is None or (keys.has_key() and first[1].get("key") == keys.signer().public_key.raw.hex()):
        keys.signer()
        return
    raise SealError(
        f"{keys.path} does not hold the key that signs this store's ledger",
        hint="name the key directory that the store was made with, or restore its key from a backup",
    )


def sealed_outcome(
    store: Store, settings: Settings, run_id: int, *, everything: bool, on: str = ""
) -> Outcome:
    """What a sealed run came to: with the waivers in force now and what changed since the run before."""
    reading = Reading(all_checks().checks, records.active(store, datetime.now(UTC)), everything, on)
    outcome = of_store(store.findings(run_id), store.units(run_id), reading)
    outcome.before = drift.baseline(store, run_id)
    if outcome.before is not None:
        outcome.changed = len(changed_since(store, settings, outcome.before, store.run(run_id)).news)
    return outcome


def changed_since(store: Store, settings: Settings, before: Run, after: Run) -> drift.Drift:
    """The drift between two runs, with old facts judged again by today's checks."""
    catalogue = all_checks()
    rejudge = rejudger(catalogue, policy(settings, catalogue), local_day(settings, before.started))
    return drift.compare(store, before, after, rejudge=rejudge)


def local_day(settings: Settings, moment: str = "") -> date:
    """The organisation's date at a UTC ISO-8601 moment, by default now."""
    instant = datetime.fromisoformat(moment) if moment else datetime.now(UTC)
    return instant.astimezone(settings.organisation.zone).date()
