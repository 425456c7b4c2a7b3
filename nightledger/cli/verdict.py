"""How a run ends on the command line: the findings on stdout, the summary on stderr, the exit code."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from nightledger.cli.codes import ExitCode
from nightledger.cli.output import Result, emit
from nightledger.cli.terminal import note
from nightledger.cli.text import count

if TYPE_CHECKING:
    from nightledger.outcome import Outcome

_MOST_GAPS = 5


def conclude(args: argparse.Namespace, outcome: Outcome, about: dict[str, object]) -> ExitCode:
    """Print an outcome and give the highest exit code that applies."""
    from nightledger.outcome import COLUMNS, urgent  # noqa: PLC0415 - not for --help

    rows = list(urgent(outcome.rows)) if args.output == "table" else outcome.rows
    columns = (
        COLUMNS if args.output == "table" else ("kind", "uid", *COLUMNS, "provisions", "missing", "waiver")
    )
    summary = {"summary": dict(outcome.counts), "unseen": outcome.unseen, "complete": not outcome.incomplete}
    empty = "nothing failed and nothing is unknown" if not outcome.saw_nothing else "nothing could be read"
    emit(Result("findings", columns, rows, {**about, **summary}, empty), args.output)
    _speak(args, outcome)
    return max(_limit(args.fail_on, outcome), ExitCode.INCOMPLETE if outcome.incomplete else ExitCode.DONE)


def _speak(args: argparse.Namespace, outcome: Outcome) -> None:
    if args.quiet:
        return
    for gap in outcome.unseen[:_MOST_GAPS]:
        note(f"not seen: {gap}", "yellow")
    if len(outcome.unseen) > _MOST_GAPS:
        note(f"not seen: {count(len(outcome.unseen) - _MOST_GAPS, 'more scope')}", "yellow")
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
