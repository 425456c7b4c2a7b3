"""`report`: one sealed run as a document for people or for other programs, from the store alone."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from nightledger.cli.codes import ExitCode
from nightledger.cli.parser import Verbs, verb
from nightledger.cli.terminal import note

if TYPE_CHECKING:
    from config.settings import Settings
    from evidence.store import Run, Store
    from nightledger.reports import Report


def add(verbs: Verbs) -> None:
    """Add the verb."""
    parser = verb(
        verbs,
        "report",
        run,
        "write a report of a sealed run",
        "nightledger report html --run 2026-10-31 -o october.html",
        result=False,
    )
    parser.add_argument(
        "format", choices=("html", "csv", "json"), help="html for people, csv for sheets, json for programs"
    )
    parser.add_argument("--run", default="last", metavar="REF", help="a run's number, `last` or a date")
    parser.add_argument("-o", "--out", metavar="PATH", help="where to write it")


def run(args: argparse.Namespace) -> int:
    """Write the file and print its path."""
    from nightledger.cli.context import open_store, run_named, settings_of  # noqa: PLC0415 - not for --help
    from nightledger.cli.output import write as say  # noqa: PLC0415 - the same word twice
    from nightledger.reports import write  # noqa: PLC0415 - not for --help

    settings = settings_of(args)
    with open_store(settings, create=False) as store:
        sealed = run_named(store, settings, args.run)
        report = _built(store, settings, sealed)
    path = args.out or f"nightledger-run-{sealed.id}.{args.format}"
    write(report, args.format, path)
    say(f"{path}\n")
    if not args.quiet:
        note(f"run {sealed.id} ({sealed.started}): evidence of safeguards, not a determination of compliance")
    return ExitCode.DONE


def _built(store: Store, settings: Settings, sealed: Run) -> Report:
    from checks.load import all_checks  # noqa: PLC0415 - not for --help
    from nightledger.nightly import local_day  # noqa: PLC0415 - not for --help
    from nightledger.rejudge import rejudger  # noqa: PLC0415 - not for --help
    from nightledger.reports import build  # noqa: PLC0415 - not for --help
    from nightledger.sources import policy  # noqa: PLC0415 - not for --help

    catalogue = all_checks()
    rejudge = rejudger(catalogue, policy(settings, catalogue), local_day(settings, sealed.started))
    name = settings.organisation.name
    return build(store, sealed.id, catalogue, series=sealed.series, organisation=name, rejudge=rejudge)
