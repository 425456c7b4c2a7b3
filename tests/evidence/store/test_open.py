from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from evidence.store import Store, StoreBroken, StoreError
from tests.evidence.estate import begin, night, observed, result


def test_the_store_and_its_lock_are_for_their_owner_only(tmp_path, keys):
    path = tmp_path / "data" / "store.sqlite"
    with Store.open(str(path), keys=keys) as store, store.lock():
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("form", ["{}", "sqlite:{}", "sqlite://{}"])
def test_a_store_is_named_by_a_path_or_a_url(tmp_path, keys, form):
    path = tmp_path / "store.sqlite"
    Store.open(form.format(path), keys=keys).close()
    assert path.exists()


def test_a_store_that_is_not_there_is_not_made_by_reading(tmp_path, keys):
    with pytest.raises(StoreError, match="no store at") as refused:
        Store.open(str(tmp_path / "none.sqlite"), create=False, keys=keys)
    assert refused.value.exit_code == 2
    assert refused.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path, keys):
    path = tmp_path / "notes.txt"
    path.write_text("patient list, not a database " * 100)
    with pytest.raises(StoreError, match="not a database"):
        Store.open(str(path), keys=keys)
    assert path.read_text().startswith("patient list")


def test_a_database_of_something_else_is_refused_for_reading(tmp_path, keys):
    path = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE meta (key TEXT, value TEXT)")
    with pytest.raises(StoreError, match="not a Nightledger store"):
        Store.open(str(path), create=False, keys=keys)


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path, keys):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot make a store"):
        Store.open(str(tmp_path / "file" / "store.sqlite"), keys=keys)


def test_a_postgres_server_that_does_not_answer_is_one_clear_error(keys):
    with pytest.raises(StoreError, match="cannot open the PostgreSQL store") as refused:
        Store.open("postgresql://nobody:hunter2@127.0.0.1:1/none?connect_timeout=2", keys=keys)
    assert "hunter2" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_opening_again_changes_nothing(url, keys):
    with Store.open(url, keys=keys) as store:
        night(store, result([observed("a")]))
        origin = store.log.origin
    for create in (True, False):
        with Store.open(url, create=create, keys=keys) as store:
            assert store.log.origin == origin
            assert len(store.runs()) == 1


OPEN_AT_ONCE = """
import sys
from pathlib import Path
from evidence.store import Store
sys.stdin.read()
with Store.open(sys.argv[1], keys=Path(sys.argv[2])) as store:
    print(store.log.origin)
"""


def test_two_processes_may_make_the_same_store_at_once(url, keys):
    command = [sys.executable, "-c", OPEN_AT_ONCE, url, str(keys)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    makers = [subprocess.Popen(command, cwd=Path.cwd(), **pipes) for _ in range(3)]
    for maker in makers:
        maker.stdin.close()
        maker.stdin = None
    origins = {maker.communicate()[0].strip() for maker in makers}
    assert len(origins) == 1
    assert origins != {""}


def test_importing_the_store_imports_no_driver_of_the_other_engine(tmp_path):
    code = (
        "import sys; from evidence.store import Store; from pathlib import Path;"
        f"Store.open('{tmp_path / 's.sqlite'}', keys=Path('{tmp_path}')).close();"
        "sys.exit('psycopg' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_store_that_was_put_back_is_not_signed_over(tmp_path, keys):
    path = tmp_path / "store.sqlite"
    with Store.open(str(path), keys=keys) as store:
        night(store, result([observed("a")]), number=1)
    earlier = path.read_bytes()
    with Store.open(str(path), keys=keys) as store:
        night(store, result([observed("a")]), number=2)
        witness = store.log.last_note()
    path.write_bytes(earlier)
    with Store.open(str(path), keys=keys) as store:
        with pytest.raises(StoreBroken, match="this machine has seen a ledger of 3 entries") as refused:
            begin(store, night=3)
        with pytest.raises(StoreBroken, match="nothing was appended"):
            store.append_event({"schema": "test/1"})
        assert store.log.keys.witness(store.log.origin) == witness
        assert len(store.runs()) == 1
        file = store.log.keys.witness_file(store.log.origin)
        assert str(file) in refused.value.hint
        file.unlink()
        night(store, result([observed("a")]), number=3)


def test_a_damaged_copy_of_the_last_checkpoint_stops_the_run_before_it_begins(sqlite_store):
    night(sqlite_store, result([observed("a")]), number=1)
    sqlite_store.log.keys.witness_file(sqlite_store.log.origin).write_bytes(b"\xff\x00")
    with pytest.raises(StoreBroken, match="holds no checkpoint"):
        begin(sqlite_store, night=2)


def test_postgres_is_told_to_tidy_units_soon_and_to_leave_room_beside_resources(postgres, keys):
    with Store.open(postgres.new_database(), keys=keys) as store:
        sql = "SELECT relname, reloptions FROM pg_class WHERE relkind = 'r' AND reloptions IS NOT NULL"
        told = dict(store.backend.query(sql))
    soon = ["autovacuum_vacuum_scale_factor=0.02"]
    assert told == {"run_unit": soon, "resource": ["fillfactor=97"], "meta": soon, "past": soon}
