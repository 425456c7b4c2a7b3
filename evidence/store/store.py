"""The store as its users see it: open it, record runs, read what held and what changed, append to the ledger."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from evidence.documents import Document
from evidence.model import Finding, Json, Unit, UnitResult
from evidence.seal import KeyDirectory, default_key_directory
from evidence.store.backend import Backend, migrate, migrations
from evidence.store.commits import Commits, PendingUnit
from evidence.store.errors import NotFound, StoreError
from evidence.store.judgements import JudgementReader
from evidence.store.log import Log
from evidence.store.objects import Objects
from evidence.store.principals import Principals
from evidence.store.read import Reader
from evidence.store.rows import (
    EvidenceSpan,
    FindingRow,
    FindingSpan,
    Lease,
    ObservationRow,
    Run,
    Sealed,
    UnitRow,
)
from evidence.store.run_rows import RunRows
from evidence.store.runs import Runs
from evidence.store.spans import Spans
from evidence.store.writer import Writer

NIGHTLY = "nightly"
"""The series of the nightly run; on-demand runs name their own and never touch its rows."""


class Store:
    """One evidence store, used by one thread at a time; make it with `Store.open`."""

    def __init__(self, backend: Backend, keys: KeyDirectory) -> None:
        self.backend = backend
        self.objects = Objects(backend)
        self.log = Log(backend, keys)
        self._run_rows = RunRows(backend, self.objects)
        self._runs = Runs(backend, self.objects, self.log)
        self._principals = Principals(backend)
        self._commits = Commits(backend, self.objects, self._principals)
        self.judgements = JudgementReader(self.objects)
        self.spans = Spans(backend)
        self._reader = Reader(backend, self.objects, self.judgements, self.spans)

    @classmethod
    def open(cls, url: str, *, create: bool = True, keys: Path | None = None) -> Store:
        """Open "sqlite:PATH", a bare path or "postgresql://..."; `keys` is the directory of the signing key.

        Raises StoreError where there is no store (without `create`), or one of a newer schema.
        """
        backend = _backend(url, create=create)
        directory = default_key_directory(os.environ) if keys is None else KeyDirectory(keys)
        try:
            migrate(backend, migrations(), create=create)
            store = cls(backend, directory)
            if store.log.unnamed():
                with store._transaction(durable=True):
                    store.log.name()
        except BaseException:
            backend.close()
            raise
        return store

    def close(self) -> None:
        """Give the connection back; closing twice is harmless."""
        self.backend.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the store for one run, first sealing what a dead process left open; raises StoreBusy."""
        with self.backend.lock():
            self.recover()
            yield

    def recover(self) -> list[Sealed]:
        """Seal every open run as interrupted; only while holding the lock, when no run can be alive."""
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        dead = self._run_rows.left_open()
        return [self.finish_run(run.id, now, state="interrupted") for run in dead]

    def begin_run(
        self,
        *,
        series: str = NIGHTLY,
        trigger: str,
        started: str,
        tool: str,
        selection: Json,
        checks: Mapping[str, str],
        planned: Iterable[Unit],
    ) -> int:
        """Open a run over the planned units; `checks` maps the selected checks to their version digests."""
        self.log.require_end()
        plan: dict[str, Json] = {"v": 1, "tool": tool, "selection": selection, "checks": dict(checks)}
        with self._transaction():
            run = self._runs.begin(series, trigger, started, plan)
            self._runs.plan(self._run(run), planned)
        return run

    def plan_units(self, run_id: int, units: Iterable[Unit]) -> None:
        """Add units found only after the run began (accounts of an organisation)."""
        with self._transaction():
            self._runs.plan(self._run(run_id), units)

    def claim_unit(self, run_id: int, unit: Unit, owner: str) -> Lease | None:
        """Take a unit for one worker; whoever held it before can no longer commit. None when it is done."""
        with self._transaction():
            return self._runs.claim(self._run(run_id), unit, owner)

    def commit_unit(
        self, run_id: int, result: UnitResult, findings: Sequence[Finding], *, lease: Lease | None = None
    ) -> bool:
        """Commit a unit's evidence, findings and "done" at once; False when it was done or the lease is lost."""
        with self._remembering():
            run = self._run_rows.plan_of(run_id)
            return self._commit(run, [self._pending(run, result, findings, lease)])[0]

    @contextmanager
    def ingest(self, run_id: int) -> Iterator[Writer]:
        """A run's way in: units handed over are committed some at a time, and all of them when the block ends.

        An error of a commit may be raised by a later call, or by the end of the block.
        """
        with self._remembering():
            run = self._run_rows.plan_of(run_id)
            writer = Writer(partial(self._pending, run), partial(self._commit, run))
            try:
                yield writer
            finally:
                writer.flush()

    def _pending(
        self, run: Run, result: UnitResult, findings: Sequence[Finding], lease: Lease | None = None
    ) -> PendingUnit:
        unit_id = self._runs.unit_row(run.series, result.unit)
        return self._commits.prepare(unit_id, result, findings, lease)

    def _commit(self, run: Run, batch: Sequence[PendingUnit]) -> list[bool]:
        with self.backend.transaction():
            done = self._commits.commit(run, batch)
        for pending in batch:
            if pending.unit_id not in done:
                self._runs.unit_id(run, pending.prepared.unit)
        return [pending.unit_id in done for pending in batch]

    def finish_run(self, run_id: int, finished: str, *, state: str = "sealed") -> Sealed:
        """Seal a run ("sealed" or "interrupted"): its roots become a ledger event under a signed checkpoint."""
        with self._transaction(durable=True):
            sealed = self._runs.seal(self._run(run_id), finished, state)
            # Often while the store is young, and ever more rarely.
            if run_id.bit_count() == 1:
                self.backend.analyze()
        self.log.published(sealed.note)
        return sealed

    def runs(self, series: str | None = None) -> list[Run]:
        """All runs, oldest first, of one series or of all."""
        return self._run_rows.all(series)

    def run(self, ref: int | str, *, series: str = NIGHTLY, zone: tzinfo = UTC) -> Run:
        """A run by id, "last", ISO day or ISO moment, in `zone` where it names none itself; raises NotFound.

        Of a day or moment it is the last ended run of the series begun by its end.
        """
        text = str(ref)
        if text.isdecimal():
            return self._run(int(text))
        ended = [run for run in self.runs(series) if run.state != "open"]
        if text != "last":
            end = _end_of(text, zone)
            ended = [run for run in ended if datetime.fromisoformat(run.started) < end]
        if not ended:
            raise NotFound(f"series {series} has no sealed run for {ref!r}")
        return ended[-1]

    def units(self, run_id: int) -> list[UnitRow]:
        """The units of a run with state and coverage, in the order of their keys."""
        return self._reader.units(run_id)

    def findings(self, run_id: int, *, kind: str | None = None) -> Iterator[FindingRow]:
        """The findings as of a run for its units, grouped by unit; `seen` tells measured from remembered."""
        return self._reader.findings(run_id, kind)

    def observations(self, run_id: int, *, kind: str | None = None) -> Iterator[ObservationRow]:
        """The resources with their facts as of a run, grouped by unit, for judging them again."""
        return self._reader.observations(run_id, kind)

    def evidence_changes(self, after: int, until: int, *, series: str = NIGHTLY) -> list[EvidenceSpan]:
        """Evidence of a series that began or ended in the runs (after, until]."""
        return self._reader.evidence_changes(after, until, series)

    def finding_changes(self, after: int, until: int, *, series: str = NIGHTLY) -> list[FindingSpan]:
        """Findings of a series that began or ended in the runs (after, until]."""
        return self._reader.finding_changes(after, until, series)

    def resource_history(
        self, resource: str, *, series: str = NIGHTLY
    ) -> tuple[list[EvidenceSpan], list[FindingSpan]]:
        """All evidence and findings ever held of a uid, else of a name; raises NotFound."""
        return self._reader.history(resource, series)

    def evidence_at(
        self, resource: str, run_id: int, *, series: str = NIGHTLY
    ) -> list[tuple[EvidenceSpan, Document]]:
        """The evidence of a uid (else a name) as of a run; empty when there was none then."""
        return self._reader.evidence_at(resource, run_id, series)

    def evidence(self, span: EvidenceSpan) -> tuple[str, Document]:
        """The digest and the document of a span's evidence, checked; raises NotFound or StoreBroken."""
        return self._reader.evidence(span)

    def object(self, digest: str) -> bytes:
        """The canonical bytes behind a digest, checked; raises NotFound or StoreBroken."""
        return self.objects.get(digest)

    def journal(self, run_id: int, unit: Unit) -> Document:
        """How one unit was polled in one run: calls, volatile facts, dropped fields (docs/formats.md)."""
        return self._reader.journal(run_id, unit)

    def append_event(self, event: Mapping[str, Json]) -> int:
        """Append one event, whose "schema" says what it is, under a new signed checkpoint; gives its index."""
        if not isinstance(event.get("schema"), str):
            raise StoreError("an event names its schema")
        with self._transaction(durable=True):
            index, note = self.log.append(event)
        self.log.published(note)
        return index

    def events(self, schema: str | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
        """The ledger's events in order, of one schema or of all."""
        for index, event in self.log.events():
            if schema is None or event.get("schema") == schema:
                yield index, event

    @contextmanager
    def _transaction(self, *, durable: bool = False) -> Iterator[None]:
        with self._remembering(), self.backend.transaction(durable=durable):
            yield

    @contextmanager
    def _remembering(self) -> Iterator[None]:
        """Whoever remembers rows forgets them when an error may have rolled them back."""
        try:
            yield
        except BaseException:
            for part in (self.objects, self._principals, self._commits, self._runs, self._run_rows):
                part.forget()
            raise

    def _run(self, run_id: int) -> Run:
        return self._run_rows.one(run_id)


def _backend(url: str, *, create: bool) -> Backend:
    if url.startswith(("postgresql://", "postgres://")):
        from evidence.store.postgres import PostgresBackend  # noqa: PLC0415 - the driver is an extra

        return PostgresBackend(url)
    from evidence.store.sqlite import SqliteBackend  # noqa: PLC0415 - the engine that is used, no other

    return SqliteBackend(Path(url.removeprefix("sqlite:")), create=create)


def _end_of(text: str, zone: tzinfo) -> datetime:
    """The first instant after a day or moment as it is written; one without minutes is a whole day."""
    try:
        if len(text) == len("YYYY-MM-DD"):
            return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), tzinfo=zone)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise NotFound(
            f"{text!r} is no run: give an id, `last`, a day (YYYY-MM-DD) or a moment (YYYY-MM-DDTHH:MM)"
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)) + timedelta(seconds=1)
