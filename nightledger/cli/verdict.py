"""How a run ends on the command line: the findings on stdout, the summary on stderr, the exit code."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from nightledger.cli.codes import ExitCode
from nightledger.cli.output import Result, Row, emit
from nightledger.cli.terminal import note
from nightledger.cli.text import count

if TYPE_CHECKING:
    from nightledger.outcome import Outcome

_MOST_GAPS = 5
_MOST_ROWS = 20


def conclude(args: argparse.Namespace, outcome: Outcome, about: dict[str, object]) -> ExitCode:
    """Print an outcome and give the highest exit code that applies."""
    from nightledger.outcome import COLUMNS  # noqa: PLC0415 - not for --help

    rows = list(_shortened(_told_once(outcome.rows))) if args.output == "table" else outcome.rows
    columns = (
        COLUMNS if args.output == "table" else ("kind", "uid", *COLUMNS, "provisions", "missing", "waiver")
    )
    summary = {
        "summary": dict(outcome.counts),
        "unseen": list(map(str, outcome.unseen)),
        "complete": not outcome.incomplete,
    }
    empty = "nothing failed and nothing is unknown" if not outcome.saw_nothing else "nothing could be read"
    emit(Result("findings", columns, rows, {**about, **summary}, empty), args.output)
    _speak(args, outcome)
    return max(_limit(args.fail_on, outcome), ExitCode.INCOMPLETE if outcome.incomplete else ExitCode.DONE)


def _told_once(rows: Iterable[Row]) -> Iterator[Row]:
    """A table's rows: what could not be listed is one row, however many checks would have asked about it."""
    scopes: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        unlisted = row["status"] == "unknown" and row["uid"].startswith("scope:")
        key = (
            ("scope:", row["target"], row["part"], row["sentence"])
            if unlisted
            else (row["check"], row["uid"])
        )
        scopes.setdefault(key, []).append(row)
    for alike in scopes.values():
        kinds = {row["kind"] for row in alike}
        asked = f"{count(len(alike), 'check')} of {count(len(kinds), 'kind')}"
        yield alike[0] if len(alike) == 1 else {**alike[0], "check": asked}


def _shortened(rows: Iterable[Row]) -> Iterator[Row]:
    """The first rows of each check and status; how many more there are is a row of its own."""
    for _, alike in groupby(rows, key=lambda row: (row["status"], row["severity"], row["check"])):
        group = list(alike)
        yield from group[:_MOST_ROWS]
        more = len(group) - _MOST_ROWS
        if more > 0:
            rest = {"name": f"and {more:,} more", "sentence": "another --output form names them all"}
            yield {**group[0], "target": "", **rest}


def _speak(args: argparse.Namespace, outcome: Outcome) -> None:
    if args.quiet:
        return
    kinds: dict[tuple[str, str], list[str]] = {}
    for gap in outcome.unseen:
        kinds.setdefault((gap.where, gap.how), []).append(gap.kind)
    for (where, how), unseen in list(kinds.items())[:_MOST_GAPS]:
        what = unseen[0] if len(unseen) == 1 else count(len(unseen), "kind")
        note(f"not seen: {what} in {where}: {how}", "yellow")
    if len(kinds) > _MOST_GAPS:
        note(f"not seen: {count(len(kinds) - _MOST_GAPS, 'more place')}", "yellow")
    if outcome.saw_nothing:
        note("nothing could be read: this run is evidence of nothing", "red")
    note(outcome.summary, "bold")


def _limit(fail_on: str, outcome: Outcome) -> ExitCode:
    match fail_on:
        case "fail":
            reached = outcome.counts["fail"] > 0
        case "unknown":
            reached = outcome.counts["fail"] + outcome.counts["unknown"] > 0
        case "drift":
            reached = bool(outcome.changed)
        case _:
            reached = False
    return ExitCode.FINDINGS if reached else ExitCode.DONE
