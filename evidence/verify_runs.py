"""Verifying runs: each row against its sealed event, each unit's digest from its rows, the roots from the units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson

from evidence.canonical import canonical, digest
from evidence.documents import JournalHead, manifest_document
from evidence.ledger import leaf_hash, merkle_root
from evidence.model import Unit
from evidence.store import Store, StoreError, UnitState
from evidence.store.backend import Row
from evidence.store.moments import moment
from evidence.store.objects import named
from evidence.verify_journals import check_journals
from evidence.verify_problem import Events, ProblemKind, RunsCheck, StoredUnit

_ALTERED, _MISSING, _PLANTED = ProblemKind.ALTERED, ProblemKind.MISSING, ProblemKind.PLANTED


def check_runs(store: Store, events: Events, only: int | None) -> RunsCheck:
    """Verify one run or all; the run rows themselves are always compared with the ledger."""
    check = RunsCheck()
    rows = {int(row[0]): row for row in store.backend.query(_RUNS)}
    for run in rows.keys() - events.keys():
        if rows[run][3] != "open":
            check.add(_PLANTED, f"run {run}", "no ledger entry seals it")
    for run, (index, event) in sorted(events.items()):
        if run not in rows:
            check.add(_MISSING, f"run {run}", f"ledger entry {index} seals it, but its row is gone")
            continue
        _compare_row(check, rows[run], index, event)
        if only in (None, run):
            _check_run(store, check, run, event)
    if only is not None and only not in events:
        check.add(_MISSING, f"run {only}", "it is not sealed in the ledger")
    return check


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


def _check_run(store: Store, check: RunsCheck, run: int, event: Mapping[str, Any]) -> None:
    units = sorted(_stored_units(store, run), key=lambda stored: stored.unit)
    check.runs += 1
    _compare_listing(store, check, run, units, event)
    done = [unit for unit in units if unit.state == UnitState.DONE]
    check.units += len(done)
    derived = dict(_derived(store, run, {unit.id: unit for unit in done}))
    differing = [unit for unit in done if derived[unit.id] != unit.digest]
    for unit in differing:
        check.add(_ALTERED, f"run {run}, {unit.unit}", "its rows do not give the digest stored for it")
    _compare_root(check, run, "root", [unit.digest for unit in done], event)
    _compare_root(check, run, "journal_root", [unit.journal for unit in done], event)
    check_journals(store, check, run, done)


def _compare_listing(
    store: Store, check: RunsCheck, run: int, units: list[StoredUnit], event: Mapping[str, Any]
) -> None:
    try:
        listed = {Unit(*key): state for *key, state in orjson.loads(store.object(event["units"]))}
    except StoreError as error:
        check.add(_MISSING, f"run {run}, list of units", str(error))
        return
    stored = {unit.unit: unit.state for unit in units}
    for unit in units:
        if unit.series != event["series"]:
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


def _stored_units(store: Store, run: int) -> Iterator[StoredUnit]:
    for row in store.backend.query(_UNITS, (run,)):
        number, series, source, target, kind, state, principal, coverage, unit_digest, journal, *rest = row
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
            head=JournalHead(unit, name, principal or "", owner, attempt, moment(started), moment(finished)),
            packing=packing,
            body=body,
            untouched=not any([unit_digest, journal, *rest]),
        )


def _derived(store: Store, run: int, units: Mapping[int, StoredUnit]) -> Iterator[tuple[int, str]]:
    """Each done unit's digest, recomputed from the rows that hold as of the run."""
    rows = groupby(store.backend.stream(_HELD, (run, run, run)), key=itemgetter(0))
    held = next(rows, None)
    for number in sorted(units):
        while held is not None and held[0] < number:
            held = next(rows, None)
        known = held[1] if held is not None and held[0] == number else ()
        yield number, _manifest_digest(units[number], known)


def _manifest_digest(unit: StoredUnit, known: Iterable[Row]) -> str:
    held = {
        uid: (named(evidence) if evidence else "", named(judgement) if judgement else "")
        for _, uid, evidence, judgement in known
    }
    return digest(canonical(manifest_document(unit.unit, unit.principal, unit.coverage, held)))


_RUNS = """
SELECT run.id, series, trigger, state, started, finished, ledger_idx, o.digest
FROM run LEFT JOIN object o ON o.id = run.plan_id"""

_UNITS = """
SELECT u.id, u.series, u.source, u.target, u.kind, ru.state, p.name, c.digest, ru.digest, ru.journal,
    ru.owner, ru.attempt, ru.started, ru.finished, ru.packing, ru.body, ru.principal_id, ru.coverage_id
FROM run_unit ru JOIN unit u ON u.id = ru.unit_id LEFT JOIN principal p ON p.id = ru.principal_id
LEFT JOIN object c ON c.id = ru.coverage_id WHERE ru.run_id = ?"""

_HELD = """
SELECT ru.unit_id, r.uid, e.digest, j.digest FROM run_unit ru JOIN resource r ON r.unit_id = ru.unit_id
JOIN span s ON s.resource_id = r.id AND s.from_run <= ? AND s.to_run > ?
LEFT JOIN object e ON e.id = s.evidence_id LEFT JOIN object j ON j.id = s.judgement_id
WHERE ru.run_id = ? ORDER BY ru.unit_id"""
