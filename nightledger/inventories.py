"""Hosts that another configured source lists: the instances of an AWS source, the computers of a directory.

Its listing is made anew, with that source's own credentials, when the hosts are opened: a scan of the hosts alone
knows them too. What could not be listed is said to be, beside the hosts that were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from collectors.hosts.inventory import InventoryError, Named, address
from collectors.kind import Platform
from collectors.plan import plan_kind, specs
from collectors.poll import Errand, poll
from evidence.model import Missing, Observation, Reason, ScopeStatus, UnitResult

_SETTLED = (ScopeStatus.COMPLETE, ScopeStatus.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Listing:
    """How one platform's listing names hosts: of which kind, and where each answers (None = it is not to be asked)."""

    kind: str
    where: Callable[[Observation, bool], str | None]


@dataclass(frozen=True, slots=True)
class ListedBySource:
    """The hosts that the source `name` lists; `tags` must all be on them, `windows` says which of two worlds is meant."""

    name: str
    platform: Callable[[], Platform]
    settings: Any
    listing: Listing
    tags: tuple[tuple[str, str], ...] = ()
    windows: bool = False

    @property
    def path(self) -> str:
        """What it is called where its hosts cannot be told."""
        return f"source {self.name}"

    def hosts(self) -> Iterator[Named]:
        """Every host it lists, by address; raises InventoryError for what it could not list."""
        lost: list[str] = []
        known: set[str] = set()
        for result in self._listed():
            lost += _gaps(result)
            for seen in result.observations:
                named = self._named(seen)
                if isinstance(named, Named) and named.address not in known:
                    known.add(named.address)
                    yield named
                elif named is not None:
                    why = "it has the address of another" if isinstance(named, Named) else named
                    lost.append(f"{seen.resource.name}: {why}")
        if lost:
            raise InventoryError(f"{self.path} did not name every host: {'; '.join(sorted(lost)[:3])}")

    def _listed(self) -> Iterator[UnitResult]:
        platform = self.platform()
        spec = specs([platform])[self.listing.kind]
        return poll([Errand(platform, self.name, self.settings, {spec.name: plan_kind(spec, ())})])

    def _named(self, seen: Observation) -> Named | Missing | None:
        if not set(self.tags) <= set(seen.resource.labels):
            return None
        reach = seen.facts["reach"]
        if isinstance(reach, Missing):
            return reach
        where = self.listing.where(seen, self.windows)
        return None if where is None else address(where) or _NO_ADDRESS


_NO_ADDRESS = Missing(Reason.NOT_AVAILABLE, detail="it has no address that can be used")


def _gaps(result: UnitResult) -> list[str]:
    return [
        f"{reached.scope.part}: {reached.why or reached.status}"
        for reached in result.coverage
        if reached.status not in _SETTLED
    ]


def _instance(seen: Observation, windows: bool) -> str | None:  # noqa: FBT001 - which of two worlds is meant
    reach, state = _fact(seen, "reach"), _fact(seen, "state")
    meant = reach["windows"] == windows and state["name"] == "running"
    return str(reach["private_ipv4"]) if meant else None


def _computer(seen: Observation, windows: bool) -> str | None:  # noqa: FBT001 - which of two worlds is meant
    reach = _fact(seen, "reach")
    return str(reach["dns_name"]) if reach["enabled"] and reach["windows"] == windows else None


def _fact(seen: Observation, name: str) -> Mapping[str, Any]:
    value = seen.facts[name]
    return value if isinstance(value, Mapping) else {}


LISTINGS: Mapping[str, Listing] = {
    "aws": Listing("aws.ec2.instance", _instance),
    "directory": Listing("directory.computer", _computer),
}
"""The types of sources that can name hosts."""
