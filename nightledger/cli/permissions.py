"""`permissions`: the least privilege a platform needs, as text to paste."""

from __future__ import annotations

import argparse

from nightledger.cli.codes import ExitCode
from nightledger.cli.output import write
from nightledger.cli.parser import Verbs, verb


def add(verbs: Verbs) -> None:
    """Add the verb."""
    parser = verb(
        verbs,
        "permissions",
        run,
        "print the least privilege that looking at a platform needs",
        "nightledger permissions aws --format terraform > nightledger.tf",
        result=False,
        settings=False,
    )
    parser.add_argument(
        "platform", metavar="PLATFORM", choices=("aws", "hosts", "directory"), help="aws, hosts or directory"
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "terraform", "cloudformation", "terraform-module"),
        default="text",
        help="how to print it",
    )
    parser.add_argument(
        "--for", dest="words", metavar="TOPIC|CHECK", nargs="+", default=(), help="only for these checks"
    )


def run(args: argparse.Namespace) -> int:
    """Print what the checks' facts need there."""
    from checks.load import all_checks  # noqa: PLC0415 - not for --help
    from nightledger.permissions import permissions, text  # noqa: PLC0415 - not for --help
    from nightledger.platforms import platforms  # noqa: PLC0415 - not for --help

    catalogue = all_checks()
    platform = platforms()[args.platform]
    chosen = catalogue.pick(args.words) if args.words else tuple(catalogue.checks.values())
    write(text(platform, permissions(platform, chosen), args.format))
    return ExitCode.DONE
