"""One AWS account, opened: its regions, its clients, and what their errors mean."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from collectors.aws.asking import ask
from collectors.aws.client import Access, AwsClient
from collectors.aws.clients import Clients
from collectors.aws.credentials import Binding, bound
from collectors.aws.errors import NotEnabled, classify, note
from collectors.aws.identity import Identity
from collectors.aws.kind import keeps_of
from collectors.aws.source import Source
from collectors.kind import Failure, Kind, Recorder
from evidence.model import NightledgerError


class TargetClosed(NightledgerError):
    """A worker asked for more although every unit of its account had ended."""


class AwsTarget:
    """One account seen through one principal; safe for many threads."""

    def __init__(self, clients: Clients, source: Source, identity: Identity) -> None:
        self.name = identity.target
        self.principal = identity.principal
        self._clients = clients
        self._source = source
        self._identity = identity
        self._kinds: set[type[Kind]] = set()
        self._keeps = keeps_of(())
        self._regions: dict[str, bool] | None = None
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self._closed = False

    def holds(self, kind: type[Kind]) -> bool:  # noqa: ARG002 - every account may hold every kind
        """An account may hold anything."""
        return True

    def parts(self, kind: type[Kind]) -> tuple[str, ...]:
        """("global",), the configured regions, or every region that is enabled (ec2:DescribeRegions).

        A kind of `every_region` gets those that are not enabled too; its clients then raise NotEnabled.
        """
        with self._lock:
            kinds = self._kinds | {kind}
            self._keeps = keeps_of(sorted(kinds, key=lambda known: known.kind))
            self._kinds = kinds
        if kind.part != "region":
            return (kind.part,)
        if self._source.regions:
            return tuple(sorted(self._source.regions))
        every = getattr(kind, "every_region", False)
        return tuple(sorted(name for name, on in self._all_regions().items() if on or every))

    def client(self, name: str, part: str, recorder: Recorder) -> AwsClient:
        """A service ("s3", "cognito_idp") in a region; "global" is asked in the source's home region.

        Raises NotEnabled where the account is known to have it switched off.
        """
        region = self._source.home if part == "global" else part
        if self._regions is not None and not self._regions.get(region, True):
            raise NotEnabled(region)
        access = Access(
            account=self._identity.account,
            bind=self._binding,
            keeps=self._keeps,
            enabled=self._enabled,
            shared=self._shared,
            offered=self._clients.offered,
        )
        return AwsClient(name.rstrip("_"), region, access, recorder)

    def ask(self, service: str, keep: Mapping[str, str], region: str = "") -> AwsClient:
        """A client for a question beside the kinds, by default in the home region; nothing of it is recorded."""
        where = (service, region or self._source.home)
        return ask(self._clients, self._source, self._identity, where, keep)

    def classify(self, error: Exception) -> Failure:
        """What an exception from these clients means and how far it reaches."""
        return classify(error)

    def close(self) -> None:
        """Let no worker that is still at it ask for more; the clients stay, for every account shares them."""
        self._closed = True

    def _binding(self) -> Binding:
        if self._closed:
            raise TargetClosed(f"{self.name} is looked at no longer")
        return self._identity.binding()

    def _shared(self, service: str, region: str) -> Any:
        return self._clients.get(service, region, self._source.endpoint_url)

    def _enabled(self, region: str) -> bool | None:
        try:
            return self._all_regions().get(region, False)
        except Exception:  # noqa: BLE001 - asked while reading another error; not knowing is an answer here
            return None

    def _all_regions(self) -> dict[str, bool]:
        with self._asking:
            if self._regions is None:
                self._regions = self._describe_regions()
            return self._regions

    def _describe_regions(self) -> dict[str, bool]:
        ec2: Any = self._shared("ec2", self._source.home)
        try:
            with bound(self._identity.binding()):
                answer = ec2.describe_regions(AllRegions=True)
        except Exception as error:
            # Here nobody may ask whether the region is enabled: that is the question itself.
            note(error, "describe_regions", self._source.home, lambda _region: True)
            raise
        return {row["RegionName"]: row.get("OptInStatus") != "not-opted-in" for row in answer["Regions"]}
