"""What the store needs of a database engine: SQL with `?` parameters, transactions, one lock, migrations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from importlib import resources
from typing import Any, Protocol

from evidence.store.errors import StoreError

FIRST = 1
"""The first run of a store."""

OPEN = 2147483647
"""The end of an interval that still holds."""

_CHUNK = 500

Row = tuple[Any, ...]
"""One row as the engine gives it: integers, text and bytes."""


class Backend(Protocol):
    """One connection to one engine, used by one thread at a time; errors leave it as StoreError.

    `for_update` ends a SELECT whose rows no other transaction may change until this one ends.
    """

    for_update: str

    def query(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """All rows of a statement."""
        ...

    def stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """The rows one by one, in bounded memory."""
        ...

    def execute(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run one statement and give the number of rows it touched."""
        ...

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement once per row."""
        ...

    def insert_many(self, table: str, columns: str, rows: Sequence[Sequence[Any]], *, ignore: bool) -> None:
        """Insert rows; with `ignore`, those whose unique key exists are left as they are."""
        ...

    def transaction(self, *, durable: bool = False) -> AbstractContextManager[None]:
        """A write transaction: all or nothing; `durable` waits until it is on the disk."""
        ...

    def lock(self) -> AbstractContextManager[None]:
        """The lock of one run at a time, held by this process; raises StoreBusy when another holds it."""
        ...

    def has_table(self, name: str) -> bool:
        """Whether a table exists."""
        ...

    def script(self, ddl: str) -> None:
        """Run the statements of one migration inside the current transaction."""
        ...

    def analyze(self) -> None:
        """Take new statistics of the tables, where the engine plans by them."""
        ...

    def close(self) -> None:
        """Give the connection back; closing twice is harmless."""
        ...


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The values in pieces small enough for one statement's parameters."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def marks(values: Sequence[Any]) -> str:
    """One `?` for each value."""
    return ", ".join("?" * len(values))


def statements(ddl: str) -> list[str]:
    """The statements of a migration, without comments."""
    return [s.strip() for s in re.sub(r"--[^\n]*", "", ddl).split(";") if s.strip()]


def migrate(backend: Backend, known: Sequence[str], *, create: bool) -> None:
    """Bring the schema to the newest of the known migrations; raises StoreError for a newer one or none at all."""
    found = _version(backend)
    if found > len(known):
        raise StoreError(
            f"the store has schema {found}, this program knows {len(known)}",
            hint="Use the program version that wrote it, or a newer one.",
        )
    if found == 0 and not create:
        raise StoreError("there is no store here yet", hint="Run `nightledger scan` to make one.")
    if found < len(known):
        with backend.transaction(durable=True):
            for ddl in known[_version(backend) :]:
                backend.script(ddl)
            backend.execute("DELETE FROM meta WHERE key = 'schema'")
            backend.execute("INSERT INTO meta (key, value) VALUES ('schema', ?)", (str(len(known)),))


def _version(backend: Backend) -> int:
    if not backend.has_table("meta"):
        return 0
    rows = backend.query("SELECT value FROM meta WHERE key = 'schema'")
    if not rows or not str(rows[0][0]).isdecimal():
        raise StoreError("this database is not a Nightledger store, or its schema row is damaged")
    return int(rows[0][0])


def migrations() -> list[str]:
    """What each version of the schema adds to the one before, oldest first; written for SQLite."""
    folder = resources.files("evidence.store") / "migrations"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [file.read_text(encoding="utf-8") for file in files]
