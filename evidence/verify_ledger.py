"""Verifying the ledger: entries give their hashes, hashes the roots, roots the signed checkpoints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from evidence.canonical import NotCanonical, canonical
from evidence.ledger import Frontier, leaf_hash
from evidence.seal import BadCheckpoint, Checkpoint, PublicKey
from evidence.store import Store
from evidence.store.log import LEDGER_SCHEMA
from evidence.store.runs import RUN_SCHEMA
from evidence.verify_problem import Problem, ProblemKind

_ALTERED, _MISSING = ProblemKind.ALTERED, ProblemKind.MISSING


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


def check_ledger(store: Store, trust: Trust) -> LedgerCheck:
    """Verify all entries and checkpoints of the ledger, whatever run is asked for."""
    check = LedgerCheck()
    notes = {int(size): str(note) for size, note in store.backend.query("SELECT size, note FROM checkpoint")}
    key, origin = _key(store, trust, check)
    roots = _roots(store, check, notes)
    heads = _signed(check, notes, key, origin, check.events)
    _compare(check, heads, roots)
    _frontier(store, check, roots)
    for name, note in (("given witness", trust.witness), ("local witness", store.log.keys.witness(origin))):
        if note is not None and check.events:
            _witness(check, name, note, key, roots)
    if not check.events and (notes or store.log.keys.witness(origin)):
        check.add(_MISSING, "ledger", "it is empty, though checkpoints of it exist")
    return check


def _key(store: Store, trust: Trust, check: LedgerCheck) -> tuple[PublicKey | None, str]:
    """The key to check signatures with, and the ledger's origin as its first entry gives it."""
    rows = store.backend.query("SELECT leaf FROM ledger WHERE idx = 0")
    first = _event(rows[0][0]) if rows else {}
    own = _public_key(first)
    named_origin = store.backend.query("SELECT value FROM meta WHERE key = 'origin'")
    origin = str(first.get("origin", named_origin[0][0] if named_origin else ""))
    if not named_origin or named_origin[0][0] != origin:
        check.add(_ALTERED, "meta origin", f"it does not say {origin}, as the ledger's first entry does")
    if rows and own is None:
        check.add(_ALTERED, "ledger entry 0", "it names no key, so no signature could be checked")
    given = trust.key if not isinstance(trust.key, PublicKey) else trust.key.fingerprint
    check.key = given or (own.fingerprint if own else "")
    if own is not None and own.fingerprint != check.key:
        what = f"the ledger names key {own.fingerprint}, not the expected {check.key}"
        check.add(ProblemKind.UNTRUSTED, "ledger entry 0", what)
        own = trust.key if isinstance(trust.key, PublicKey) else None
    return own, origin


def _public_key(first: dict[str, Any]) -> PublicKey | None:
    try:
        raw = bytes.fromhex(str(first.get("key", "")))
    except ValueError:
        return None
    return PublicKey(raw) if len(raw) == 32 and first.get("schema") == LEDGER_SCHEMA else None


def _roots(store: Store, check: LedgerCheck, notes: dict[int, str]) -> dict[int, bytes]:
    """The root after each entry; where an entry's bytes lost their hash, the one that fits its checkpoint."""
    frontier, roots, expected = Frontier(), {}, 0
    for index, leaf, stored in store.backend.stream("SELECT idx, leaf, hash FROM ledger ORDER BY idx"):
        for lost in range(expected, index):
            check.add(_MISSING, f"ledger entry {lost}", "there is no such entry")
        expected = index + 1
        computed, kept = leaf_hash(bytes(leaf)), bytes(stored)
        if computed != kept:
            check.add(_ALTERED, f"ledger entry {index}", "its bytes do not give its hash")
            computed = _fitting(frontier, computed, kept, notes.get(index + 1))
        frontier = frontier.append(computed)
        roots[frontier.size] = frontier.root()
        _note_event(check, index, bytes(leaf))
    check.events = frontier.size
    return roots


def _fitting(frontier: Frontier, computed: bytes, kept: bytes, note: str | None) -> bytes:
    """One altered entry shall not make all later roots look altered too."""
    for candidate in (computed, kept):
        if note is not None and _claims(note, frontier.append(candidate).root()):
            return candidate
    return kept


def _claims(note: str, root: bytes) -> bool:
    try:
        return Checkpoint.parse(note).root == root
    except BadCheckpoint:
        return False


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
            head = Checkpoint.parse(note) if key is None else key.open(note)
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


def _frontier(store: Store, check: LedgerCheck, roots: dict[int, bytes]) -> None:
    rows = store.backend.query("SELECT value FROM meta WHERE key = 'frontier'")
    if check.events and (not rows or not _is_frontier(str(rows[0][0]), check.events, roots)):
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
        head = Checkpoint.parse(note) if key is None else key.open(note)
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
        return event if isinstance(event, dict) and canonical(event) == bytes(leaf) else {}
    except (orjson.JSONDecodeError, NotCanonical):
        return {}
