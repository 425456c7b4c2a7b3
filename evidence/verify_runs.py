"""Verifying runs: each row against its sealed event, each unit's digest from its rows, the roots from the units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from evidence.canonical import canonical, digest
from evidence.documents import JournalHead, manifest_document
from evidence.ledger import leaf_hash, merkle_root
from evidence.model import Unit
from evidence.store import NotFound, StoreBroken, UnitState
from evidence.store.backend import Row
from evidence.store.held import AS_OF, EVIDENCE, JUDGEMENT
from evidence.store.moments import moment
from evidence.store.objects import named
from evidence.verify_journals import check_journals
from evidence.verify_problem import Events, ProblemKind, RunsCheck, StoredUnit
from evidence.verify_read import BLOB_OR_NULL, TEXT_OR_NULL, Columns, Reader

_ALTERED, _MISSING, _PLANTED = ProblemKind.ALTERED, ProblemKind.MISSING, ProblemKind.PLANTED


def check_runs(read: Reader, check: RunsCheck, events: Events, only: int | None) -> None:
    """Verify one run or all; the run rows themselves are always compared with the ledger."""
    rows = {row[0]: row for row in read.typed(_RUN, read.store.backend.query(_RUNS))}
    for run in rows.keys() - events.keys():
        if rows[run][3] != "open":
            check.add(_PLANTED, f"run {run}", "no ledger entry seals it")
    for run, (index, event) in sorted(events.items()):
        if run not in rows:
            check.add(_MISSING, f"run {run}", f"ledger entry {index} seals it, but its row is gone")
            continue
        _compare_row(check, rows[run], index, event)
        if only in (None, run):
            with read.reading(f"run {run}"):
                _check_run(read, check, run, event)
    if only is not None and only not in events:
        check.add(_MISSING, f"run {only}", "it is not sealed in the ledger")


def _compare_row(check: RunsCheck, row: Row, index: int, event: Mapping[str, Any]) -> None:
    run, series, trigger, state, started, finished, entry, plan = row
    stored = {
        "series": series,
        "trigger": trigger,
        "state": state,
        "started": started,
        "finished": finished,
        "plan": named(plan) if plan else "",
    }
    for name, value in stored.items():
        if event.get(name) != value:
            what = f"its {name} is {value!r}, sealed was {event.get(name)!r}"
            check.add(_ALTERED, f"run {run}", what)
    if entry != index:
        check.add(_ALTERED, f"run {run}", f"it points to ledger entry {entry}, {index} seals it")


def _check_run(read: Reader, check: RunsCheck, run: int, event: Mapping[str, Any]) -> None:
    units = sorted(_stored_units(read, run), key=lambda stored: stored.unit)
    check.runs += 1
    _compare_listing(read, check, run, units, event)
    done = [unit for unit in units if unit.state == UnitState.DONE]
    check.units += len(done)
    derived = dict(_derived(read, run, {unit.id: unit for unit in done}))
    differing = [unit for unit in done if derived[unit.id] != unit.digest]
    for unit in differing:
        check.add(_ALTERED, f"run {run}, {unit.unit}", "its rows do not give the digest stored for it")
    _compare_root(check, run, "root", [unit.digest for unit in done], event)
    _compare_root(check, run, "journal_root", [unit.journal for unit in done], event)
    check_journals(read, check, run, done)


def _compare_listing(
    read: Reader, check: RunsCheck, run: int, units: list[StoredUnit], event: Mapping[str, Any]
) -> None:
    try:
        listed = _listed(read.document(event.get("units")))
    except (NotFound, StoreBroken) as error:
        kind = _MISSING if isinstance(error, NotFound) else _ALTERED
        check.add(kind, f"run {run}, list of units", str(error))
        return
    stored = {unit.unit: unit.state for unit in units}
    for unit in units:
        if unit.series != event.get("series"):
            check.add(_ALTERED, f"run {run}, {unit.unit}", f"it was moved to series {unit.series}")
        if unit.state != UnitState.DONE and not unit.untouched:
            check.add(
                _ALTERED, f"run {run}, {unit.unit}", "it was not attempted, yet its row tells of an attempt"
            )
    for key in sorted(listed.keys() | stored.keys()):
        if listed.get(key) != stored.get(key):
            was, now = (_state(states.get(key)) for states in (listed, stored))
            kind = _MISSING if key not in stored else _PLANTED if key not in listed else _ALTERED
            check.add(kind, f"run {run}, {key}", f"the store says {now}, sealed was {was}")


def _listed(document: Any) -> dict[Unit, int]:
    """The states that a list of units gives; raises StoreBroken for any other document."""
    match document:
        case [*entries]:
            return dict(map(_listed_unit, entries))
        case _:
            raise StoreBroken("it is no list of units")


def _listed_unit(entry: Any) -> tuple[Unit, int]:
    match entry:
        case [str(source), str(target), str(kind), int(state)]:
            return Unit(source, target, kind), state
        case _:
            raise StoreBroken("it lists what is no unit with its state")


def _state(code: int | None) -> str:
    return (
        "absent" if code is None else UnitState(code).name.lower() if code in list(UnitState) else str(code)
    )


def _compare_root(
    check: RunsCheck, run: int, name: str, digests: list[str], event: Mapping[str, Any]
) -> None:
    root = named(merkle_root([leaf_hash(bytes.fromhex(text.removeprefix("sha256:"))) for text in digests]))
    if root != event.get(name):
        what = (
            f"the digests of its {len(digests)} units give another {name.replace('_', ' ')} than was sealed"
        )
        check.add(_ALTERED, f"run {run}, {name}", what)


def _stored_units(read: Reader, run: int) -> Iterator[StoredUnit]:
    for row in read.typed(_UNIT, read.store.backend.query(_UNITS, (run,))):
        _, number, series, source, target, kind, state, principal, coverage, unit_digest, journal, *rest = row
        owner, attempt, started, finished, packing, body, *_ = rest
        unit, name = Unit(source, target, kind), named(unit_digest) if unit_digest else ""
        yield StoredUnit(
            id=number,
            unit=unit,
            series=series,
            state=state,
            principal=principal or "",
            coverage=named(coverage) if coverage else "",
            digest=name,
            journal=named(journal) if journal else "",
            head=JournalHead(
                unit, name, principal or "", owner, attempt, _moment(started), _moment(finished)
            ),
            packing=packing,
            body=body,
            untouched=not any([unit_digest, journal, *rest]),
        )


def _moment(seconds: int) -> str:
    """What a journal says of a moment; of one that no calendar has, something that none says."""
    try:
        return moment(seconds)
    except (ValueError, OverflowError, OSError):
        return str(seconds)


def _derived(read: Reader, run: int, units: Mapping[int, StoredUnit]) -> Iterator[tuple[int, str]]:
    """Each done unit's digest, recomputed from the rows that hold as of the run."""
    held_rows = read.typed(_HELD, read.store.backend.stream(_HELD_ROWS, (run, run, run)))
    rows = groupby(held_rows, key=itemgetter(0))
    held = next(rows, None)
    for number in sorted(units):
        while held is not None and held[0] < number:
            held = next(rows, None)
        known = held[1] if held is not None and held[0] == number else ()
        yield number, _manifest_digest(units[number], known)


def _manifest_digest(unit: StoredUnit, known: Iterable[Row]) -> str:
    held = {
        uid: (named(evidence) if evidence else "", named(judgement) if judgement else "")
        for _, _, uid, evidence, judgement in known
    }
    return digest(canonical(manifest_document(unit.unit, unit.principal, unit.coverage, held)))


_RUN = Columns(
    "run {0}",
    {
        "run.id": int,
        "run.series": str,
        "run.trigger": str,
        "run.state": str,
        "run.started": str,
        "run.finished": str,
        "run.ledger_idx": int,
        "object.digest of its plan": BLOB_OR_NULL,
    },
)

_RUNS = """
SELECT run.id, series, trigger, state, started, finished, ledger_idx, o.digest
FROM run LEFT JOIN object o ON o.id = run.plan_id"""

_UNIT = Columns(
    "run {0}, unit {1}",
    {
        "run_unit.run_id": int,
        "unit.id": int,
        "unit.series": str,
        "unit.source": str,
        "unit.target": str,
        "unit.kind": str,
        "run_unit.state": int,
        "principal.name": TEXT_OR_NULL,
        "object.digest of its coverage": BLOB_OR_NULL,
        "run_unit.digest": bytes,
        "run_unit.journal": bytes,
        "run_unit.owner": str,
        "run_unit.attempt": int,
        "run_unit.started": int,
        "run_unit.finished": int,
        "run_unit.packing": int,
        "run_unit.body": bytes,
        "run_unit.principal_id": int,
        "run_unit.coverage_id": int,
    },
)

_UNITS = """
SELECT ru.run_id, u.id, u.series, u.source, u.target, u.kind, ru.state, p.name, c.digest, ru.digest, ru.journal,
    ru.owner, ru.attempt, ru.started, ru.finished, ru.packing, ru.body, ru.principal_id, ru.coverage_id
FROM run_unit ru JOIN unit u ON u.id = ru.unit_id LEFT JOIN principal p ON p.id = ru.principal_id
LEFT JOIN object c ON c.id = ru.coverage_id WHERE ru.run_id = ?"""

_HELD = Columns(
    "resource row {1}",
    {
        "run_unit.unit_id": int,
        "resource.id": int,
        "resource.uid": str,
        "object.digest of its evidence": BLOB_OR_NULL,
        "object.digest of its judgement": BLOB_OR_NULL,
    },
)

_HELD_ROWS = f"""
SELECT ru.unit_id, r.id, r.uid, e.digest, j.digest
FROM run_unit ru JOIN resource r ON r.unit_id = ru.unit_id {AS_OF}
LEFT JOIN object e ON e.id = {EVIDENCE} LEFT JOIN object j ON j.id = {JUDGEMENT}
WHERE ru.run_id = ? AND ({EVIDENCE} <> 0 OR {JUDGEMENT} <> 0) ORDER BY ru.unit_id"""  # noqa: S608 - our words
