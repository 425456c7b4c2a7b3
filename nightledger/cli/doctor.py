"""`doctor`: try everything a scan will need, and say what is missing and how to get it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nightledger.cli.codes import ExitCode
from nightledger.cli.output import Result, emit
from nightledger.cli.parser import Verbs, verb
from nightledger.cli.terminal import note
from nightledger.cli.text import count

if TYPE_CHECKING:
    from config.settings import Settings
    from evidence.store import Store
    from nightledger.doctor import Answer


def add(verbs: Verbs) -> None:
    """Add the verb."""
    parser = verb(
        verbs,
        "doctor",
        run,
        "try what a scan needs: sources, permissions, extras, store and key",
        "nightledger doctor production",
    )
    parser.add_argument("sources", metavar="SOURCE", nargs="*", help="only these configured sources")


def run(args: argparse.Namespace) -> int:
    """Print every answer; exit code 3 where there is a gap."""
    from nightledger.cli.context import settings_of  # noqa: PLC0415 - not for --help
    from nightledger.doctor import examine  # noqa: PLC0415 - not for --help

    settings = settings_of(args)
    answers = [*_store(settings), *examine(settings, args.sources)]
    gaps = sum(answer.state == "gap" for answer in answers)
    rows = [
        {"subject": one.subject, "what": one.what, "state": one.state, "detail": one.detail}
        for one in answers
    ]
    emit(Result("doctor", ("state", "subject", "what", "detail"), rows, {"gaps": gaps}), args.output)
    if not args.quiet:
        note(
            f"{count(gaps, 'gap')}, {count(len(answers) - gaps, 'answer')} without",
            "red" if gaps else "green",
        )
    return ExitCode.INCOMPLETE if gaps else ExitCode.DONE


def _store(settings: Settings) -> Iterator[Answer]:
    """The store opens, nobody holds its lock, and the key that signs it is where the settings say."""
    from evidence.model import NightledgerError  # noqa: PLC0415 - not for --help
    from nightledger.cli.context import has_store, open_store, shown_store  # noqa: PLC0415 - not for --help
    from nightledger.doctor import Answer  # noqa: PLC0415 - not for --help

    where = shown_store(settings)
    try:
        if not has_store(settings):
            yield Answer("store", where, "untried", "there is none yet; the first scan makes it")
            return
        with open_store(settings, create=False) as store:
            runs = store.runs()
            last = runs[-1].started if runs else "never"
            yield Answer("store", where, "ok", f"{count(len(runs), 'run')}, last {last}")
            yield _key(store, signed=bool(runs))
            with store.backend.lock():
                yield Answer("lock", where, "ok", "free")
    except (NightledgerError, OSError) as error:
        yield Answer("store", where, "gap", f"{error} {getattr(error, 'hint', '')}".strip())


def _key(store: Store, *, signed: bool) -> Answer:
    from evidence.seal import SealError  # noqa: PLC0415 - not for --help
    from nightledger.doctor import Answer  # noqa: PLC0415 - not for --help
    from nightledger.nightly import require_key  # noqa: PLC0415 - not for --help

    keys = store.log.keys
    if keys.has_key():
        try:
            require_key(store)
        except SealError as error:
            return Answer("key", str(keys.path), "gap", str(error))
        if keys.open_to_others:
            return Answer("key", str(keys.path), "gap", "others can read or replace it: chmod 700 and 600")
        return Answer("key", str(keys.path), "ok")
    if signed:
        return Answer("key", str(keys.path), "gap", "the key that signed this store is not here")
    return Answer("key", str(keys.path), "untried", "the first seal makes it")
