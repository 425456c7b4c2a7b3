"""Names and digests kept once and referred to by row id: checks, principals, verdicts; remembered while open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from evidence.store.backend import Backend
from evidence.store.objects import named

_REMEMBERED = 100_000
_CHUNK = 500


class Interned:
    """Row ids to names and back; call `forget` when a transaction was rolled back."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._ids: dict[str, dict[str, int]] = {"check_name": {}, "principal": {}}
        self._checks: dict[int, str] = {}
        self._digests: dict[int, str] = {}

    def check_ids(self, names: Iterable[str]) -> dict[str, int]:
        """The row ids of checks, made where new."""
        return self._intern("check_name", set(names))

    def principal_id(self, name: str) -> int:
        """The row id of a principal, made where new."""
        return self._intern("principal", {name})[name]

    def checks(self, rows: Iterable[int]) -> Mapping[int, str]:
        """The names of checks by row id; a row that is not there has none."""
        if not self._checks.keys() >= set(rows):
            self._checks = {int(row): str(name) for row, name in self._backend.query(_CHECKS)}
        return self._checks

    def digests(self, rows: Iterable[int]) -> Mapping[int, str]:
        """The digests of objects by row id, at least those asked for; a row that is not there has none."""
        unknown = sorted(set(rows) - self._digests.keys())
        if len(self._digests) + len(unknown) > _REMEMBERED:
            self._digests, unknown = {}, sorted(set(rows))
        for start in range(0, len(unknown), _CHUNK):
            chunk = unknown[start : start + _CHUNK]
            marks = ", ".join("?" * len(chunk))
            sql = f"SELECT id, digest FROM object WHERE id IN ({marks})"  # noqa: S608 - only question marks
            self._digests.update((int(row), named(digest)) for row, digest in self._backend.query(sql, chunk))
        return self._digests

    def forget(self) -> None:
        """Drop all that is remembered."""
        self._ids = {"check_name": {}, "principal": {}}
        self._checks = {}
        self._digests = {}

    def _intern(self, table: str, names: set[str]) -> dict[str, int]:
        known = self._ids[table]
        if not known.keys() >= names:
            fresh = [(name,) for name in sorted(names - known.keys())]
            self._backend.insert_many(table, "name", fresh, ignore=True)
            rows = self._backend.query(f"SELECT name, id FROM {table}")  # noqa: S608 - our names
            known.update((str(name), int(row)) for name, row in rows)
        return known


_CHECKS = "SELECT id, name FROM check_name"
