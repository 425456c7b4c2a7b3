"""What the store raises; each has the exit code the command line ends with."""

from __future__ import annotations

from evidence.model import NightledgerError


class StoreError(NightledgerError):
    """The store cannot be opened, read or written; nothing was half written."""

    exit_code = 2


class StoreBusy(StoreError):
    """Another run holds the store's lock."""

    exit_code = 5


class StoreBroken(StoreError):
    """The store contradicts itself where it may not: a missing object, a ledger that does not add up."""

    exit_code = 4


class NotFound(StoreError):
    """There is no such run, resource or object in the store."""
