"""Reading a store that may hold anything: odd types, damaged bytes and lost tables are problems, not errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from types import NoneType
from typing import Any

import orjson
import zstandard

from evidence.canonical import digest
from evidence.store import NotFound, Store, StoreBroken, StoreBusy, StoreError
from evidence.store.backend import Row
from evidence.store.objects import raw_digest
from evidence.verify_problem import Problem, ProblemKind

Kind = type | tuple[type, type]
"""The type of a column, the first of two where it may also be null."""

BLOB_OR_NULL: Kind = (bytes, NoneType)
"""A blob of a row that an outer join may not find."""

TEXT_OR_NULL: Kind = (str, NoneType)
"""Text of a row that an outer join may not find."""

_AS_IT_IS, _NO_DICTIONARY = -1, 0
_LARGEST = 2**30
"""Neither engine keeps a larger value; packed bytes that claim to be more were made to fill the memory."""

_DIGEST = re.compile("sha256:[0-9a-f]{64}")
_NO_TABLE = re.compile(r'no such table: (?:main\.)?(\w+)|relation "(\w+)" does not exist')
_CONTENTS = re.compile("no such column|does not exist|Could not decode|malformed")
"""What the engines say when the contents are at fault, not the way to them."""

_WORDS = {int: "integer", str: "text", bytes: "blob", float: "real", NoneType: "null"}


@dataclass(frozen=True, slots=True)
class Columns:
    """What a statement gives: `row` names a row by its cells ("run {0}"), `kinds` holds each column's type in order."""

    row: str
    kinds: Mapping[str, Kind]


OBJECT = Columns("object row {0}", {"object.id": int, "object.packing": int, "object.data": bytes})
"""What is needed to unpack an object."""


class Reader:
    """Reads rows for verification; `problems` holds, in order, what it met that no sealed row can be."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.problems: dict[Problem, None] = {}

    def typed(self, columns: Columns, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows with each cell of its column's type; one of another type is a problem, and empty from here on."""
        kinds = tuple(columns.kinds.values())
        for row in rows:
            yield row if all(map(isinstance, row, kinds)) else self._mended(columns, row)

    @contextmanager
    def reading(self, where: str) -> Iterator[None]:
        """What the engine finds wrong with its contents is a problem; raises what kept it from looking."""
        try:
            yield
        except StoreBusy:
            raise
        except StoreError as error:
            if lost := _NO_TABLE.search(str(error)):
                self._add(ProblemKind.MISSING, f"table {lost[1] or lost[2]}", "there is no such table")
            elif _CONTENTS.search(str(error)):
                self._add(ProblemKind.ALTERED, where, f"it cannot be read: {error}")
            else:
                raise

    def unpack(self, packing: int, data: bytes) -> bytes:
        """The bytes that were packed; raises StoreBroken when they cannot be had, or fill the memory."""
        if packing > _NO_DICTIONARY and packing not in self._dictionaries:
            raise StoreBroken(f"compression dictionary {packing} is missing or is no blob")
        if packing > _AS_IT_IS and _claimed(data) > _LARGEST:
            raise StoreBroken(f"its packed bytes claim to be {_claimed(data)} bytes")
        return self.store.objects.unpack(packing, data)

    def document(self, name: object) -> Any:
        """The JSON behind a digest as an event gives it, checked against it; raises NotFound or StoreBroken."""
        if not is_digest(name):
            raise NotFound(f"{name!r} is not a digest")
        sql = "SELECT id, packing, data FROM object WHERE digest = ?"
        for _, packing, data in self.typed(OBJECT, self.store.backend.query(sql, (raw_digest(str(name)),))):
            plain = self.unpack(packing, data)
            if digest(plain) != name:
                raise StoreBroken(f"{name} was altered: its bytes have another digest")
            return json(plain)
        raise NotFound(f"{name} is not in the store")

    def _mended(self, columns: Columns, row: Row) -> Row:
        where = columns.row.format(*row)
        return tuple(
            value if isinstance(value, kind) else self._empty(where, name, value, kind)
            for value, (name, kind) in zip(row, columns.kinds.items(), strict=True)
        )

    def _empty(self, where: str, name: str, value: object, kind: Kind) -> object:
        due = kind if isinstance(kind, type) else kind[0]
        found = _WORDS.get(type(value), type(value).__name__)
        self._add(ProblemKind.ALTERED, where, f"{name} holds {found}, where {_WORDS[due]} is due")
        return due()

    def _add(self, kind: ProblemKind, where: str, what: str) -> None:
        self.problems[Problem(kind, where, what)] = None

    @cached_property
    def _dictionaries(self) -> frozenset[int]:
        """Those that can be used: of a number that stands for one, the store would make as many zero bytes."""
        rows = self.store.backend.stream("SELECT id, data FROM dictionary")
        return frozenset(number for number, data in rows if isinstance(data, bytes))


def is_digest(name: object) -> bool:
    """Whether this is the name of a digest, wherever it was read."""
    return isinstance(name, str) and _DIGEST.fullmatch(name) is not None


def json(data: bytes) -> Any:
    """The JSON in some bytes; raises StoreBroken where there is none."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise StoreBroken(f"it is not JSON: {error}") from None


def _claimed(data: bytes) -> int:
    """The size that packed bytes claim to have unpacked; raises StoreBroken."""
    try:
        return zstandard.frame_content_size(data)
    except zstandard.ZstdError as error:
        raise StoreBroken(f"stored bytes cannot be unpacked: {error}") from None
