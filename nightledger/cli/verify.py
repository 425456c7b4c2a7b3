"""`verify`: derive every digest of a store again and name whatever was altered or is missing."""

from __future__ import annotations

import argparse

from nightledger.cli.codes import ExitCode
from nightledger.cli.parser import Verbs, verb


def add(verbs: Verbs) -> None:
    """Add the verb."""
    parser = verb(
        verbs,
        "verify",
        run,
        "check that no evidence was altered since it was sealed",
        "nightledger verify /backup/evidence.db --key sha256:4f1c...",
    )
    parser.add_argument("store", metavar="PATH", nargs="?", help="a store, else the one of the settings")
    parser.add_argument(
        "--run", metavar="REF", help="only this run's evidence; the ledger is always verified whole"
    )
    parser.add_argument("--key", metavar="FINGERPRINT", help="the key you were told to expect (sha256:...)")


def run(args: argparse.Namespace) -> int:
    """Print every problem; exit code 4 where there is one."""
    return ExitCode.BUG
