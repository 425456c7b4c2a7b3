"""`init`: write a first settings file, then print what to grant and what to type next."""

from __future__ import annotations

import argparse
import sys

from evidence.model import NightledgerError
from nightledger.cli.codes import ExitCode
from nightledger.cli.output import write
from nightledger.cli.parser import Verbs, verb
from nightledger.cli.terminal import note


class CannotInit(NightledgerError):
    """The settings file cannot be written, or an answer is missing."""

    exit_code = 2


def add(verbs: Verbs) -> None:
    """Add the verb."""
    parser = verb(
        verbs,
        "init",
        run,
        "write a first nightledger.yaml and say what to grant",
        "nightledger init --source aws --organisation 'Example Clinic' --timezone America/New_York --yes",
        result=False,
        settings=False,
    )
    parser.add_argument(
        "--source", action="append", default=[], choices=("aws", "hosts", "directory"), help="repeatable"
    )
    parser.add_argument("--organisation", metavar="NAME", help="whose evidence it is")
    parser.add_argument(
        "--timezone", metavar="ZONE", help="an IANA time zone; its days are the organisation's"
    )
    parser.add_argument(
        "--file", default="nightledger.yaml", metavar="FILE", help="where to write (default: %(default)s)"
    )
    parser.add_argument(
        "--yes", "-y", action="store_true", help="ask nothing: take what is given and the defaults"
    )


def run(args: argparse.Namespace) -> int:
    """Ask, write, and print the next steps."""
    from nightledger.init import Answers, next_steps, write_settings  # noqa: PLC0415 - not for --help

    answers = Answers(
        organisation=args.organisation or _ask(args, "Whose evidence is it?", "Example Clinic"),
        timezone=args.timezone or _ask(args, "In which time zone (IANA name)?", "UTC"),
        sources=tuple(args.source)
        or tuple(_ask(args, "Look at what (aws, hosts, directory)?", "hosts").replace(",", " ").split()),
    )
    write_settings(answers, args.file)
    note(f"wrote {args.file}", "green")
    write(next_steps(answers, args.file))
    return ExitCode.DONE


def _ask(args: argparse.Namespace, question: str, default: str) -> str:
    if args.yes:
        return default
    if not sys.stdin.isatty():
        raise CannotInit(
            "nobody is here to answer", hint="give --yes, or --organisation, --timezone and --source"
        )
    sys.stderr.write(f"{question} [{default}] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() or default
