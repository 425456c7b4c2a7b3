"""SDK clients of one moto server, each made once: building a client costs more than most of its calls."""

from __future__ import annotations

from typing import Any

import boto3

ACCOUNT = "123456789012"


class MotoClients:
    """Clients that seed a moto server; they sign with what the environment says when the first one is made."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = boto3.Session()
        self._made: dict[tuple[str, ...], Any] = {}

    def client(self, service: str, region: str = "us-east-1", **keys: str) -> Any:
        """The client of a service in a region, which signs with `keys` where they are given."""
        place = (service, region, *sorted(keys.values()))
        if place not in self._made:
            made = self._session.client(service, region_name=region, endpoint_url=self._url, **keys)
            if service == "s3control":
                made.meta.events.register("before-call", _without_host_prefix)
            self._made[place] = made
        return self._made[place]

    def close(self) -> None:
        for made in self._made.values():
            made.close()


def _without_host_prefix(params: Any, **_: Any) -> None:
    params["url"] = params["url"].replace(f"//{ACCOUNT}.", "//")
