"""The parser every verb shares: help with an example, one-line errors with the nearest word, common options."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from nightledger.cli.codes import ExitCode
from nightledger.cli.output import FORMATS, write
from nightledger.cli.text import shown

Run = Callable[[argparse.Namespace], int]
Verbs = Any
"""What argparse calls a subparsers action."""


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that knows what was probably meant and never breaks on a closed pipe."""

    def error(self, message: str) -> NoReturn:
        """Say it in one line, with the nearest word where one was unknown; exit code 2."""
        self.exit(ExitCode.USAGE, f"{self.prog}: {_plainer(message)}\nhint: {self.prog} --help\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        if message:
            write(message, file or sys.stdout)


def verb(
    verbs: Verbs,
    name: str,
    run: Run,
    summary: str,
    example: str,
    *,
    result: bool = True,
    settings: bool = True,
) -> Parser:
    """Add a verb: `result` gives it --output, `settings` the options that say which settings file and store."""
    parser: Parser = verbs.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    if settings:
        parser.add_argument(
            "--config",
            metavar="FILE",
            default=argparse.SUPPRESS,
            help="the settings file, else ./nightledger.yaml, else /etc",
        )
        parser.add_argument(
            "--data",
            metavar="DIR",
            default=argparse.SUPPRESS,
            help="keep the store in this directory, whatever the settings say",
        )
    if result:
        parser.add_argument(
            "--output", choices=FORMATS, default="table", help="the form of the result on stdout"
        )
    parser.add_argument("--quiet", "-q", action="store_true", help="no progress and no notes on stderr")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    parser.set_defaults(act=run)
    return parser


def before_verbs(parser: argparse.ArgumentParser) -> None:
    """Take what says which settings and store before the verb too, where many write it; verbs only override it."""
    for option in ("--config", "--data"):
        parser.add_argument(option, help=argparse.SUPPRESS)


def limit(parser: argparse.ArgumentParser, *, default: str) -> None:
    """Add --fail-on."""
    parser.add_argument(
        "--fail-on",
        choices=("never", "fail", "unknown", "drift"),
        default=default,
        help="end with exit code 1 when there is such a finding (default: %(default)s)",
    )


def _plainer(message: str) -> str:
    found = re.fullmatch(r"argument (.*): invalid choice: '(.*)' \(choose from (.*)\)", message, re.DOTALL)
    if found is None:
        return message
    import difflib  # noqa: PLC0415 - only after a mistake

    argument, word, choices = found.groups()
    known = re.findall(r"[\w-]+", choices)
    close: Sequence[str] = difflib.get_close_matches(word, known, n=1)
    meant = f"did you mean {close[0]}?" if close else f"one of {', '.join(known)}"
    return f"{argument.split('/')[-1]} {shown(word)!r} is unknown; {meant}"
