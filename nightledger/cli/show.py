"""`show`: one resource, its facts and findings as of a run, its history, and the raw answers behind it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nightledger.cli.codes import ExitCode
from nightledger.cli.output import Result, emit
from nightledger.cli.parser import Verbs, verb

_MOST = 300

if TYPE_CHECKING:
    from evidence.store import FindingSpan, Run, Store


def add(verbs: Verbs) -> None:
    """Add the verb."""
    parser = verb(
        verbs,
        "show",
        run,
        "show a resource: facts, findings, history and raw evidence",
        "nightledger show ehr-backups --as-of 2026-10-31 --raw",
    )
    parser.add_argument("resource", metavar="RESOURCE", help="its uid, or its name")
    parser.add_argument("--as-of", default="last", metavar="REF", help="a run's number, `last` or a date")
    parser.add_argument(
        "--raw", action="store_true", help="also the recorded answers that the facts were read from"
    )


def run(args: argparse.Namespace) -> int:
    """Print what is known of the resource."""
    from nightledger.cli.context import open_store, run_named, settings_of  # noqa: PLC0415 - not for --help

    settings = settings_of(args)
    with open_store(settings, create=False) as store:
        sealed = run_named(store, settings, args.as_of)
        rows = list(_lines(store, args.resource, sealed, raw=args.raw))
    if args.output == "table":
        rows = [{**row, "value": _short(row["value"])} for row in rows]
    about = {"resource": args.resource, "run": sealed.id, "as_of": sealed.started}
    columns = ("kind", "uid", "subject", "name", "since_run", "value")
    emit(Result("resource", columns, rows, about), args.output)
    return ExitCode.DONE


def _lines(store: Store, resource: str, sealed: Run, *, raw: bool) -> Iterator[dict[str, Any]]:
    evidence, findings = store.resource_history(resource, series=sealed.series)
    held = store.evidence_at(resource, sealed.id, series=sealed.series)
    for span, document in held:
        about = {"kind": span.unit.kind, "uid": span.uid, "since_run": span.from_run}
        yield {**about, "subject": "evidence", "name": span.name, "value": store.evidence(span)[0]}
        for name, value in document["facts"].items():
            yield {**about, "subject": "fact", "name": name, "value": _fact(value)}
        if raw:
            yield from _raw(store, sealed, span)
    for found in findings:
        if found.from_run <= sealed.id:
            value = f"{found.status.value}: {found.verdict.sentence} ({_when(found, sealed.id)})"
            yield {
                "kind": found.unit.kind,
                "uid": found.uid,
                "since_run": found.from_run,
                "subject": "finding",
                "name": found.check,
                "value": value,
            }
    if not held and evidence:
        last = {"kind": evidence[-1].unit.kind, "uid": evidence[-1].uid}
        yield {**last, "subject": "evidence", "name": "", "value": "not held as of this run"}


def _when(found: FindingSpan, run: int) -> str:
    last = found.to_run - 1
    if last >= run:
        return f"as of run {run}"
    return f"run {last}" if last == found.from_run else f"runs {found.from_run} to {last}"


def _raw(store: Store, sealed: Run, span: Any) -> Iterator[dict[str, Any]]:
    from evidence.store import NotFound  # noqa: PLC0415 - not for --help

    try:
        journal = store.journal(sealed.id, span.unit)
    except NotFound:
        return
    for operation, asked, at, request, answer, error, about, _part in journal["calls"]:
        if about in {"", span.uid}:
            got = store.object(answer).decode() if answer else f"error {error}"
            value = f"{asked} at {at}, request {request or 'without id'}: {got}"
            yield {
                "uid": span.uid,
                "since_run": sealed.id,
                "subject": "raw answer",
                "name": operation,
                "value": value,
            }


def _short(value: str) -> str:
    """A value as a table can hold it: an inventory of packages would fill screens."""
    if len(value) <= _MOST:
        return value
    return f"{value[:_MOST]}\u2026 ({len(value):,} characters: --output json has them all)"


def _fact(value: Any) -> str:
    import json  # noqa: PLC0415 - not for --help

    from evidence.documents import decode_fact  # noqa: PLC0415 - not for --help
    from evidence.model import Missing  # noqa: PLC0415 - not for --help

    match decode_fact(value):
        case Missing() as missing:
            return f"could not be read: {missing}"
        case None:
            return "none"
        case seen:
            return json.dumps(seen, sort_keys=True)
