"""From what config says to the hosts to reach: inventories read, the client's SSH configuration applied, none twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from collectors.hosts import ssh_config
from collectors.hosts.inventory import Inventory, InventoryError, Named
from collectors.hosts.source import Host, HostsSource, WayIn
from collectors.hosts.ssh_config import ConfigError
from collectors.kind import Failure, Unreached
from evidence.model import Reason


def reached(source: HostsSource) -> Iterator[Host | Unreached]:
    """Every host of a source except this machine; an inventory that cannot be read is a target not reached."""
    seen: set[str] = set()
    for host in _named(source):
        one = _configured(host, source.ssh_config) if isinstance(host, Host) else host
        name = f"host/{one.label}" if isinstance(one, Host) else one.name
        if name not in seen:
            seen.add(name)
            yield one


def _named(source: HostsSource) -> Iterator[Host | Unreached]:
    yield from source.hosts
    for inventory in source.inventories:
        yield from _listed(inventory, source.login)


def _listed(inventory: Inventory, login: Host) -> Iterator[Host | Unreached]:
    try:
        for named in inventory.hosts():
            yield _host(named, login)
    except InventoryError as error:
        failure = Failure("inventory_unreadable", Reason.NOT_AVAILABLE, str(error))
        yield Unreached(f"host/inventory:{inventory.path}", failure)


def _host(named: Named, login: Host) -> Host:
    return replace(login, address=named.address, port=named.port or login.port, user=named.user or login.user)


def _configured(host: Host, path: str) -> Host | Unreached:
    if not path or host.transport is not WayIn.SSH:
        return host
    try:
        return ssh_config.applied(host, path)
    except ConfigError as error:
        return Unreached(f"host/{host.label}", Failure("ssh_config", Reason.NOT_AVAILABLE, str(error)))
