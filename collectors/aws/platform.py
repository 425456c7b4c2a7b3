"""The AWS platform: how a configured source becomes accounts, and which kinds are looked at in them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from collectors.aws.clients import Clients
from collectors.aws.credentials import account_of
from collectors.aws.errors import classify
from collectors.aws.identity import Identity, assume
from collectors.aws.source import Source
from collectors.aws.target import AwsTarget
from collectors.kind import Failure, Kind, Target, Unreached
from evidence.model import Reason

_SERVICES = frozenset(["cloudtrail", "ec2", "iam", "kms", "s3", "s3control", "ssm", "sts"])


class AwsPlatform:
    """AWS through botocore; one instance holds the clients that all its accounts share."""

    name = "aws"
    grants = "iam"
    workers = 32
    deadline = 1800.0

    def __init__(self, clients: Clients | None = None) -> None:
        self._clients = clients or Clients(workers=self.workers)

    def targets(self, source: Source) -> Iterator[Target | Unreached]:
        """Open the source's own account, or each account whose role it assumes."""
        name = f"aws/{source.name}"
        try:
            base = self._base(source)
        except Exception as error:  # noqa: BLE001 - whatever stops us here is the coverage of this source
            yield _unreached(name, error)
            return
        if base is None:
            why = Failure("NoCredentials", Reason.ERROR, f"no AWS credentials were found for {source.name}")
            yield Unreached(name, why)
            return
        if not source.roles():
            yield from self._own_account(source, base)
        for role_arn in source.roles():
            yield self._role(source, base, role_arn)

    def is_client(self, name: str) -> bool:
        """Whether the SDK's data describes a service of this name; reads a directory, imports nothing."""
        return name in _SERVICES or name.replace("_", "-") in _described_services()

    def kinds(self) -> tuple[type[Kind], ...]:
        """The kinds this platform ships."""
        from collectors.aws import (  # noqa: PLC0415 - kinds import this package's parts
            account,
            cloudtrail,
            database_snapshots,
            databases,
            iam,
            images,
            instances,
            kms,
            log_groups,
            network,
            region,
            s3,
            storage,
            vpcs,
            vpn,
            watch,
        )

        return (
            account.Account,
            cloudtrail.Trail,
            database_snapshots.ClusterSnapshot,
            database_snapshots.DatabaseSnapshot,
            databases.DatabaseCluster,
            databases.DatabaseInstance,
            iam.AccessKey,
            iam.Role,
            iam.User,
            images.Image,
            instances.Instance,
            kms.Key,
            log_groups.LogGroup,
            network.SecurityGroup,
            region.Region,
            s3.Bucket,
            storage.Snapshot,
            storage.Volume,
            vpcs.NetworkAcl,
            vpcs.Subnet,
            vpcs.Vpc,
            vpn.ClientVpn,
            vpn.VpnConnection,
            watch.WatchedRegion,
        )

    def lane(self, client: str, part: str) -> str:
        """AWS limits each service of each region apart."""
        return f"{client}/{part}"

    def close(self) -> None:
        """Close the shared clients' connections."""
        self._clients.close()

    def _base(self, source: Source) -> Identity | None:
        keys = self._clients.own_credentials(source.profile)
        if keys is None:
            return None
        identity = Identity(self._clients, source, keys)
        identity.binding()
        return identity

    def _own_account(self, source: Source, base: Identity) -> Iterator[Target | Unreached]:
        if source.accounts and base.account not in source.accounts:
            detail = f"the credentials belong to account {base.account}, which {source.name} does not name"
            for account in source.accounts:
                yield Unreached(
                    f"aws/{account}", Failure("WrongAccount", Reason.ERROR, detail), base.principal
                )
            return
        yield AwsTarget(self._clients, source, base)

    def _role(self, source: Source, base: Identity, role_arn: str) -> Target | Unreached:
        try:
            return AwsTarget(self._clients, source, assume(self._clients, source, base, role_arn))
        except Exception as error:  # noqa: BLE001 - one account that cannot be entered must not stop the others
            return _unreached(f"aws/{account_of(role_arn)}", error, base.principal, "sts:AssumeRole")


def _unreached(name: str, error: Exception, principal: str = "", need: str = "") -> Unreached:
    failure = classify(error)
    if failure.reason is Reason.DENIED and need:
        # The engine names a refused opening by its code, so the code says what would have to be granted.
        failure = Failure(need, failure.reason, failure.detail)
    return Unreached(name, failure, principal)


@cache
def _described_services() -> frozenset[str]:
    spec = find_spec("botocore")
    if spec is None or spec.origin is None:
        return frozenset()
    return frozenset(entry.name for entry in (Path(spec.origin).parent / "data").iterdir() if entry.is_dir())
