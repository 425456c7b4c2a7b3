"""The AWS platform: how a configured source becomes accounts, and which kinds are looked at in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from typing import ClassVar

from collectors.acts import Acts, Drifted, Window
from collectors.aws.actor import actors, slow_clients
from collectors.aws.asked import asked
from collectors.aws.clients import Clients
from collectors.aws.kind import AwsKind
from collectors.aws.opening import Desk, opened
from collectors.aws.preflight import simulated
from collectors.aws.source import Source
from collectors.aws.target import AwsTarget
from collectors.kind import Kind, Target, Unreached
from collectors.preflight import Preflight

_SERVICES = frozenset(["cloudtrail", "ec2", "iam", "kms", "s3", "s3control", "ssm", "sts"])


class AwsPlatform:
    """AWS through botocore; one instance holds the clients that all its accounts share."""

    name = "aws"
    grants = "iam"
    workers = 32
    deadline = 1800.0
    extras: ClassVar = {
        "cloudtrail:LookupEvents": "who changed what drifted",
        "iam:SimulatePrincipalPolicy": "the preflight",
    }

    def __init__(self, clients: Clients | None = None) -> None:
        self._clients = clients or Clients(workers=self.workers)
        self._clients.only(lambda: asked(self.kinds()))
        self._desk = Desk(self._clients)

    def targets(self, source: Source) -> Iterator[Target | Unreached]:
        """Open the source's own account, or each account whose role it assumes."""
        yield from opened(self._desk, source)

    def preflight(self, source: Source, permissions: Iterable[str]) -> Iterator[Preflight]:
        """What each account that can be opened would refuse, by simulation (iam:SimulatePrincipalPolicy)."""
        wanted = tuple(permissions)
        for target in opened(self._desk, source):
            if isinstance(target, AwsTarget):
                yield simulated(source, target, wanted)

    def actors(
        self, source: Source, drifted: Sequence[Drifted], window: Window
    ) -> Iterator[tuple[Drifted, Acts]]:
        """Who changed each of these, from each account's own event history (cloudtrail:LookupEvents)."""
        clients = slow_clients()
        try:
            yield from actors(clients, source, drifted, window)
        finally:
            clients.close()

    def is_client(self, name: str) -> bool:
        """Whether the SDK's data describes a service of this name; reads a directory, imports nothing.

        Where the SDK is not installed there is nothing to tell by: a declaration is then taken at its word.
        """
        if name in _SERVICES:
            return True
        described = _described_services()
        return not described or name.rstrip("_").replace("_", "-") in described

    def kinds(self) -> tuple[type[Kind], ...]:
        """Every kind a module of this package declares, in the order of their names."""
        return _declared()

    def lane(self, client: str, part: str) -> str:
        """AWS limits each service of each region apart."""
        return f"{client}/{part}"

    def close(self) -> None:
        """Close the shared clients; looking again makes new ones."""
        self._clients.close()


@cache
def _described_services() -> frozenset[str]:
    spec = find_spec("botocore")
    if spec is None or spec.origin is None:
        return frozenset()
    return frozenset(entry.name for entry in (Path(spec.origin).parent / "data").iterdir() if entry.is_dir())


@cache
def _declared() -> tuple[type[Kind], ...]:
    package = import_module(__package__)
    modules = [import_module(f"{__package__}.{found.name}") for found in iter_modules(package.__path__)]
    kinds = {
        kind.kind: kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, AwsKind) and kind.kind
    }
    return tuple(kinds[name] for name in sorted(kinds))
