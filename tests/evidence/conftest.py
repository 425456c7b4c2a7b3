from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.store import Store
from tests.servers.postgres import PostgresServer, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:{tmp_path / 'store.sqlite'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def store(url: str, keys: Path) -> Iterator[Store]:
    with Store.open(url, keys=keys) as opened:
        yield opened


@pytest.fixture
def sqlite_store(tmp_path: Path, keys: Path) -> Iterator[Store]:
    with Store.open(str(tmp_path / "store.sqlite"), keys=keys) as opened:
        yield opened
