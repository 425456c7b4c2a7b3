"""The ledger's rows: canonical events appended one by one, each append ending in a signed checkpoint."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from evidence.canonical import canonical
from evidence.ledger import Frontier, leaf_hash
from evidence.model import Json
from evidence.seal import BadCheckpoint, Checkpoint, KeyDirectory, SealError, Signer
from evidence.store.backend import Backend
from evidence.store.errors import NotFound, StoreBroken

LEDGER_SCHEMA = "nightledger.ledger/1"
"""The first event of every ledger: its origin and the public key that signs it."""

_LOOK = "Run `nightledger verify` to see what is missing."


class Log:
    """Appends events and signs; the caller holds the exclusive transaction and then calls `published`."""

    def __init__(self, backend: Backend, keys: KeyDirectory) -> None:
        self._backend = backend
        self.keys = keys

    def append(self, event: Mapping[str, Json]) -> tuple[int, str]:
        """Append one event; gives its index and the note over the ledger that ends with it."""
        self.require_end()
        frontier = self._frontier()
        signer = self._signer(new=frontier.size == 0)
        if frontier.size == 0:
            first = {"schema": LEDGER_SCHEMA, "origin": self.origin, "key": signer.public_key.raw.hex()}
            frontier = self._add(frontier, first)
        frontier = self._add(frontier, event)
        note = signer.sign(Checkpoint(self.origin, frontier.size, frontier.root()))
        self._backend.execute("INSERT INTO checkpoint (size, note) VALUES (?, ?)", (frontier.size, note))
        self._set("frontier", ".".join([str(frontier.size), *(peak.hex() for peak in frontier.peaks)]))
        return frontier.size - 1, note

    def require_end(self) -> None:
        """Raise StoreBroken where this machine has seen a later end of the ledger: the store was put back."""
        # The witness first: what another process seals meanwhile only makes the store's end the later one.
        seen, note = self.keys.witness(self.origin), self.last_note()
        if seen is None:
            return
        file = self.keys.witness_file(self.origin)
        try:
            witness = Checkpoint.parse(seen)
        except BadCheckpoint:
            raise StoreBroken(f"{file} holds no checkpoint; nothing was appended", hint=_LOOK) from None
        held = Checkpoint.parse(note) if note else Checkpoint(self.origin, 0, Frontier().root())
        if witness.size > held.size or (witness.size == held.size and witness.root != held.root):
            raise StoreBroken(
                f"this machine has seen a ledger of {witness.size:,} entries, the store holds {held.size:,} or others; "
                "nothing was appended",
                hint=f"{_LOOK} After a restore that was meant, move {file} away.",
            )

    def published(self, note: str) -> None:
        """Keep this machine's own copy of a checkpoint once it is committed."""
        self.keys.remember(Checkpoint.parse(note), note)

    def events(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """All events in order, with their indexes."""
        for index, leaf in self._backend.stream("SELECT idx, leaf FROM ledger ORDER BY idx"):
            yield index, _event(index, leaf)

    def event(self, index: int) -> dict[str, Any]:
        """One event; raises NotFound."""
        rows = self._backend.query("SELECT leaf FROM ledger WHERE idx = ?", (index,))
        if not rows:
            raise NotFound(f"the ledger has no entry {index}")
        return _event(index, rows[0][0])

    @property
    def origin(self) -> str:
        """The name of this ledger, random and fixed when the store is made."""
        found = self._get("origin")
        if found is None:
            raise StoreBroken("the store has lost the name of its ledger")
        return found

    def unnamed(self) -> bool:
        """Whether the ledger is new: it has neither a name nor entries."""
        return self._get("origin") is None and not self._backend.query("SELECT 1 FROM ledger LIMIT 1")

    def name(self) -> None:
        """Give a new ledger its name."""
        if self.unnamed():
            self._set("origin", f"nightledger/{secrets.token_hex(16)}")

    def last_note(self) -> str | None:
        """The newest signed checkpoint, or None while the ledger is empty."""
        rows = self._backend.query("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
        return str(rows[0][0]) if rows else None

    def _signer(self, *, new: bool) -> Signer:
        """The signer of this ledger; another key would sign what nobody can check, so it is refused."""
        if new or (self.keys.has_key() and self.event(0)["key"] == self.keys.signer().public_key.raw.hex()):
            return self.keys.signer()
        raise SealError(
            f"{self.keys.path} does not hold the key that signs this store's ledger",
            hint="Name the key directory the store was made with, or restore its key from a backup.",
        )

    def _add(self, frontier: Frontier, event: Mapping[str, Json]) -> Frontier:
        leaf = canonical(event)
        sql = "INSERT INTO ledger (idx, leaf, hash) VALUES (?, ?, ?)"
        self._backend.execute(sql, (frontier.size, leaf, leaf_hash(leaf)))
        return frontier.append(leaf_hash(leaf))

    def _frontier(self) -> Frontier:
        """The stored frontier, refused when the last signed checkpoint does not say the same."""
        text, note = self._get("frontier"), self.last_note()
        size, *peaks = (text or "0").split(".")
        frontier = Frontier(int(size), tuple(map(bytes.fromhex, peaks)))
        signed = Checkpoint.parse(note) if note else Checkpoint(self.origin, 0, Frontier().root())
        if (signed.size, signed.root) != (frontier.size, frontier.root()):
            raise StoreBroken(
                "the ledger does not end where its last checkpoint says; nothing was appended",
                hint="Run `nightledger verify` to see what was altered.",
            )
        return frontier

    def _get(self, key: str) -> str | None:
        rows = self._backend.query("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def _set(self, key: str, value: str) -> None:
        self._backend.execute("DELETE FROM meta WHERE key = ?", (key,))
        self._backend.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (key, value))


def _event(index: int, leaf: bytes) -> dict[str, Any]:
    try:
        event = orjson.loads(leaf)
    except orjson.JSONDecodeError:
        event = None
    if not isinstance(event, dict):
        raise StoreBroken(f"ledger entry {index} was altered: it is not a JSON object")
    return event
