"""The command line: one module per verb, which parses and prints; the work is done elsewhere."""

from __future__ import annotations

import argparse
import gc
import sys
import traceback
from collections.abc import Sequence

from evidence.model import NightledgerError
from nightledger import __version__
from nightledger.cli.codes import MEANINGS, ExitCode
from nightledger.cli.output import write
from nightledger.cli.parser import Parser, before_verbs
from nightledger.cli.terminal import note

BETWEEN_COLLECTIONS = (20_000, 10, 10)
"""When Python looks for cycles of garbage: rarely, for a run keeps nearly all it makes until it ends."""

_EXTRAS = {"jinja2": "report", "pandas": "report", "psycopg": "postgres"}


class CannotReach(NightledgerError):
    """The system refused a file or directory that the command needs."""

    exit_code = 2


class ExtraMissing(NightledgerError):
    """What was asked for needs a package that is not installed."""

    exit_code = 2


def build() -> Parser:
    """The whole parser; imports the verbs' modules and nothing heavier than argparse."""
    from nightledger.cli import (  # noqa: PLC0415 - the verbs import this package
        check,
        doctor,
        drift,
        explain,
        hosts,
        init,
        listing,
        permissions,
        report,
        scan,
        schedule,
        show,
        status,
        verify,
        waive,
    )

    codes = "\n".join(f"  {code.value:<3} {meaning}" for code, meaning in MEANINGS.items())
    parser = Parser(
        prog="nightledger",
        description="Nightly, tamper-evident evidence for the HIPAA technical and physical safeguards.",
        epilog=f"exit codes (the highest that applies):\n{codes}\n\nexample:\n  nightledger scan && nightledger drift",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    before_verbs(parser)
    verbs = parser.add_subparsers(metavar="COMMAND", dest="command", required=True)
    for module in (
        init, doctor, permissions, hosts, scan, check, drift, status, show, report, verify, waive, listing, explain, schedule,
    ):  # fmt: skip
        module.add(verbs)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; every error ends as one line and a hint on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    gc.set_threshold(*BETWEEN_COLLECTIONS)
    debug = False
    try:
        args = build().parse_args(arguments)
        debug = args.debug
        _listen(args)
        return int(args.act(args))
    except KeyboardInterrupt:
        note("interrupted")
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last place where an error can be told in one line
        if debug:
            traceback.print_exc()
        known = _known(error)
        if known is not None:
            return _explain(known)
        note(f"nightledger: this is a bug: {type(error).__name__}: {error}", "red")
        note("hint: run it again with --debug and report what it prints")
        return ExitCode.BUG


def _known(error: Exception) -> NightledgerError | None:
    """The error as one of ours, where it is ours or tells of the surroundings; None for a bug."""
    match error:
        case NightledgerError():
            return error
        case ModuleNotFoundError(name=str(name)) if extra := _extra_of(name.partition(".")[0]):
            return ExtraMissing(f"this needs {name}", hint=f"pip install 'nightledger[{extra}]'")
        case OSError(filename=str(filename)):
            return CannotReach(f"{filename}: {error.strerror}")
        case _:
            return None


def _extra_of(package: str) -> str | None:
    from collectors.extras import EXTRAS  # noqa: PLC0415 - only after an error

    return _EXTRAS.get(package) or EXTRAS.get(package)


def _listen(args: argparse.Namespace) -> None:
    from nightledger.cli.logs import configure  # noqa: PLC0415 - not for --help

    configure(debug=args.debug)


def _explain(error: NightledgerError) -> int:
    first, *more = str(error).splitlines() or [type(error).__name__]
    note(f"nightledger: {first}", "red")
    for line in more:
        note(f"nightledger: {line}", "red")
    if error.hint:
        note(f"hint: {error.hint}")
    return error.exit_code


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        write(f"nightledger {__version__}\n")
        parser.exit()
