"""Verifying the ledger: entries give their hashes, hashes the roots, roots the signed checkpoints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from evidence.canonical import NotCanonical, canonical
from evidence.ledger import Frontier, leaf_hash
from evidence.seal import BadCheckpoint, Checkpoint, KeyDirectory, PublicKey
from evidence.store.log import LEDGER_SCHEMA
from evidence.store.runs import RUN_SCHEMA
from evidence.verify_problem import Problem, ProblemKind
from evidence.verify_read import Columns, Reader

_ALTERED, _MISSING = ProblemKind.ALTERED, ProblemKind.MISSING
_LOCAL = "local witness"

_ENTRIES = "SELECT idx, leaf, hash FROM ledger"
_LEDGER = Columns("ledger entry {0}", {"ledger.idx": int, "ledger.leaf": bytes, "ledger.hash": bytes})
_META = Columns("meta {0}", {"meta.key": str, "meta.value": str})
_CHECKPOINT = Columns("checkpoint {0}", {"checkpoint.size": int, "checkpoint.note": str})


@dataclass(frozen=True, slots=True)
class Trust:
    """What the verifier brings along: a public key or fingerprint, and an older checkpoint; both may be None."""

    key: PublicKey | str | None
    witness: str | None


@dataclass(slots=True)
class LedgerCheck:
    """What verifying the ledger gave: the sealed runs' events by run id, with their indexes."""

    problems: list[Problem] = field(default_factory=list)
    key: str = ""
    events: int = 0
    sealed: dict[int, tuple[int, dict[str, Any]]] = field(default_factory=dict)

    def add(self, kind: ProblemKind, where: str, what: str) -> None:
        """Note one problem."""
        self.problems.append(Problem(kind, where, what))


def check_ledger(read: Reader, check: LedgerCheck, trust: Trust) -> None:
    """Verify all entries and checkpoints of the ledger, whatever run is asked for."""
    notes = _notes(read)
    key, origin = _key(read, trust, check)
    roots = _roots(read, check, notes)
    heads = _signed(check, notes, key, origin, check.events)
    _compare(check, heads, roots)
    _frontier(read, check, roots)
    local = _local_witness(read.store.log.keys, origin, check)
    for name, note in (("given witness", trust.witness), (_LOCAL, local)):
        if note is not None and check.events:
            _witness(check, name, note, key, roots)
    if not check.events and (notes or local):
        check.add(_MISSING, "ledger", "it is empty, though checkpoints of it exist")


def _notes(read: Reader) -> dict[int, str]:
    """The signed notes by size; without their table none is known, and each that is due is missing."""
    notes: dict[int, str] = {}
    with read.reading("table checkpoint"):
        rows = read.store.backend.query("SELECT size, note FROM checkpoint")
        notes.update(read.typed(_CHECKPOINT, rows))
    return notes


def _local_witness(keys: KeyDirectory, origin: str, check: LedgerCheck) -> str | None:
    """The note beside the key; one that cannot be read (no text, no such name) bears witness to nothing."""
    try:
        return keys.witness(origin)
    except (OSError, ValueError) as error:
        check.add(ProblemKind.UNTRUSTED, _LOCAL, f"it cannot be read: {error}")
        return None


def _key(read: Reader, trust: Trust, check: LedgerCheck) -> tuple[PublicKey | None, str]:
    """The key to check signatures with, and the ledger's origin as its first entry gives it."""
    rows = list(read.typed(_LEDGER, read.store.backend.query(f"{_ENTRIES} WHERE idx = 0")))
    first = _event(rows[0][1]) if rows else {}
    own = _public_key(first)
    origin = _origin(read, first, check)
    if rows and own is None:
        check.add(_ALTERED, "ledger entry 0", "it names no key, so no signature could be checked")
    given = trust.key if not isinstance(trust.key, PublicKey) else trust.key.fingerprint
    check.key = given or (own.fingerprint if own else "")
    if own is not None and own.fingerprint != check.key:
        what = f"the ledger names key {own.fingerprint}, not the expected {check.key}"
        check.add(ProblemKind.UNTRUSTED, "ledger entry 0", what)
        own = trust.key if isinstance(trust.key, PublicKey) else None
    return own, origin


def _origin(read: Reader, first: dict[str, Any], check: LedgerCheck) -> str:
    named = _meta(read, "origin")
    origin = str(first.get("origin", named or ""))
    if named != origin:
        check.add(_ALTERED, "meta origin", f"it does not say {origin}, as the ledger's first entry does")
    return origin


def _meta(read: Reader, key: str) -> str | None:
    found: dict[str, str] = {}
    with read.reading(f"meta {key}"):
        rows = read.store.backend.query("SELECT key, value FROM meta WHERE key = ?", (key,))
        found.update(read.typed(_META, rows))
    return found.get(key)


def _public_key(first: dict[str, Any]) -> PublicKey | None:
    try:
        raw = bytes.fromhex(str(first.get("key", "")))
    except ValueError:
        return None
    return PublicKey(raw) if len(raw) == 32 and first.get("schema") == LEDGER_SCHEMA else None


def _roots(read: Reader, check: LedgerCheck, notes: dict[int, str]) -> dict[int, bytes]:
    """The root after each entry; where an entry's bytes lost their hash, the one that fits its checkpoint."""
    frontier, roots, expected = Frontier(), {}, 0
    rows = read.store.backend.stream(f"{_ENTRIES} ORDER BY idx")
    for index, leaf, kept in read.typed(_LEDGER, rows):
        _gap(check, expected, index)
        expected = max(index + 1, 0)
        computed = leaf_hash(leaf)
        if computed != kept:
            check.add(_ALTERED, f"ledger entry {index}", "its bytes do not give its hash")
            computed = _fitting(frontier, computed, kept, notes.get(index + 1))
        frontier = frontier.append(computed)
        roots[frontier.size] = frontier.root()
        _note_event(check, index, leaf)
    check.events = frontier.size
    return roots


def _gap(check: LedgerCheck, first: int, end: int) -> None:
    """One problem for all entries that are missing in a row: an edited number may leave out as many as it likes."""
    if end - first == 1:
        check.add(_MISSING, f"ledger entry {first}", "there is no such entry")
    elif end > first:
        check.add(_MISSING, f"ledger entries {first} to {end - 1}", "there are no such entries")


def _fitting(frontier: Frontier, computed: bytes, kept: bytes, note: str | None) -> bytes:
    """One altered entry shall not make all later roots look altered too."""
    for candidate in (computed, kept):
        if note is not None and _claims(note, frontier.append(candidate).root()):
            return candidate
    return kept


def _claims(note: str, root: bytes) -> bool:
    try:
        return _opened(note, None).root == root
    except BadCheckpoint:
        return False


def _opened(note: str, key: PublicKey | None) -> Checkpoint:
    """What a note claims, signed by the key where there is one; raises BadCheckpoint."""
    try:
        return Checkpoint.parse(note) if key is None else key.open(note)
    except ValueError as error:
        raise BadCheckpoint(f"this is not a checkpoint: {error}") from None


def _note_event(check: LedgerCheck, index: int, leaf: bytes) -> None:
    event = _event(leaf)
    if not event:
        check.add(_ALTERED, f"ledger entry {index}", "it is not one canonical JSON object")
    if event.get("schema") == RUN_SCHEMA and isinstance(event.get("run"), int):
        check.sealed[event["run"]] = (index, event)


def _signed(
    check: LedgerCheck, notes: dict[int, str], key: PublicKey | None, origin: str, events: int
) -> Iterator[tuple[int, Checkpoint]]:
    """The checkpoints that the key signed for this ledger; every append but the first must have one."""
    for size in range(2, events + 1):
        if size not in notes:
            check.add(_MISSING, f"checkpoint {size}", "there is no signed checkpoint of this size")
    for size, note in sorted(notes.items()):
        try:
            head = _opened(note, key)
        except BadCheckpoint as error:
            check.add(_ALTERED, f"checkpoint {size}", str(error))
            continue
        if (head.size, head.origin) != (size, origin):
            check.add(_ALTERED, f"checkpoint {size}", f"it is a checkpoint of {head.origin} at {head.size}")
        else:
            yield size, head


def _compare(check: LedgerCheck, heads: Iterator[tuple[int, Checkpoint]], roots: dict[int, bytes]) -> None:
    for size, head in heads:
        if size not in roots:
            check.add(_MISSING, f"ledger entry {size - 1}", f"a checkpoint of {size} entries was signed")
        elif roots[size] != head.root:
            check.add(
                _ALTERED, f"ledger entry {size - 1}", f"the first {size} entries do not give the root signed"
            )
            break
    for _ in heads:
        continue


def _frontier(read: Reader, check: LedgerCheck, roots: dict[int, bytes]) -> None:
    if check.events and not _is_frontier(_meta(read, "frontier") or "", check.events, roots):
        check.add(_ALTERED, "meta frontier", "it does not give the root of the ledger's entries")


def _is_frontier(text: str, size: int, roots: dict[int, bytes]) -> bool:
    first, *peaks = text.split(".")
    try:
        frontier = Frontier(int(first), tuple(map(bytes.fromhex, peaks)))
    except ValueError:
        return False
    return frontier.size == size and frontier.root() == roots.get(size)


def _witness(
    check: LedgerCheck, name: str, note: str, key: PublicKey | None, roots: dict[int, bytes]
) -> None:
    try:
        head = _opened(note, key)
    except BadCheckpoint as error:
        check.add(ProblemKind.UNTRUSTED, name, str(error))
        return
    if head.size > check.events:
        check.add(_MISSING, name, f"it saw {head.size} ledger entries, the store holds {check.events}")
    elif roots.get(head.size) != head.root:
        check.add(_ALTERED, name, f"the first {head.size} ledger entries are not those it saw")


def _event(leaf: bytes) -> dict[str, Any]:
    """An entry's event, or an empty one when the bytes are not one canonical object."""
    try:
        event = orjson.loads(leaf)
        return event if isinstance(event, dict) and canonical(event) == leaf else {}
    except (orjson.JSONDecodeError, NotCanonical):
        return {}
