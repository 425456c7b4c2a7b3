"""The AWS platform: how a configured source becomes accounts, and which kinds are looked at in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

from collectors.acts import Acts, Drifted, Window
from collectors.aws.actor import actors, slow_clients
from collectors.aws.clients import Clients
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
        """Whether the SDK's data describes a service of this name; reads a directory, imports nothing."""
        return name in _SERVICES or name.rstrip("_").replace("_", "-") in _described_services()

    def kinds(self) -> tuple[type[Kind], ...]:
        """The kinds this platform ships."""
        from collectors.aws import (  # noqa: PLC0415 - kinds import this package's parts
            account,
            apis,
            artifact,
            backups,
            caches,
            certificates,
            classic_load_balancers,
            cloudtrail,
            cognito,
            containers,
            credential_use,
            database_snapshots,
            databases,
            desktops,
            distributions,
            file_systems,
            fsx,
            functions,
            iam,
            iam_groups,
            images,
            instances,
            kms,
            load_balancers,
            log_groups,
            messaging,
            network,
            parameters,
            region,
            s3,
            search_domains,
            secrets,
            sessions,
            storage,
            streams,
            tables,
            transfers,
            vpcs,
            vpn,
            warehouses,
            watch,
        )

        return (
            account.Account,
            apis.ApiDomainName,
            apis.ApiStage,
            artifact.Assurance,
            backups.BackupPlan,
            backups.BackupVault,
            backups.ProtectedResource,
            caches.ReplicationGroup,
            certificates.Certificate,
            classic_load_balancers.ClassicLoadBalancer,
            cloudtrail.Trail,
            cognito.UserPool,
            cognito.UserPoolClient,
            containers.Cluster,
            containers.Repository,
            credential_use.Root,
            database_snapshots.ClusterSnapshot,
            database_snapshots.DatabaseSnapshot,
            databases.DatabaseCluster,
            databases.DatabaseInstance,
            desktops.Desktop,
            desktops.DesktopDirectory,
            desktops.Fleet,
            distributions.Distribution,
            file_systems.FileSystem,
            fsx.FsxFileSystem,
            functions.Function,
            iam.AccessKey,
            iam.Role,
            iam.User,
            iam_groups.Group,
            images.Image,
            instances.Instance,
            kms.Key,
            load_balancers.LoadBalancer,
            log_groups.LogGroup,
            messaging.Queue,
            messaging.Topic,
            network.SecurityGroup,
            parameters.Parameter,
            region.Region,
            s3.Bucket,
            search_domains.Domain,
            secrets.Secret,
            sessions.PermissionSet,
            sessions.SessionManager,
            storage.Snapshot,
            storage.Volume,
            streams.Stream,
            tables.Table,
            transfers.DataCatalog,
            transfers.MigrationEndpoint,
            transfers.TransferServer,
            vpcs.NetworkAcl,
            vpcs.Subnet,
            vpcs.Vpc,
            vpn.ClientVpn,
            vpn.VpnConnection,
            warehouses.WarehouseCluster,
            watch.WatchedRegion,
        )

    def lane(self, client: str, part: str) -> str:
        """AWS limits each service of each region apart."""
        return f"{client}/{part}"

    def close(self) -> None:
        """Close the shared clients' connections."""
        self._clients.close()


@cache
def _described_services() -> frozenset[str]:
    spec = find_spec("botocore")
    if spec is None or spec.origin is None:
        return frozenset()
    return frozenset(entry.name for entry in (Path(spec.origin).parent / "data").iterdir() if entry.is_dir())
