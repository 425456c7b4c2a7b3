"""The evidence store: one schema on SQLite (default) or PostgreSQL; `Store.open` is the way in."""

from evidence.store.backend import OPEN
from evidence.store.errors import NotFound, StoreBroken, StoreBusy, StoreError
from evidence.store.rows import (
    EvidenceSpan,
    FindingRow,
    FindingSpan,
    Lease,
    ObservationRow,
    Run,
    Sealed,
    UnitRow,
    UnitState,
)
from evidence.store.store import NIGHTLY, Store
from evidence.store.writer import Writer

__all__ = [
    "NIGHTLY",
    "OPEN",
    "EvidenceSpan",
    "FindingRow",
    "FindingSpan",
    "Lease",
    "NotFound",
    "ObservationRow",
    "Run",
    "Sealed",
    "Store",
    "StoreBroken",
    "StoreBusy",
    "StoreError",
    "UnitRow",
    "UnitState",
    "Writer",
]
