"""`scan`: collect, judge and seal a snapshot of every source, or of those named."""

from __future__ import annotations

import argparse

from nightledger.cli.parser import Verbs, limit, verb


def add(verbs: Verbs) -> None:
    """Add the verb."""
    parser = verb(
        verbs,
        "scan",
        run,
        "collect, judge and seal a snapshot",
        "nightledger scan --fail-on unknown --output json > snapshot.json",
    )
    parser.add_argument("sources", metavar="SOURCE", nargs="*", help="only these configured sources")
    limit(parser, default="never")


def run(args: argparse.Namespace) -> int:
    """Make a run, seal it and print its findings."""
    from nightledger.cli.context import open_store, settings_of, warn_of_disabled  # noqa: PLC0415 - not for --help
    from nightledger.cli.terminal import note, progress  # noqa: PLC0415 - not for --help
    from nightledger.cli.text import count  # noqa: PLC0415 - not for --help
    from nightledger.cli.verdict import conclude  # noqa: PLC0415 - not for --help
    from nightledger.nightly import scan_settings, sealed_outcome  # noqa: PLC0415 - not for --help

    settings = settings_of(args)
    warn_of_disabled(settings)
    with open_store(settings, create=True) as store, store.lock():
        with progress(quiet=args.quiet) as watch:
            scanned = scan_settings(store, settings, args.sources, trigger="command", progress=watch)
        outcome = sealed_outcome(store, settings, scanned.sealed.run, everything=args.output != "table")
        sealed = store.run(scanned.sealed.run)
        others = store.log.keys.other_ledgers(store.log.origin) if sealed.id == 1 else 0
    if not args.quiet:
        if others:
            note(
                f"this store is new, its history begins with this run; {count(others, 'other ledger')} sealed from here "
                "before: if one was to go on, look for what became of its store",
                "yellow",
            )
        for one in settings.selection.exclude:
            note(f"not asked: {one.check} ({one.reason})")
    about = {"run": sealed.id, "series": sealed.series, "state": sealed.state, "root": sealed.root}
    return conclude(args, outcome, about)
