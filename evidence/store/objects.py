"""Content-addressed objects: canonical bytes by digest, compressed with dictionaries trained on their family."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import zstandard

from evidence.store.backend import Backend
from evidence.store.errors import NotFound, StoreBroken

_PLAIN, _ZSTD = 0, 1
_LEVEL = 3
_NO_DICTIONARY = 0
_SAMPLES = 256
_DICTIONARY_BYTES = 16_384
_CHUNK = 500
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
        self._newest: dict[str, int] | None = None
        self._samples: dict[str, list[_Bytes]] = defaultdict(list)

    def put(self, documents: Mapping[str, bytes], family: str) -> dict[str, int]:
        """Store what is new among the documents; gives the row id of each by its digest."""
        ids = self.ids(documents)
        fresh = {name: data for name, data in documents.items() if name not in ids}
        if fresh:
            # Sorted, so that two writers of the same objects wait for each other in one order.
            rows = [(raw_digest(name), *self.pack(data, family)) for name, data in sorted(fresh.items())]
            self._backend.insert_many("object", "digest, codec, dictionary_id, data", rows, ignore=True)
            ids.update(self.ids(fresh))
        return ids

    def ids(self, names: Iterable[str]) -> dict[str, int]:
        """The row ids of those digests that are stored."""
        wanted_names = list(names)
        found = {name: self._ids[name] for name in wanted_names if name in self._ids}
        wanted = [raw_digest(name) for name in wanted_names if name not in found]
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            marks = ", ".join("?" * len(chunk))
            sql = f"SELECT digest, id FROM object WHERE digest IN ({marks})"  # noqa: S608 - only question marks
            found.update((named(digest), row) for digest, row in self._backend.query(sql, chunk))
        if len(self._ids) + len(found) > _REMEMBERED:
            self._ids.clear()
        self._ids.update(found)
        return found

    def get(self, name: str) -> bytes:
        """The bytes behind a digest, checked against it; raises NotFound or StoreBroken."""
        sql = "SELECT codec, dictionary_id, data FROM object WHERE digest = ?"
        return self._read(self._backend.query(sql, (raw_digest(name),)), name)

    def get_row(self, row: int) -> tuple[str, bytes]:
        """The digest and the bytes of one row, checked against each other."""
        found = self._backend.query(
            "SELECT codec, dictionary_id, data, digest FROM object WHERE id = ?", (row,)
        )
        name = named(found[0][3]) if found else f"object {row}"
        return name, self._read([r[:3] for r in found], name)

    def pack(self, data: bytes, family: str) -> tuple[int, int, bytes]:
        """The codec, dictionary and stored form of some bytes; call it inside the transaction that stores them."""
        dictionary = self._dictionary_for(family, data)
        packed = self._codec(dictionary).compress(data)
        return (_ZSTD, dictionary, packed) if len(packed) < len(data) else (_PLAIN, _NO_DICTIONARY, data)

    def unpack(self, codec: int, dictionary: int, data: bytes) -> bytes:
        """The bytes that were packed; raises StoreBroken when they cannot be had."""
        if codec == _PLAIN:
            return data
        if codec != _ZSTD:
            raise StoreBroken(f"stored bytes are packed in an unknown way ({codec})")
        try:
            return self._codec(dictionary).decompress(data)
        except zstandard.ZstdError as error:
            raise StoreBroken(f"stored bytes cannot be unpacked: {error}") from None

    def forget(self) -> None:
        """Drop what is remembered of dictionaries: call it when a transaction was rolled back."""
        self._newest = None
        self._codecs.clear()
        self._ids.clear()

    def _read(self, rows: Sequence[tuple[int, int, bytes]], name: str) -> bytes:
        if not rows:
            raise NotFound(f"{name} is not in the store")
        data = self.unpack(*rows[0])
        if digest_of(data) != name:
            raise StoreBroken(f"{name} was altered: its bytes have another digest")
        return data

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


def digest_of(data: bytes) -> str:
    """The named digest of some bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def raw_digest(name: str) -> bytes:
    """The 32 bytes of a digest named "sha256:" and 64 hex digits."""
    algorithm, _, digits = name.partition(":")
    if algorithm != "sha256" or len(digits) != 64:
        raise NotFound(f"{name!r} is not a digest: want sha256: and 64 hex digits")
    return bytes.fromhex(digits)


def named(digest: bytes) -> str:
    """The name of a 32-byte digest."""
    return "sha256:" + digest.hex()
