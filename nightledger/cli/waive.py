"""`waive`: accept a failing check on a resource or a scope until a day, or take that back. Nothing is overwritten."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from evidence.model import NightledgerError
from nightledger.cli.codes import ExitCode
from nightledger.cli.output import Result, emit
from nightledger.cli.parser import Verbs, verb

if TYPE_CHECKING:
    from checks.check import Check
    from evidence.records import Subject, Waiver, WaiverRequest
    from evidence.store import Store


class WaiveError(NightledgerError):
    """The command line leaves out what a waiver needs."""

    exit_code = 2


def add(verbs: Verbs) -> None:
    """Add the verb."""
    parser = verb(
        verbs,
        "waive",
        run,
        "accept a failing check until a day, revoke that, or list waivers",
        "nightledger waive aws-s3-bucket-versioning --on clinic-logs --until 2027-03-31 \\\n"
        '    --reason "Rebuilt from source every night; nothing to recover." --approver "A. Ng" --owner "B. Ito"',
    )
    parser.add_argument(
        "check", metavar="CHECK", nargs="?", help="the check to waive; without it, list all waivers"
    )
    parser.add_argument(
        "--on", metavar="RESOURCE", help="the resource's uid or name, as `show` and the reports print it"
    )
    parser.add_argument(
        "--scope", metavar="TARGET[/PART]", help="everything of a target, or of one part of it"
    )
    parser.add_argument(
        "--until", type=date.fromisoformat, metavar="DATE", help="the last day on which it holds"
    )
    parser.add_argument("--reason", help="why, for the auditor: at least 20 characters")
    parser.add_argument("--approver", help="who accepts the risk")
    parser.add_argument("--owner", help="who will end it; else the approver")
    parser.add_argument("--revoke", metavar="ID", help="end this waiver now")


def run(args: argparse.Namespace) -> int:
    """Grant, revoke or list."""
    from evidence import records  # noqa: PLC0415 - not for --help
    from nightledger.cli.context import open_store, settings_of  # noqa: PLC0415 - not for --help

    settings = settings_of(args)
    now = datetime.now(UTC)
    with open_store(settings, create=False) as store:
        if args.revoke:
            needed = _given(args, "reason", "approver")
            records.revoke(store, args.revoke, reason=needed[0], approver=needed[1], at=now)
        elif args.check:
            request = _request(args, store)
            records.grant(store, request, at=now, zone=settings.organisation.zone)
        rows = [_row(waiver, now) for waiver in records.waivers(store)]
    columns = ("id", "state", "check", "subject", "until", "approver", "owner", "reason")
    emit(Result("waivers", columns, rows, empty="no waivers"), args.output)
    return ExitCode.DONE


def _request(args: argparse.Namespace, store: Store) -> WaiverRequest:
    from checks.load import all_checks  # noqa: PLC0415 - not for --help
    from evidence.records import WaiverRequest  # noqa: PLC0415 - not for --help

    catalogue = all_checks()
    chosen = catalogue.pick([args.check])
    if args.check not in catalogue.checks:
        raise WaiveError(f"{args.check} is a topic of {len(chosen)} checks", hint="waive one check at a time")
    reason, approver, until = _given(args, "reason", "approver", "until")
    subject = _subject(args, store, catalogue.checks[args.check])
    return WaiverRequest(args.check, subject, reason, approver, args.owner or approver, until)


def _subject(args: argparse.Namespace, store: Store, check: Check) -> Subject:
    from evidence.records import OnScope  # noqa: PLC0415 - not for --help
    from nightledger.waivable import failing_resource, failing_scope  # noqa: PLC0415 - not for --help

    match args.on, args.scope:
        case str(resource), None:
            return failing_resource(store, check, resource)
        case None, str(scope):
            platform, _, rest = scope.partition("/")
            name, _, part = rest.partition("/")
            return failing_scope(store, check, OnScope(f"{platform}/{name}" if name else platform, part))
        case _:
            raise WaiveError(
                "a waiver is about one thing", hint="give either --on RESOURCE or --scope TARGET[/PART]"
            )


def _given(args: argparse.Namespace, *names: str) -> list[Any]:
    missing = [f"--{name}" for name in names if not getattr(args, name)]
    if missing:
        raise WaiveError(f"a waiver needs {', '.join(missing)}", hint="nightledger waive --help")
    return [getattr(args, name) for name in names]


def _row(waiver: Waiver, now: datetime) -> dict[str, Any]:
    state = "in force" if waiver.in_force(now) else "revoked" if waiver.revoked else "expired"
    return {
        "id": waiver.id,
        "state": state,
        "check": waiver.check,
        "subject": str(waiver.subject),
        "until": f"{waiver.expires:%Y-%m-%dT%H:%M:%SZ}",
        "approver": waiver.approver,
        "owner": waiver.owner,
        "reason": waiver.reason,
    }
