"""Schemas: a store of an older one is brought to the newest, one of a newer one is left alone."""

from __future__ import annotations

import pytest

from evidence.store import StoreError
from evidence.store.backend import migrate, migrations
from evidence.verify import verify
from tests.evidence.estate import night, observed, result

NEXT = """
-- A column with a value for what is there already; a table.
ALTER TABLE principal ADD COLUMN seen INTEGER NOT NULL DEFAULT 7;
CREATE TABLE shelf (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
"""
BROKEN = "CREATE TABLE shelf (id INTEGER PRIMARY KEY); ALTER TABLE nowhere ADD COLUMN x INTEGER;"


def version(store):
    return store.backend.query("SELECT value FROM meta WHERE key = 'schema'")[0][0]


def test_a_store_of_an_older_schema_is_brought_to_the_newest_and_keeps_what_it_holds(store):
    night(store, result([observed("a")]))
    for _ in range(2):
        migrate(store.backend, [*migrations(), NEXT], create=False)
        assert version(store) == str(len(migrations()) + 1)
    assert store.backend.query("SELECT seen FROM principal")[0][0] == 7
    assert store.backend.has_table("shelf")
    assert verify(store).sound
    assert store.run("last").id == 1


def test_a_migration_that_fails_leaves_the_store_as_it_was(store):
    night(store, result([observed("a")]))
    with pytest.raises(StoreError, match="nowhere"):
        migrate(store.backend, [*migrations(), BROKEN], create=False)
    assert version(store) == str(len(migrations()))
    assert not store.backend.has_table("shelf")
    assert verify(store).sound


def test_a_store_of_a_newer_schema_is_not_touched_and_says_what_to_do(store):
    migrate(store.backend, [*migrations(), NEXT], create=False)
    with pytest.raises(StoreError, match="has schema 2, this program knows 1") as refused:
        migrate(store.backend, migrations(), create=True)
    assert "newer" in refused.value.hint
