"""A client for a question beside the kinds: the organisation's accounts, a preflight, who changed something.

The keep-list holds as everywhere; what was asked is recorded nowhere, because it is no evidence of a resource.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from collectors.aws.client import Access, AwsClient
from collectors.aws.clients import Clients
from collectors.aws.identity import Identity
from collectors.aws.source import Source
from collectors.keep import parse
from collectors.recorder import TaskRecorder


def ask(
    clients: Clients, source: Source, identity: Identity, where: tuple[str, str], keep: Mapping[str, str]
) -> AwsClient:
    """The client of `where`, (service, region), for one account; it keeps what `keep` names by operation."""
    service, region = where
    access = Access(
        account=identity.account,
        bind=identity.binding,
        keeps={(service, operation): parse(text) for operation, text in keep.items()},
        enabled=lambda _region: None,
        shared=partial(clients.get, endpoint_url=source.endpoint_url),
        offered=clients.offered,
    )
    return AwsClient(service, region, access, TaskRecorder(region))
