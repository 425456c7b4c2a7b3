"""Whatever stands in a cell, and whichever table is gone: verification names it, and ends."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import pytest

from evidence.model import Scope, ScopeStatus, Status
from evidence.store import Store, objects
from evidence.verify import ProblemKind, Report, verify
from tests.evidence.estate import OTHER, TABLES, UNIT, begin, coverage, judged, night, observed, result

ODD = {
    "text": "'{}'",
    "a blob": "x'7b7d'",
    "a wide integer": "4611686018427387904",
    "a number below all": "-9223372036854775808",
    "a real": "1.5",
    "null": "NULL",
    "text that is none": "CAST(x'ff' AS TEXT)",
}
ODD_DOCUMENTS = [
    b"[]",
    b"{}",
    b"null",
    b"7",
    b'"x"',
    b"\xff",
    b"",
    b'{"calls":[[1]]}',
    b'{"encrypted":{"status":"x"}}',
]
PETABYTE = b"\x28\xb5\x2f\xfd\xe0" + (2**50).to_bytes(8, "little") + b"\x03\x00\x00\x00"
"""A zstd frame (RFC 8878) whose header claims that many bytes."""


def fill(store: Store, patch: pytest.MonkeyPatch) -> None:
    """Two nights of two targets, a dictionary, a scope that could not be listed, and a run still open."""
    patch.setattr(objects, "_SAMPLES", 24)
    many = [observed(f"bucket-{n:02}", encryption=f"key/{n * 7919:060d}") for n in range(30)]
    refused = [coverage(), coverage("eu-west-1", ScopeStatus.FAILED)]
    said = [judged(Scope(UNIT.target, "eu-west-1"), Status.UNKNOWN), judged(many[0].resource, Status.FAIL)]
    night(store, result(many), result([observed("other", unit=OTHER)], unit=OTHER), number=1)
    night(store, result(many[:3], refused, night=2), said=said, number=2, planned=[UNIT, OTHER])
    store.commit_unit(begin(store, night=3), result(many[:2], night=3), [])


def loosen(store: Store) -> None:
    """The same tables without types, keys and constraints, as whoever may write the file can make them."""
    for table in TABLES:
        store.backend.execute(f"CREATE TABLE loose AS SELECT * FROM {table}")
        store.backend.execute(f"DROP TABLE {table}")
        store.backend.execute(f"ALTER TABLE loose RENAME TO {table}")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("filled")
    with (
        pytest.MonkeyPatch.context() as patch,
        Store.open(str(folder / "store.sqlite"), keys=folder / "keys") as store,
    ):
        fill(store, patch)
        loosen(store)
        yield store


@pytest.fixture
def damaged(filled: Store) -> Iterator[Store]:
    filled.backend.execute("BEGIN")
    yield filled
    filled.backend.execute("ROLLBACK")
    filled.objects.forget()


def verified(store: Store) -> Report:
    for run in (1, 2):
        store.objects.forget()
        verify(store, run=run)
    store.objects.forget()
    return verify(store)


def columns(store: Store, table: str) -> list[str]:
    return [row[1] for row in store.backend.query(f"PRAGMA table_info({table})")]


def test_the_store_to_be_damaged_is_sound_and_has_a_row_in_every_table(filled):
    assert verified(filled).problems == ()
    tables = filled.backend.query("SELECT name FROM sqlite_master WHERE type = 'table'")
    assert {name for (name,) in tables} == set(TABLES)
    assert all(filled.backend.query(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("table", TABLES)
def test_a_cell_that_holds_what_none_should_is_a_problem_and_no_exception(damaged, table, odd):
    for column in columns(damaged, table):
        damaged.backend.execute("SAVEPOINT cell")
        first = f"SELECT min(rowid) FROM {table}"
        damaged.backend.execute(f"UPDATE {table} SET {column} = {ODD[odd]} WHERE rowid = ({first})")
        assert verified(damaged).problems, f"{table}.{column}"
        damaged.backend.execute("ROLLBACK TO cell")


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("table", TABLES)
def test_a_column_that_holds_only_what_none_should_is_a_problem_and_no_exception(damaged, table, odd):
    for column in columns(damaged, table):
        damaged.backend.execute("SAVEPOINT cell")
        damaged.backend.execute(f"UPDATE {table} SET {column} = {ODD[odd]}")
        assert verified(damaged).problems, f"{table}.{column}"
        damaged.backend.execute("ROLLBACK TO cell")


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_is_gone_is_named(damaged, table):
    damaged.backend.execute(f"DROP TABLE {table}")
    assert f"table {table}" in {
        one.where for one in verified(damaged).problems if one.kind is ProblemKind.MISSING
    }


@pytest.mark.parametrize("table", TABLES)
def test_a_column_that_is_gone_is_a_problem_and_no_exception(damaged, table):
    for column in columns(damaged, table):
        damaged.backend.execute("SAVEPOINT cell")
        damaged.backend.execute(f"ALTER TABLE {table} RENAME COLUMN {column} TO odd")
        assert verified(damaged).problems, f"{table}.{column}"
        damaged.backend.execute("ROLLBACK TO cell")


@pytest.mark.parametrize("document", ODD_DOCUMENTS)
def test_an_object_that_is_something_else_under_its_own_digest_is_a_problem_and_no_exception(
    damaged, document
):
    for (number,) in damaged.backend.query("SELECT id FROM object"):
        damaged.backend.execute("SAVEPOINT cell")
        digest = sha256(document).digest()
        change = "UPDATE object SET packing = -1, digest = ?, data = ? WHERE id = ?"
        damaged.backend.execute(change, (digest, document, number))
        assert verified(damaged).problems, number
        damaged.backend.execute("ROLLBACK TO cell")


@pytest.mark.parametrize("document", ODD_DOCUMENTS)
def test_a_journal_that_is_something_else_is_a_problem_and_no_exception(damaged, document):
    damaged.backend.execute("UPDATE run_unit SET packing = -1, body = ?", (document,))
    assert verified(damaged).problems


def test_an_entry_numbered_far_beyond_the_last_is_one_problem_and_no_endless_list(damaged):
    damaged.backend.execute("UPDATE ledger SET idx = ? WHERE idx = 1", (10**15,))
    assert len(verified(damaged).problems) < 20


def test_bytes_that_claim_to_unpack_to_more_than_the_memory_are_not_unpacked(damaged):
    damaged.backend.execute("UPDATE object SET packing = 0, data = ? WHERE id = 1", (PETABYTE,))
    (named,) = verified(damaged).problems
    assert (named.kind, named.where[:14]) == (ProblemKind.ALTERED, "object sha256:")


def test_a_witness_that_is_no_text_is_named(sqlite_store):
    night(sqlite_store, result([observed("a")]))
    sqlite_store.log.keys.witness_file(sqlite_store.log.origin).write_bytes(b"\xff\x00")
    named = {one.where for one in verify(sqlite_store).problems}
    assert named == {"local witness"}
