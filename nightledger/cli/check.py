"""`check`: ask some checks now, after a change: only their own calls, kept only with --seal."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from nightledger.cli.parser import Verbs, limit, verb

if TYPE_CHECKING:
    from collections.abc import Callable

    from checks.check import Check
    from checks.load import Catalogue
    from collectors.kind import Found
    from collectors.poll import Progress
    from config.settings import Settings
    from evidence.records import Waiver
    from nightledger.outcome import Outcome
    from nightledger.run import Plan


def add(verbs: Verbs) -> None:
    """Add the verb."""
    parser = verb(
        verbs,
        "check",
        run,
        "ask some checks now, with only the calls they need",
        "nightledger check encryption-at-rest --on ehr-backups",
    )
    parser.add_argument("words", metavar="TOPIC|CHECK", nargs="+", help="topics or ids of checks")
    parser.add_argument("--on", metavar="RESOURCE", help="only this resource, by name or uid")
    parser.add_argument(
        "--source", metavar="SOURCE", action="append", default=[], help="only this source; repeatable"
    )
    parser.add_argument(
        "--seal", action="store_true", help="keep the result in the store, as a series of its own"
    )
    limit(parser, default="fail")


def run(args: argparse.Namespace) -> int:
    """Ask, print and perhaps seal."""
    from checks.load import all_checks  # noqa: PLC0415 - not for --help
    from nightledger.cli.context import settings_of, warn_of_disabled  # noqa: PLC0415 - not for --help
    from nightledger.cli.terminal import progress  # noqa: PLC0415 - not for --help
    from nightledger.cli.verdict import conclude  # noqa: PLC0415 - not for --help
    from nightledger.nightly import plan_run  # noqa: PLC0415 - not for --help

    settings = settings_of(args)
    warn_of_disabled(settings)
    catalogue = all_checks()
    plan = plan_run(
        settings, catalogue, _chosen(settings, catalogue, args.words), args.source, _only(args.on)
    )
    about: dict[str, object] = {"asked": args.words, "on": args.on, "sealed": args.seal}
    with progress(quiet=args.quiet) as watch:
        outcome = (
            _sealed(args, settings, plan, watch, about)
            if args.seal
            else _unsealed(args, settings, plan, watch)
        )
    return conclude(args, outcome, about)


def _chosen(settings: Settings, catalogue: Catalogue, words: list[str]) -> list[Check]:
    """What the words name; a check that the settings exclude only when it is named itself."""
    excluded = {one.check for one in settings.selection.exclude} - set(words)
    return [check for check in catalogue.pick(words) if check.id not in excluded]


def _only(wanted: str | None) -> Callable[[Found], bool] | None:
    return None if wanted is None else lambda found: wanted in {found.uid, found.name}


def _sealed(
    args: argparse.Namespace, settings: Settings, plan: Plan, watch: Progress, about: dict[str, object]
) -> Outcome:
    from nightledger.cli.context import open_store  # noqa: PLC0415 - not for --help
    from nightledger.nightly import require_key, sealed_outcome  # noqa: PLC0415 - not for --help
    from nightledger.scan import scan, series_of  # noqa: PLC0415 - not for --help

    series = series_of(args.words, args.source, args.on or "")
    selection = {"words": sorted(args.words), "sources": sorted(args.source), "on": args.on}
    with open_store(settings, create=True) as store, store.lock():
        require_key(store)
        scanned = scan(store, plan, series=series, selection=selection, progress=watch)
        about.update(run=scanned.sealed.run, series=series, root=scanned.sealed.root)
        return sealed_outcome(
            store, settings, scanned.sealed.run, everything=args.output != "table", on=args.on or ""
        )


def _unsealed(args: argparse.Namespace, settings: Settings, plan: Plan, watch: Progress) -> Outcome:
    from nightledger.outcome import Reading, of_run  # noqa: PLC0415 - not for --help
    from nightledger.run import run as run_plan  # noqa: PLC0415 - not for --help

    checks = {check.id: check for check in plan.checks}
    return of_run(
        run_plan(plan, watch), Reading(checks, _waivers(settings), args.output != "table", args.on or "")
    )


def _waivers(settings: Settings) -> list[Waiver]:
    """The waivers in force, or none where there is no store yet."""
    from datetime import UTC, datetime  # noqa: PLC0415 - not for --help

    from evidence import records  # noqa: PLC0415 - not for --help
    from nightledger.cli.context import has_store, open_store  # noqa: PLC0415 - not for --help

    if not has_store(settings):
        return []
    with open_store(settings, create=False) as store:
        return records.active(store, datetime.now(UTC))
