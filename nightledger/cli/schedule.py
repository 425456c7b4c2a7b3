"""`schedule`: stay and scan every night, or say when the next night is."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from nightledger.cli.codes import ExitCode
from nightledger.cli.output import Result, emit
from nightledger.cli.parser import Verbs, verb

if TYPE_CHECKING:
    from config.settings import Settings


def add(verbs: Verbs) -> None:
    """Add the verb."""
    parser = verb(
        verbs,
        "schedule",
        run,
        "stay and scan every night, as the settings say",
        "nightledger schedule --next",
    )
    parser.add_argument("--next", action="store_true", help="only print when the next nights begin")


def run(args: argparse.Namespace) -> int:
    """Serve until a signal, or print the next nights."""
    from nightledger.cli.context import open_store, settings_of  # noqa: PLC0415 - not for --help

    settings = settings_of(args)
    if args.next:
        return _next(args, settings)
    import logging  # noqa: PLC0415 - not for --help

    import scheduler  # noqa: PLC0415 - not for --help
    from nightledger.cli.logs import configure  # noqa: PLC0415 - not for --help

    configure(level=logging.WARNING if args.quiet else logging.INFO, debug=args.debug)
    scheduler.serve(lambda: settings_of(args), lambda current: open_store(current, create=True))
    return ExitCode.DONE


def _next(args: argparse.Namespace, settings: Settings) -> int:
    from datetime import UTC, datetime  # noqa: PLC0415 - not for --help

    from nightledger.schedule import next_slot  # noqa: PLC0415 - not for --help

    zone, at, rows = settings.schedule_zone, datetime.now(UTC), []
    for _ in range(5):
        slot = next_slot(settings.schedule.nightly, zone, at)
        if slot is None:
            break
        at = slot.instant
        rows.append(
            {
                "night": slot.day.isoformat(),
                "utc": f"{at:%Y-%m-%dT%H:%M:%SZ}",
                "local": at.astimezone(zone).isoformat(),
            }
        )
    emit(Result("nights", ("night", "utc", "local"), rows, {"cron": settings.schedule.cron}), args.output)
    return ExitCode.DONE
