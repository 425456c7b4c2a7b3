"""`hosts`: accept the keys of hosts before the first scan, and print the script that can be installed on them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from evidence.model import NightledgerError
from nightledger.cli.codes import ExitCode
from nightledger.cli.output import Result, emit, write
from nightledger.cli.parser import Verbs, verb
from nightledger.cli.terminal import note

if TYPE_CHECKING:
    from collectors.hosts.source import Host
    from collectors.hosts.ssh import Shown


class HostsError(NightledgerError):
    """The command does not know which hosts are meant, or whom to ask."""

    exit_code = 2


def add(verbs: Verbs) -> None:
    """Add the verb."""
    parser = verb(
        verbs,
        "hosts",
        run,
        "enrol hosts by their key's fingerprint, or print the script to install on them",
        "nightledger hosts enrol ehr-db-1.example.org ehr-db-2.example.org:2222",
    )
    parser.add_argument(
        "action",
        choices=("enrol", "script"),
        help="enrol: show each key and add what you accept to known_hosts; script: print what modes helper and forced install",
    )
    parser.add_argument(
        "addresses", metavar="ADDRESS", nargs="*", help="ADDRESS or ADDRESS:PORT; none: all configured hosts"
    )
    parser.add_argument("--known-hosts", metavar="FILE", help="the file to add to, else the configured one")
    parser.add_argument(
        "--fingerprint",
        metavar="SHA256:...",
        help="accept this key of the one ADDRESS without a question; you have it from the host itself",
    )


def run(args: argparse.Namespace) -> int:
    """Ask about every key that is not known yet; exit code 3 where one was not enrolled."""
    if args.action == "script":
        from collectors.hosts.installed import program  # noqa: PLC0415 - not for --help

        write(program().decode())
        return ExitCode.DONE
    if args.fingerprint and len(args.addresses) != 1:
        raise HostsError("a fingerprint belongs to one address", hint="give one ADDRESS with --fingerprint")
    rows = [_enrol(host, args.fingerprint) for host in _hosts(args)]
    columns = ("address", "state", "fingerprint", "detail")
    emit(Result("enrolment", columns, rows, empty="no hosts are configured"), args.output)
    settled = all(row["state"] in {"known", "enrolled"} for row in rows)
    return ExitCode.DONE if settled else ExitCode.INCOMPLETE


def _enrol(host: Host, expected: str | None) -> dict[str, str]:
    from collectors.hosts.enrol import accept, shown_key  # noqa: PLC0415 - not for --help
    from collectors.hosts.known_hosts import Trust  # noqa: PLC0415 - not for --help
    from collectors.hosts.transport import Unreachable  # noqa: PLC0415 - not for --help

    try:
        shown = shown_key(host)
    except Unreachable as error:
        return _row(host, "unreachable", "", str(error))
    match shown.trust:
        case Trust.KNOWN:
            return _row(host, "known", shown.fingerprint)
        case Trust.UNKNOWN:
            if _accepted(host, shown, expected):
                return _row(host, "enrolled", shown.fingerprint, f"added to {accept(host, shown)}")
            return _row(host, "not accepted", shown.fingerprint)
        case _:
            why = (
                f"{host.known_hosts} holds another key, or revokes this one; a person must settle that there"
            )
            return _row(host, "refused", shown.fingerprint, why)


def _accepted(host: Host, shown: Shown, expected: str | None) -> bool:
    if expected is not None:
        return shown.fingerprint == expected
    if not sys.stdin.isatty():
        raise HostsError(
            "a key is accepted by a person at a terminal",
            hint="or give --fingerprint, as `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints it on the host",
        )
    note(f"{host.label} shows the {shown.key_type} key {shown.fingerprint}")
    note("Compare it on the host: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub")
    note("Add it to known_hosts? Type yes to add, anything else to leave it:")
    return sys.stdin.readline().strip() == "yes"


def _hosts(args: argparse.Namespace) -> Iterator[Host]:
    from collectors.hosts.source import Host  # noqa: PLC0415 - not for --help

    configured = {host.label: host for host in _configured(args)}
    named = [_named(word) for word in args.addresses]
    for address, port in named or [(host.address, host.port) for host in configured.values()]:
        host = Host(address, port)
        host = configured.get(host.label, host)
        yield replace(host, known_hosts=args.known_hosts) if args.known_hosts else host


def _configured(args: argparse.Namespace) -> Iterator[Host]:
    from collectors.hosts.reach import reached  # noqa: PLC0415 - not for --help
    from collectors.hosts.source import Host, HostsSource, WayIn  # noqa: PLC0415 - not for --help
    from nightledger.cli.context import settings_of  # noqa: PLC0415 - not for --help
    from nightledger.sources import poll_sources  # noqa: PLC0415 - not for --help

    for source in poll_sources(settings_of(args)):
        if isinstance(source.settings, HostsSource):
            for host in reached(source.settings):
                if isinstance(host, Host):
                    # Over PSRP there is no key to pin: a certificate's authority vouches for the host.
                    yield from _with_jumps(host) if host.transport is WayIn.SSH else ()
                elif not args.quiet:
                    note(f"{host.name}: {host.failure.detail}", "yellow")


def _with_jumps(host: Host) -> Iterator[Host]:
    """A host after those it is reached through: they must be known before it can show its key."""
    if host.jump is not None:
        yield from _with_jumps(host.jump)
    yield host


def _named(word: str) -> tuple[str, int]:
    from collectors.hosts.inventory import address  # noqa: PLC0415 - not for --help

    found = address(word)
    if found is None:
        raise HostsError(f"{word[:60]!r} is no ADDRESS or ADDRESS:PORT")
    return found.address, found.port or 22


def _row(host: Host, state: str, fingerprint: str, detail: str = "") -> dict[str, str]:
    return {"address": host.label, "state": state, "fingerprint": fingerprint, "detail": detail}
