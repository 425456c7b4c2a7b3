from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.canonical import canonical, digest
from evidence.ledger import Frontier, leaf_hash
from evidence.model import Missing, Reason, Scope, ScopeStatus, Status
from evidence.seal import Checkpoint, KeyDirectory
from evidence.store import OPEN, Store, StoreError
from evidence.verify import ProblemKind, verify
from tests.evidence.estate import OTHER, TABLES, UNIT, begin, coverage, judged, night, observed, result

SAMPLE = 5


def fill(store: Store) -> None:
    many = [observed(f"bucket-{n:03}", encryption=f"key/{n:040d}") for n in range(270)]
    night(store, result(many), result([observed("other", unit=OTHER)], unit=OTHER), number=1)
    denied = observed("bucket-001", encryption=Missing(Reason.DENIED, "s3:GetEncryptionConfiguration"))
    partial = [coverage(status=ScopeStatus.PARTIAL)]
    night(store, result([many[0], denied], partial, night=2), number=2, planned=[UNIT, OTHER])
    dark = Scope(UNIT.target, "eu-west-1")
    refused = [coverage(), coverage("eu-west-1", ScopeStatus.FAILED)]
    gave = result([many[0]], refused, night=3)
    unknown = [judged(dark, Status.UNKNOWN), judged(many[0].resource, Status.FAIL)]
    night(store, gave, said=unknown, number=3)
    store.append_event({"schema": "nightledger.waiver/1", "expires": "2027-01-31T23:59:59Z"})


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("filled")
    with Store.open(str(folder / "store.sqlite"), keys=folder / "keys") as store:
        fill(store)
        yield store


@pytest.fixture
def tampered(filled: Store) -> Iterator[Store]:
    filled.backend.execute("BEGIN")
    yield filled
    filled.backend.execute("ROLLBACK")
    filled.objects.forget()


def problems(store: Store, **asked) -> str:
    store.objects.forget()
    return "\n".join(map(str, verify(store, **asked).problems))


def test_an_untouched_store_is_sound_and_says_it_is_unanchored(store):
    fill(store)
    key = KeyDirectory(store.log.keys.path).signer().public_key
    report = verify(store, key=key)
    assert (report.problems, report.sound, report.anchor) == ((), True, "unanchored")
    assert (report.events, report.runs, report.units, report.key) == (5, 3, 4, key.fingerprint)
    assert report.key_source == "given"
    assert verify(store, key=key.fingerprint, run=2).units == 1
    assert verify(store).key_source == "store"


def test_a_new_store_is_sound(store):
    assert verify(store).problems == ()


def test_a_run_still_open_is_no_problem(store):
    night(store, result([observed("a")]))
    run = begin(store, night=2)
    store.commit_unit(run, result([observed("b")], night=2), [])
    assert verify(store).problems == ()


def read(store: Store, table: str):
    columns = [row[1] for row in store.backend.query(f"PRAGMA table_info({table})")]
    return columns, [row for row in store.backend.query(f"SELECT * FROM {table}") if row[0] != "schema"]


def cells(table: str) -> list[tuple[str, int]]:
    return [(table, row) for row in range(SAMPLE)]


@pytest.mark.parametrize(("table", "position"), [cell for table in TABLES for cell in cells(table)])
def test_an_edit_of_any_column_of_any_table_is_named(tampered, table, position):
    columns, rows = read(tampered, table)
    for column in columns:
        values = dict(zip(columns, rows[position * len(rows) // SAMPLE], strict=True))
        tampered.backend.execute("SAVEPOINT cell")
        where = " AND ".join(f"{name} = ?" for name in columns)
        sql = f"UPDATE {table} SET {column} = ? WHERE {where}"
        assert tampered.backend.execute(sql, (other(values[column]), *values.values())) == 1
        assert problems(tampered), f"{table}.{column} of {values} was edited"
        tampered.backend.execute("ROLLBACK TO cell")


def other(value):
    match value:
        case int():
            return value - 1000
        case str():
            return value + "0"
        case bytes():
            return value[:-1] + bytes([(value[-1] if value else 0) ^ 1])


@pytest.mark.parametrize(("table", "position"), [cell for table in TABLES for cell in cells(table)])
def test_a_deletion_from_any_table_is_named(tampered, table, position):
    columns, rows = read(tampered, table)
    row = rows[position * len(rows) // SAMPLE]
    where = " AND ".join(f"{name} = ?" for name in columns)
    assert tampered.backend.execute(f"DELETE FROM {table} WHERE {where}", row) == 1
    assert problems(tampered), f"{row} was deleted from {table}"


def test_a_schema_row_that_was_altered_or_deleted_stops_the_store_from_opening(tmp_path, keys):
    path = str(tmp_path / "store.sqlite")
    for sql, says in (
        ("UPDATE meta SET value = '99' WHERE key = 'schema'", "schema 99, this program knows 1"),
        ("UPDATE meta SET value = 'x' WHERE key = 'schema'", "damaged"),
        ("DELETE FROM meta WHERE key = 'schema'", "damaged"),
    ):
        with Store.open(path, keys=keys) as store:
            store.backend.execute(sql)
        with pytest.raises(StoreError, match=says) as refused:
            Store.open(path, keys=keys)
        assert refused.value.exit_code == 2
        Path(path).unlink()


def test_an_edited_object_is_named_by_its_digest(tampered):
    (name,) = [tampered.evidence(span)[0] for span, _ in tampered.evidence_at("bucket-000", 1)]
    sql = "UPDATE object SET packing = -1, data = ? WHERE digest = ?"
    tampered.backend.execute(sql, (b"{}", bytes.fromhex(name[7:])))
    assert f"object {name}: altered" in problems(tampered)


def test_a_deleted_object_is_named_by_what_needs_it(tampered):
    (name,) = [tampered.evidence(span)[0] for span, _ in tampered.evidence_at("bucket-007", 1)]
    tampered.backend.execute("DELETE FROM object WHERE digest = ?", (bytes.fromhex(name[7:]),))
    found = problems(tampered)
    assert "table past: missing: 1 rows" in found
    assert "run 1, aws/111122223333 aws.s3.bucket: altered" in found


def test_a_planted_object_is_named(tampered):
    data = b'{"planted":1}'
    tampered.objects.put({"planted": {digest(data): data}})
    assert f"object {digest(data)}: planted" in problems(tampered)


def test_a_fail_turned_into_a_pass_is_named_with_its_run_and_unit(tampered):
    (good,) = tampered.backend.query("SELECT judgement_id FROM resource WHERE statuses = 1 LIMIT 1")[0]
    sql = "UPDATE resource SET statuses = 1, judgement_id = ? WHERE statuses = 2"
    tampered.backend.execute(sql, (good,))
    found = problems(tampered).splitlines()
    assert found[0] == f"run 3, {UNIT}: altered: its rows do not give the digest stored for it"
    assert "planted" in found[1]


def test_a_gap_between_two_spans_and_an_overlap_are_named(tampered):
    uid, row, begun = tampered.backend.query(
        "SELECT r.uid, r.id, p.from_run FROM past p JOIN resource r ON r.id = p.resource_id "
        "WHERE p.to_run = 3 LIMIT 1"
    )[0]
    for ended in (2, 4):
        sql = "UPDATE past SET to_run = ? WHERE resource_id = ? AND from_run = ?"
        tampered.backend.execute(sql, (ended, row, begun))
        what = f"a span of runs 3 to {OPEN} stands where one from run {ended} on is due"
        assert f"resource {uid}: altered: {what}" in problems(tampered)


def test_a_resource_that_is_said_to_be_gone_without_a_run_that_missed_it_is_named(tampered):
    sql = "UPDATE resource SET evidence_id = 0, judgement_id = 0, statuses = 0 WHERE uid = ?"
    assert tampered.backend.execute(sql, ("arn:aws:s3:::bucket-000",)) == 1
    assert f"run 3, {UNIT}: altered: its rows do not give the digest stored for it" in problems(tampered)


def test_a_run_made_to_look_as_if_it_never_was_is_named(tampered):
    for table, column in (("run", "id"), ("run_unit", "run_id")):
        tampered.backend.execute(f"DELETE FROM {table} WHERE {column} = 2")
    assert "run 2: missing: ledger entry 2 seals it" in problems(tampered)


def test_an_edited_waiver_is_named_by_its_ledger_entry_alone(tampered):
    leaf = canonical({"schema": "nightledger.waiver/1", "expires": "2099-01-31T23:59:59Z"})
    tampered.backend.execute("UPDATE ledger SET leaf = ? WHERE idx = 4", (leaf,))
    found = problems(tampered).splitlines()
    assert found == ["ledger entry 4: altered: its bytes do not give its hash"]


def test_an_entry_edited_with_its_hash_breaks_the_signed_root(tampered):
    leaf = canonical({"schema": "nightledger.waiver/1", "expires": "2099-01-31T23:59:59Z"})
    sql = "UPDATE ledger SET leaf = ?, hash = ? WHERE idx = 4"
    tampered.backend.execute(sql, (leaf, leaf_hash(leaf)))
    assert "ledger entry 4: altered: the first 5 entries do not give the root signed" in problems(tampered)


def test_dropping_the_last_entry_with_its_checkpoint_is_seen_by_the_local_witness(tampered):
    tampered.backend.execute("DELETE FROM ledger WHERE idx = 4")
    assert "ledger entry 4: missing: a checkpoint of 5 entries was signed" in problems(tampered)
    tampered.backend.execute("DELETE FROM checkpoint WHERE size = 5")
    assert "local witness: missing: it saw 5 ledger entries, the store holds 4" in problems(tampered)


def test_an_old_checkpoint_in_the_place_of_a_new_one_is_named(tampered):
    sql = "UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 4) WHERE size = 5"
    tampered.backend.execute(sql)
    assert "checkpoint 5: altered: it is a checkpoint of nightledger/" in problems(tampered)


def test_an_emptied_ledger_is_named(tampered):
    tampered.backend.execute("DELETE FROM ledger")
    tampered.backend.execute("DELETE FROM checkpoint")
    assert "ledger: missing" in problems(tampered)


def rewrite(store: Store) -> None:
    """What the holder of the key could do: another last entry, all signatures good again."""
    leaf = canonical({"schema": "nightledger.waiver/1", "expires": "2099-01-31T23:59:59Z"})
    frontier = Frontier()
    for (hashed,) in store.backend.query("SELECT hash FROM ledger WHERE idx < 4 ORDER BY idx"):
        frontier = frontier.append(bytes(hashed))
    frontier = frontier.append(leaf_hash(leaf))
    note = store.log.keys.signer().sign(Checkpoint(store.log.origin, 5, frontier.root()))
    store.backend.execute("UPDATE ledger SET leaf = ?, hash = ? WHERE idx = 4", (leaf, leaf_hash(leaf)))
    store.backend.execute("UPDATE checkpoint SET note = ? WHERE size = 5", (note,))
    text = ".".join(["5", *(peak.hex() for peak in frontier.peaks)])
    store.backend.execute("UPDATE meta SET value = ? WHERE key = 'frontier'", (text,))


def test_the_key_holder_who_rewrites_history_is_caught_by_any_checkpoint_held_elsewhere(tampered):
    witness = tampered.log.last_note()
    rewrite(tampered)
    assert "given witness: altered: the first 5 ledger entries are not those it saw" in problems(
        tampered, witness=witness
    )


def test_without_any_outside_checkpoint_the_key_holder_passes_and_the_report_says_unanchored(tampered):
    keys = tampered.log.keys
    kept = keys.witness(tampered.log.origin)
    rewrite(tampered)
    keys.remember(Checkpoint.parse(tampered.log.last_note()), tampered.log.last_note())
    report = verify(tampered)
    keys.remember(Checkpoint.parse(kept), kept)
    assert report.sound
    assert report.anchor == "unanchored"


def test_a_store_signed_by_another_key_than_the_expected_is_untrusted(tampered, tmp_path):
    stranger = KeyDirectory(tmp_path / "stranger").signer().public_key
    for key in (stranger, stranger.fingerprint):
        report = verify(tampered, key=key)
        assert ProblemKind.UNTRUSTED in {problem.kind for problem in report.problems}
        assert report.key == stranger.fingerprint


def test_nothing_is_appended_to_a_ledger_that_was_cut(sqlite_store):
    fill(sqlite_store)
    sqlite_store.backend.execute("DELETE FROM checkpoint WHERE size = 5")
    with pytest.raises(StoreError, match="this machine has seen a ledger of 5 entries") as refused:
        sqlite_store.append_event({"schema": "nightledger.waiver/1"})
    assert refused.value.exit_code == 4


def test_nothing_is_appended_to_a_ledger_that_was_cut_where_no_witness_is_left(sqlite_store):
    fill(sqlite_store)
    sqlite_store.log.keys.witness_file(sqlite_store.log.origin).unlink()
    sqlite_store.backend.execute("DELETE FROM checkpoint WHERE size = 5")
    with pytest.raises(StoreError, match="last checkpoint") as refused:
        sqlite_store.append_event({"schema": "nightledger.waiver/1"})
    assert refused.value.exit_code == 4


def test_nothing_is_signed_with_another_key(tmp_path, keys):
    path = str(tmp_path / "store.sqlite")
    with Store.open(path, keys=keys) as store:
        night(store, result([]))
    with Store.open(path, keys=tmp_path / "elsewhere") as store:
        with pytest.raises(Exception, match="does not hold the key"):
            store.append_event({"schema": "nightledger.waiver/1"})
        assert verify(store).problems == ()
    assert not (tmp_path / "elsewhere" / "signing-key.pem").exists()
