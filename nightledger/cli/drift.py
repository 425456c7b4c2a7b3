"""`drift`: what changed between two runs of one series, in sentences, the most urgent first."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from evidence.model import NightledgerError
from nightledger.cli.codes import ExitCode
from nightledger.cli.output import Result, emit
from nightledger.cli.parser import Verbs, verb
from nightledger.cli.terminal import note
from nightledger.cli.text import count

if TYPE_CHECKING:
    from collectors.acts import Acts
    from config.settings import Settings
    from evidence.drift import Drift, Entry
    from evidence.store import Run, Store
    from nightledger.who import Key


class NothingToCompare(NightledgerError):
    """There is no earlier run of that series."""

    exit_code = 2


def add(verbs: Verbs) -> None:
    """Add the verb."""
    parser = verb(
        verbs,
        "drift",
        run,
        "show what changed between two runs",
        "nightledger drift --since 2026-11-01 --fail-on drift",
    )
    parser.add_argument(
        "--since",
        metavar="REF",
        help="compare with this run, or the last up to this date; else the run before",
    )
    parser.add_argument(
        "--run", default="last", metavar="REF", help="the later run: a number, `last` or a date"
    )
    parser.add_argument(
        "--all", action="store_true", help="also what goes on as before: still failing, still unseen"
    )
    parser.add_argument(
        "--who", action="store_true", help="ask the sources who made the changes; nothing of it is kept"
    )
    parser.add_argument(
        "--fail-on", choices=("never", "drift"), default="never", help="exit code 1 when something changed"
    )


def run(args: argparse.Namespace) -> int:
    """Print the changes."""
    from nightledger.cli.context import open_store, run_named, settings_of  # noqa: PLC0415 - not for --help
    from nightledger.nightly import changed_since  # noqa: PLC0415 - not for --help

    settings = settings_of(args)
    with open_store(settings, create=False) as store:
        after = run_named(store, settings, args.run)
        before = _before(store, settings, after, args.since)
        found = changed_since(store, settings, before, after)
        acts = _acts(store, settings, found) if args.who else {}
    news = set(found.news)
    changes = len(news)
    entries = [one for one in found.entries if one in news or args.all or args.output != "table"]
    about = {"before": before.id, "after": after.id, "series": after.series, "changed": changes}
    columns = (
        ("change", "sentence")
        if args.output == "table"
        else ("change", "kind", "uid", "name", "check", "sentence")
    )
    rows = [_row(entry) | {"news": entry in news} for entry in entries]
    if args.who:
        columns = (*columns, "who")
        rows = [{**row, **_who(entry, acts)} for row, entry in zip(rows, entries, strict=True)]
    emit(Result("drift", columns, rows, about, "nothing changed"), args.output)
    if not args.quiet:
        lasting = len(found.entries) - len(entries)
        if lasting:
            note(
                f"{count(lasting, 'more line')} about what goes on as before, still failing or still unseen: --all"
            )
        note(
            f"{count(changes, 'change')} from run {before.id} ({before.started}) to run {after.id} ({after.started})"
        )
    return ExitCode.FINDINGS if args.fail_on == "drift" and changes else ExitCode.DONE


def _before(store: Store, settings: Settings, after: Run, since: str | None) -> Run:
    from evidence.drift import baseline  # noqa: PLC0415 - not for --help
    from nightledger.cli.context import run_named  # noqa: PLC0415 - not for --help

    if since is not None:
        return run_named(store, settings, since, series=after.series)
    before = baseline(store, after)
    if before is None:
        raise NothingToCompare(
            f"run {after.id} is the first of its series", hint="drift shows something from the second run on"
        )
    return before


def _acts(store: Store, settings: Settings, found: Drift) -> dict[Key, Acts]:
    """Who changed what drifted; only this opens a source."""
    from nightledger.platforms import platforms  # noqa: PLC0415 - not for --help
    from nightledger.sources import poll_sources  # noqa: PLC0415 - not for --help
    from nightledger.who import who  # noqa: PLC0415 - not for --help

    return who(store, poll_sources(settings), platforms(), found)


def _who(entry: Entry, acts: dict[Key, Acts]) -> dict[str, Any]:
    from nightledger.who import explained, sentence  # noqa: PLC0415 - not for --help

    held = explained(entry, acts)
    known = held if isinstance(held, tuple) else ()
    return {"who": sentence(held), "acts": [asdict(act) for act in known]}


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "change": entry.change.value,
        "sentence": entry.sentence,
        "kind": entry.unit.kind if entry.unit else "",
        "target": entry.unit.target if entry.unit else "",
        "uid": entry.uid,
        "name": entry.name,
        "check": entry.check,
        "before": entry.before.value if entry.before else "",
        "after": entry.after.value if entry.after else "",
        "since_run": entry.since,
        "count": entry.count,
    }
