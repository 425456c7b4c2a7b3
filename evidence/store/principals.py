"""Principals, kept once and referred to by row id; remembered while the store is open."""

from __future__ import annotations

from evidence.store.backend import Backend


class Principals:
    """Row ids of principals; call `forget` when a transaction was rolled back."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._ids: dict[str, int] = {}

    def id(self, name: str) -> int:
        """The row id of a principal, made where new."""
        if name not in self._ids:
            self._backend.insert_many("principal", "name", [(name,)], ignore=True)
            rows = self._backend.query("SELECT id FROM principal WHERE name = ?", (name,))
            self._ids[name] = int(rows[0][0])
        return self._ids[name]

    def forget(self) -> None:
        """Drop all that is remembered."""
        self._ids.clear()
