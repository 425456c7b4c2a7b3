"""`verify`: derive every digest of a store again and name whatever was altered or is missing."""

from __future__ import annotations

import argparse
from datetime import UTC, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.model import NightledgerError
from nightledger.cli.codes import ExitCode
from nightledger.cli.output import Result, emit
from nightledger.cli.parser import Verbs, verb
from nightledger.cli.terminal import note
from nightledger.cli.text import count

if TYPE_CHECKING:
    from evidence.store import Store
    from evidence.verify import Report


class CannotReadCheckpoint(NightledgerError):
    """The checkpoint file is not there or is no text."""

    exit_code = 2


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
    parser.add_argument(
        "--checkpoint", metavar="FILE", help="an older signed checkpoint that was kept elsewhere"
    )


def run(args: argparse.Namespace) -> int:
    """Print every problem; exit code 4 where there is one."""
    from evidence.verify import verify  # noqa: PLC0415 - not for --help

    store, zone = _store(args)
    with store:
        # Somebody else's store is signed with somebody else's key.
        key = args.key or (None if args.store else _own_key(store))
        number = store.run(args.run, zone=zone).id if args.run else None
        report = verify(store, key=key, witness=_witness(args), run=number)
    rows = [{"problem": one.kind.value, "where": one.where, "what": one.what} for one in report.problems]
    about = {
        "sound": report.sound,
        "key": report.key,
        "key_given": report.key_source == "given",
        "runs": report.runs,
        "units": report.units,
        "objects": report.objects,
        "events": report.events,
        "anchor": report.anchor,
    }
    empty = (
        f"nothing was altered since it was sealed ({report.anchor}: no copy of a checkpoint is known outside)"
    )
    emit(Result("problems", ("problem", "where", "what"), rows, about, empty), args.output)
    if not args.quiet:
        _speak(report)
    return ExitCode.DONE if report.sound else ExitCode.INTEGRITY


def _speak(report: Report) -> None:
    trusted = "" if report.key_source == "given" else ", taken from the store itself"
    note(
        f"{count(report.runs, 'run')}, {count(report.units, 'unit')}, {count(report.objects, 'object')}, "
        f"{count(report.events, 'ledger event')}; key {report.key}{trusted}; {report.anchor}",
        "green" if report.sound else "red",
    )


def _store(args: argparse.Namespace) -> tuple[Store, tzinfo]:
    """The store at a path, for which no settings are needed, or the one of the settings; and whose days count."""
    from evidence.store import Store  # noqa: PLC0415 - not for --help
    from nightledger.cli.context import open_store, settings_of  # noqa: PLC0415 - not for --help

    if args.store:
        return Store.open(args.store, create=False), UTC
    settings = settings_of(args)
    return open_store(settings, create=False), settings.organisation.zone


def _own_key(store: Store) -> str | None:
    """The key kept outside the store on this machine, when it is there."""
    keys = store.log.keys
    return keys.signer().public_key.fingerprint if keys.has_key() else None


def _witness(args: argparse.Namespace) -> str | None:
    if not args.checkpoint:
        return None
    try:
        return Path(args.checkpoint).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotReadCheckpoint(f"{args.checkpoint} cannot be read: {error}") from None
