"""What verbs share once they run: the settings in force, the store they name, and the day it is."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from config.load import find, is_there, load, store_of
from config.settings import Settings
from evidence.seal import default_key_directory
from evidence.store import NIGHTLY, NotFound, Run, Store
from nightledger.cli.terminal import note
from nightledger.platforms import disabled
from nightledger.sources import Installed


def settings_of(args: argparse.Namespace) -> Settings:
    """The settings the command line names, or those found; --data moves the store."""
    path = Path(args.config) if args.config else find(os.environ, Path.cwd())
    environ = dict(os.environ)
    if args.data:
        environ["NIGHTLEDGER_STORE"] = f"sqlite:{Path(args.data).absolute()}/evidence.db"
    return load(path, environ, Installed())


def store_url(settings: Settings) -> str:
    """The store's URL, read from where a reference points."""
    return store_of(settings)


def key_directory(settings: Settings) -> Path:
    """Where the signing key stays."""
    if settings.key_directory:
        return Path(settings.key_directory)
    return default_key_directory(os.environ).path


def open_store(settings: Settings, *, create: bool) -> Store:
    """The store, made when `create` and absent; raises StoreError."""
    return Store.open(store_url(settings), keys=key_directory(settings), create=create)


def has_store(settings: Settings) -> bool:
    """Whether there is something to open; a server is asked only by opening it."""
    url = store_url(settings)
    return not url.startswith("sqlite:") or is_there(Path(url.removeprefix("sqlite:")))


def run_named(store: Store, settings: Settings, ref: str, *, series: str = NIGHTLY) -> Run:
    """The run that a number, `last` or a date stands for, a day as the organisation counts it; raises NotFound."""
    if not store.runs():
        raise NotFound("there is no run yet", hint="`nightledger scan` makes the first")
    return store.run(ref, series=series, zone=settings.organisation.zone)


def warn_of_disabled(settings: Settings) -> None:
    """Say on stderr which configured platforms cannot be looked at here; their units come out as failed."""
    used = {source.type for source in settings.sources}
    for gap in disabled():
        if gap.name in used:
            note(f"{gap.name} cannot be looked at: its extra is not installed ({gap.hint})", "yellow")


def shown_store(settings: Settings) -> str:
    """The store as it may be printed: a reference or a URL without its user and password."""
    scheme, separator, rest = settings.store.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if separator else settings.store
