"""The SQLite engine: one file in WAL mode, one writer, a lock file beside it."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from evidence.store.backend import Row, statements
from evidence.store.errors import StoreBusy, StoreError

_READ_SETTINGS = ("PRAGMA busy_timeout = 15000", "PRAGMA cache_size = -32000")
_SETTINGS = (
    "PRAGMA page_size = 8192",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    *_READ_SETTINGS,
)
_WRITABLE, _READABLE, _FROZEN = "?mode=rw", "?mode=ro", "?mode=ro&immutable=1"

_PATIENCE, _PAUSE = 10.0, 0.1


class SqliteBackend:
    """A connection to one SQLite file, made with mode 0600 when `create` and absent."""

    for_update = ""

    def __init__(self, path: Path, *, create: bool) -> None:
        self.path = path
        _prepare(path, create=create)
        try:
            way = _way_in(path)
            self._db = sqlite3.connect(way, uri=True, isolation_level=None, check_same_thread=False)
            for setting in _SETTINGS if way.endswith(_WRITABLE) else _READ_SETTINGS:
                self._set(setting)
        except sqlite3.Error as error:
            raise self._explained(error) from None

    def _set(self, setting: str) -> None:
        # Two processes that switch a new file to WAL at once: SQLite tells one that it is busy without waiting.
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                self._db.execute(setting)
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > end:
                    raise
                time.sleep(_PAUSE)
            else:
                return

    def query(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """All rows of a statement."""
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self._explained(error) from None

    def stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """The rows one by one."""
        try:
            with closing(self._db.cursor()) as cursor:
                yield from cursor.execute(sql, values)
        except sqlite3.Error as error:
            raise self._explained(error) from None

    def execute(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run one statement and give the number of rows it touched."""
        try:
            return self._db.execute(sql, values).rowcount
        except sqlite3.Error as error:
            raise self._explained(error) from None

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement once per row."""
        try:
            self._db.executemany(sql, rows)
        except sqlite3.Error as error:
            raise self._explained(error) from None

    def insert_many(self, table: str, columns: str, rows: Sequence[Sequence[Any]], *, ignore: bool) -> None:
        """Insert rows; with `ignore`, those whose unique key exists are left as they are."""
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            end = " ON CONFLICT DO NOTHING" if ignore else ""
            self.execute_many(f"INSERT INTO {table} ({columns}) VALUES ({marks}){end}", rows)  # noqa: S608 - our names

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[None]:
        """A write transaction; without `durable` a power cut (not a crash) may lose the newest ones, whole."""
        if durable:
            self.execute("PRAGMA synchronous = FULL")
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            # A full disk may have rolled back already; a second ROLLBACK would hide the real error.
            if self._db.in_transaction:
                self._db.rollback()
            raise
        finally:
            if durable:
                self.execute("PRAGMA synchronous = NORMAL")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """An advisory lock on "<store>.lock"; the kernel drops it when the process dies."""
        descriptor = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StoreBusy(
                    f"another run holds {self.path}", hint="Wait for it to end, or ask for its state."
                ) from None
            yield
        finally:
            os.close(descriptor)

    def has_table(self, name: str) -> bool:
        """Whether a table exists."""
        return bool(self.query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)))

    def script(self, ddl: str) -> None:
        """Run the statements of one migration inside the current transaction."""
        for statement in statements(ddl):
            self.execute(statement)

    def analyze(self) -> None:
        """SQLite follows our joins as they are written."""

    def close(self) -> None:
        """Give the connection back."""
        self._db.close()

    def _explained(self, error: sqlite3.Error) -> StoreError:
        text = str(error)
        if "disk is full" in text or "disk I/O" in text:
            hint = "Free some space and run again; what was sealed is untouched."
        elif "locked" in text:
            return StoreBusy(
                f"another process is writing to {self.path}", hint="Try again when it has ended."
            )
        elif "malformed" in text or "not a database" in text:
            hint = "Restore the file from a backup; `nightledger verify` says what the backup still proves."
        else:
            hint = ""
        return StoreError(f"{self.path}: {text}", hint=hint)


def _way_in(path: Path) -> str:
    """The file as a URI: where nothing may be written beside it (a copy on read-only media) it is read as it stands."""
    if os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK):
        return path.absolute().as_uri() + _WRITABLE
    log = path.with_name(f"{path.name}-wal")
    # What the write-ahead log still holds is part of the store; an immutable reading would pass it over.
    return path.absolute().as_uri() + (_READABLE if log.exists() and log.stat().st_size else _FROZEN)


def _prepare(path: Path, *, create: bool) -> None:
    """Make the file ourselves, so that it is never readable by others, not even for a moment."""
    if path.exists():
        return
    if not create:
        raise StoreError(f"there is no store at {path}", hint="Run `nightledger scan` to make one.")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(f"cannot make a store at {path}: {error.strerror}") from None
