"""Content-addressed objects: canonical bytes by digest, compressed with dictionaries trained on their family."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import orjson
import zstandard

from evidence.store.backend import Backend, chunks, marks
from evidence.store.errors import NotFound, StoreBroken

_AS_IT_IS, _NO_DICTIONARY = -1, 0
_LEVEL = 3
_SAMPLES = 256
_DICTIONARY_BYTES = 16_384
_REMEMBERED = 20_000

_Bytes = bytes | bytearray | memoryview


class Objects:
    """The object and dictionary tables; what is written is bytes whose digest the caller already took.

    A family is what looks alike ("evidence:aws.s3.bucket"): its first 256 new objects train its dictionary.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._codecs: dict[int, _Codec] = {}
        self._ids: dict[str, int] = {}
        self._names: dict[int, str] = {0: ""}
        self._newest: dict[str, int] | None = None
        self._samples: dict[str, list[_Bytes]] = defaultdict(list)

    def put(self, families: Mapping[str, Mapping[str, bytes]]) -> dict[str, int]:
        """Store what is new among the documents of each family; gives the row id of each by its digest."""
        ids = self.ids(name for documents in families.values() for name in documents)
        fresh = {
            name: (data, family)
            for family, documents in families.items()
            for name, data in documents.items()
            if name not in ids
        }
        if fresh:
            # Sorted, so that two writers of the same objects wait for each other in one order.
            rows = [(raw_digest(name), *self.pack(*document)) for name, document in sorted(fresh.items())]
            self._backend.insert_many("object", "digest, packing, data", rows, ignore=True)
            ids.update(self.ids(fresh))
        return ids

    def ids(self, names: Iterable[str]) -> dict[str, int]:
        """The row ids of those digests that are stored."""
        wanted_names = list(names)
        found = {name: self._ids[name] for name in wanted_names if name in self._ids}
        wanted = [raw_digest(name) for name in wanted_names if name not in found]
        for chunk in chunks(wanted):
            sql = f"SELECT digest, id FROM object WHERE digest IN ({marks(chunk)})"  # noqa: S608 - marks
            found.update((named(digest), row) for digest, row in self._backend.query(sql, chunk))
        if len(self._ids) + len(found) > _REMEMBERED:
            self._ids.clear()
        self._ids.update(found)
        return found

    def get(self, name: str) -> bytes:
        """The bytes behind a digest, checked against it; raises NotFound or StoreBroken."""
        rows = self._backend.query(
            "SELECT digest, packing, data FROM object WHERE digest = ?", (raw_digest(name),)
        )
        if not rows:
            raise NotFound(f"{name} is not in the store")
        return self.checked(*rows[0])

    def get_row(self, row: int) -> tuple[str, bytes]:
        """The digest and the bytes of one row, checked against each other; raises NotFound or StoreBroken."""
        return self.get_rows([row])[row]

    def get_rows(self, rows: Collection[int]) -> dict[int, tuple[str, bytes]]:
        """The digests and the bytes of some rows, checked against each other; raises NotFound or StoreBroken."""
        found: dict[int, tuple[str, bytes]] = {}
        for chunk in chunks(sorted(rows)):
            sql = f"SELECT id, digest, packing, data FROM object WHERE id IN ({marks(chunk)})"  # noqa: S608 - marks
            for row, digest, *packed in self._backend.query(sql, chunk):
                found[row] = (named(digest), self.checked(digest, *packed))
        for row in rows:
            if row not in found:
                raise NotFound(f"object {row} is not in the store")
        return found

    def checked(self, digest: bytes, packing: int, data: bytes) -> bytes:
        """The bytes of a row as it was read, checked against its digest; raises StoreBroken."""
        plain = self.unpack(packing, data)
        if hashlib.sha256(plain).digest() != digest:
            raise StoreBroken(f"{named(digest)} was altered: its bytes have another digest")
        return plain

    def document(self, name: str) -> Any:
        """The JSON behind a digest, checked against it; raises NotFound or StoreBroken."""
        return orjson.loads(self.get(name))

    def pack(self, data: bytes, family: str) -> tuple[int, bytes]:
        """The packing and stored form of some bytes; call it inside the transaction that stores them."""
        dictionary = self._dictionary_for(family, data)
        packed = self._codec(dictionary).compress(data)
        return (dictionary, packed) if len(packed) < len(data) else (_AS_IT_IS, data)

    def unpack(self, packing: int, data: bytes) -> bytes:
        """The bytes that were packed; raises StoreBroken when they cannot be had."""
        if packing == _AS_IT_IS:
            return data
        if packing < _AS_IT_IS:
            raise StoreBroken(f"stored bytes are packed in an unknown way ({packing})")
        try:
            return self._codec(packing).decompress(data)
        except zstandard.ZstdError as error:
            raise StoreBroken(f"stored bytes cannot be unpacked: {error}") from None

    def named_rows(self, rows: Iterable[int]) -> Mapping[int, str]:
        """The digests of rows that many refer to, at least of those asked for and stored; remembered."""
        unknown = sorted(set(rows) - self._names.keys())
        if len(self._names) + len(unknown) > _REMEMBERED:
            self._names, unknown = {}, sorted(set(rows))
        for chunk in chunks(unknown):
            sql = f"SELECT id, digest FROM object WHERE id IN ({marks(chunk)})"  # noqa: S608 - marks
            self._names.update((int(row), named(digest)) for row, digest in self._backend.query(sql, chunk))
        return self._names

    def forget(self) -> None:
        """Drop what is remembered of dictionaries: call it when a transaction was rolled back."""
        self._newest = None
        self._codecs.clear()
        self._ids.clear()
        self._names.clear()

    def _dictionary_for(self, family: str, data: bytes) -> int:
        if self._newest is None:
            sql = "SELECT family, id FROM dictionary ORDER BY id"
            self._newest = {name: int(row) for name, row in self._backend.query(sql)}
        if family in self._newest:
            return self._newest[family]
        samples = self._samples[family]
        samples.append(data)
        if len(samples) >= _SAMPLES:
            self._newest[family] = self._train(family, self._samples.pop(family))
        return self._newest.get(family, _NO_DICTIONARY)

    def _train(self, family: str, samples: list[_Bytes]) -> int:
        """A dictionary row trained on samples, or no dictionary when they are too few or too alike to gain."""
        size = min(_DICTIONARY_BYTES, sum(map(len, samples)) // 8)
        try:
            data = zstandard.train_dictionary(size, samples, k=200, d=8).as_bytes()
        except zstandard.ZstdError:
            return _NO_DICTIONARY
        row = (dictionary_digest(family, data), family, data)
        self._backend.insert_many("dictionary", "digest, family, data", [row], ignore=True)
        return int(self._backend.query("SELECT id FROM dictionary WHERE digest = ?", row[:1])[0][0])

    def _codec(self, dictionary: int) -> _Codec:
        if dictionary not in self._codecs:
            self._codecs[dictionary] = _Codec(self._dictionary(dictionary))
        return self._codecs[dictionary]

    def _dictionary(self, row: int) -> bytes:
        if row == _NO_DICTIONARY:
            return b""
        found = self._backend.query("SELECT data FROM dictionary WHERE id = ?", (row,))
        if not found:
            raise StoreBroken(f"compression dictionary {row} is missing: objects that used it cannot be read")
        return bytes(found[0][0])


class _Codec:
    """Compression and decompression with one dictionary, or without for b""."""

    def __init__(self, data: bytes) -> None:
        dictionary = zstandard.ZstdCompressionDict(data) if data else None
        if dictionary is not None:
            dictionary.precompute_compress(level=_LEVEL)
        self.compress = zstandard.ZstdCompressor(
            level=_LEVEL, dict_data=dictionary, write_dict_id=False
        ).compress
        self.decompress = zstandard.ZstdDecompressor(dict_data=dictionary).decompress


def dictionary_digest(family: str, data: bytes) -> bytes:
    """The 32-byte digest of a dictionary with its family: SHA-256 over the family, a newline and the data."""
    return hashlib.sha256(family.encode() + b"\n" + data).digest()


def raw_digest(name: str) -> bytes:
    """The 32 bytes of a digest named "sha256:" and 64 hex digits."""
    algorithm, _, digits = name.partition(":")
    if algorithm != "sha256" or len(digits) != 64:
        raise NotFound(f"{name!r} is not a digest: want sha256: and 64 hex digits")
    return bytes.fromhex(digits)


def named(digest: bytes) -> str:
    """The name of a 32-byte digest."""
    return "sha256:" + digest.hex()
