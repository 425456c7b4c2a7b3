"""From a configured source to its accounts: its own, those named, or all of its organisation; each entered or explained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from collectors.aws.asking import ask
from collectors.aws.clients import Clients
from collectors.aws.credentials import account_of
from collectors.aws.errors import classify
from collectors.aws.identities import Identities
from collectors.aws.identity import Identity, assume
from collectors.aws.organization import KEEP, members
from collectors.aws.source import Source
from collectors.aws.target import AwsTarget
from collectors.kind import Failure, Unreached
from evidence.model import Reason

_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Desk:
    """What opening shares with everything else of its process: the clients, and the identities already assumed."""

    clients: Clients
    identities: Identities = field(default_factory=Identities)


def opened(desk: Desk, source: Source) -> Iterator[AwsTarget | Unreached]:
    """Open the source's own account, or each account whose role it assumes; never raises."""
    name = f"aws/{source.name}"
    try:
        base = _base(desk, source)
    except Exception as error:  # noqa: BLE001 - whatever stops us here is the coverage of this source
        yield _unreached(name, error)
        return
    if base is None:
        why = Failure("NoCredentials", Reason.ERROR, f"no AWS credentials were found for {source.name}")
        yield Unreached(name, why)
    elif source.organization:
        yield from _organization(desk, source, base)
    elif source.roles():
        yield from _entered(desk, source, base, source.roles())
    else:
        yield from _own_account(desk, source, base)


def _base(desk: Desk, source: Source) -> Identity | None:
    keys = desk.clients.own_credentials(source.profile)
    if keys is None:
        return None
    return desk.identities.get(source, lambda: _confirmed(Identity(desk.clients, source, keys)))


def _confirmed(identity: Identity) -> Identity:
    identity.binding()
    return identity


def _own_account(desk: Desk, source: Source, base: Identity) -> Iterator[AwsTarget | Unreached]:
    if source.accounts and base.account not in source.accounts:
        detail = f"the credentials belong to account {base.account}, which {source.name} does not name"
        for account in source.accounts:
            yield Unreached(f"aws/{account}", Failure("WrongAccount", Reason.ERROR, detail), base.principal)
        return
    yield AwsTarget(desk.clients, source, base)


def _organization(desk: Desk, source: Source, base: Identity) -> Iterator[AwsTarget | Unreached]:
    """Every account that is not excluded; what follows a page that could not be read is one failed row."""
    found, broke = members(ask(desk.clients, source, base, ("organizations", source.home), KEEP))
    wanted = [member for member in found if member.account not in source.exclude_accounts]
    yield from (member.unreached(base.principal) for member in wanted if not member.active)
    roles = [source.role_in(member.account) for member in wanted if member.active]
    yield from _entered(desk, source, base, roles)
    name = f"aws/{source.name}"
    if broke is not None:
        yield _unreached(name, broke, base.principal, "organizations:ListAccounts")
    elif not wanted:
        why = Failure(
            "NoAccounts", Reason.ERROR, f"the organisation names no account that {source.name} wants"
        )
        yield Unreached(name, why, base.principal)


def _entered(
    desk: Desk, source: Source, base: Identity, roles: Sequence[str]
) -> Iterator[AwsTarget | Unreached]:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(partial(_enter, desk, source, base), roles)


def _enter(desk: Desk, source: Source, base: Identity, role_arn: str) -> AwsTarget | Unreached:
    try:
        identity = desk.identities.get(
            (source, role_arn), lambda: assume(desk.clients, source, base, role_arn)
        )
        return AwsTarget(desk.clients, source, identity)
    except Exception as error:  # noqa: BLE001 - one account that cannot be entered must not stop the others
        return _unreached(f"aws/{account_of(role_arn)}", error, base.principal, "sts:AssumeRole")


def _unreached(name: str, error: Exception, principal: str = "", need: str = "") -> Unreached:
    failure = classify(error)
    if failure.reason is Reason.DENIED and need:
        # The engine names a refused opening by its code, so the code says what would have to be granted.
        failure = Failure(need, failure.reason, failure.detail)
    return Unreached(name, failure, principal)
