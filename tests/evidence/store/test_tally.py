from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.model import Status
from evidence.store import Store
from evidence.store.tally import count_statuses
from tests.nightledger.reports import estate
from tests.servers.postgres import postgres_server


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        with Store.open(str(tmp_path / "evidence.db"), keys=tmp_path / "keys") as opened:
            yield opened
        return
    with (
        postgres_server() as server,
        Store.open(server.new_database(), keys=tmp_path / "keys") as opened,
    ):
        yield opened


def test_the_counts_are_those_of_the_findings_with_the_unseen_as_unknown(store: Store) -> None:
    first = estate.first_night()
    nights = [
        first,
        estate.second_night(),
        estate.blind_night(),
        estate.Night("2026-11-23", first.results[:1], [estate.USERS], "interrupted"),
    ]
    for run in [estate.keep(store, night) for night in nights]:
        read = Counter(row.status if row.seen else Status.UNKNOWN for row in store.findings(run))

        assert +count_statuses(store, run, store.units(run)) == read
