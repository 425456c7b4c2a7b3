"""One botocore session and one client per (service, region) for the whole process; the account is bound per call."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from collectors.aws.credentials import BoundCredentials, assert_signed_by, current
from collectors.aws.errors import THROTTLED
from collectors.aws.models import Asked, LeanFiles
from collectors.aws.timestamps import fast
from collectors.limits import Limits, Rate

if TYPE_CHECKING:
    from collectors.aws.sdk.wire import SharedSession, Wires

CONNECT_TIMEOUT = 5
READ_TIMEOUT = 30
ATTEMPTS = 5
PATIENCE = 15
"""How often a call is sent at most: the SDK's attempts for any passing failure, and more while AWS says only "slower"."""

RATES = {
    "": Rate(20, 50),
    "acm": Rate(5, 5),
    "apigateway": Rate(4, 8),
    "cloudtrail": Rate(10, 20),
    "cognito-idp": Rate(10, 15),
    "ec2": Rate(20, 100),
    "iam": Rate(15, 30),
    "kms": Rate(40, 100),
    "lambda": Rate(10, 15),
    "logs": Rate(5, 10),
    "s3": Rate(100, 200),
    "securityhub": Rate(5, 10),
    "ssm": Rate(10, 20),
    "sts": Rate(50, 100),
}
"""Calls per second by service, for each account and region: below the limits AWS publishes, so that others may ask too.

Of these it publishes for Lambda 15 (all management, and GetPolicy apart), API Gateway 10, Cognito 15 (reads of pools,
of clients), ACM 10 (DescribeCertificate), CloudTrail 10, EC2 20 a call and region; for IAM and S3's settings none.
"""


class Clients:
    """The shared clients; building one is serialised, because the SDK's loader is not safe for threads."""

    def __init__(self, limits: Limits | None = None, *, workers: int = 32) -> None:
        self.limits = limits or Limits(RATES)
        self._workers = workers
        self._asked: Callable[[], Asked] = dict
        self._session: Any = None
        self._wires: Wires | None = None
        self._made: dict[tuple[str, str, str], Any] = {}
        self._lock = threading.RLock()

    def only(self, asked: Callable[[], Asked]) -> None:
        """Build clients with these operations alone; asked for once, when the first client is made."""
        self._asked = asked

    def get(self, service: str, region: str, endpoint_url: str = "") -> Any:
        """The client of a service in a region; it signs with whatever account is bound when it is called."""
        key = (service, region, endpoint_url)
        made = self._made.get(key)
        if made is None:
            with self._lock:
                made = self._made.get(key) or self._made.setdefault(key, self._make(*key))
        return made

    def own_credentials(self, profile: str) -> Any:
        """The credentials that the SDK's usual chain finds for a profile ("" = default), None if there are none."""
        import botocore.session  # noqa: PLC0415 - the SDK is imported only when AWS is looked at

        session = botocore.session.Session(profile=profile or None)
        # The chain may ask what no kind does (a web identity's role), so its models are not cut.
        session.get_component("data_loader").file_loader = LeanFiles({})
        return session.get_credentials()

    def offered(self, service: str, region: str) -> bool:
        """Whether the SDK lists an endpoint of a service in a region; True where it lists none at all."""
        with self._lock:
            session = self._shared()
            listed = session.get_available_regions(service, session.get_partition_for_region(region))
        return not listed or region in listed

    def close(self) -> None:
        """Close every connection pool and forget the service models; the next client loads its own anew."""
        with self._lock:
            for client in self._made.values():
                client.close()
            self._made.clear()
            self._session = self._wires = None

    def _make(self, service: str, region: str, endpoint_url: str) -> Any:
        from botocore.config import Config  # noqa: PLC0415 - see own_credentials

        session = self._shared()
        config = Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            max_pool_connections=self._workers,
            account_id_endpoint_mode="disabled",
            # One string for all calls: the SDK's own is put together anew, word by word, for each.
            user_agent=f"nightledger {session.user_agent()}",
            # By path all buckets of a region share a host, and its connections; by name each would need its own.
            s3={"addressing_style": "path"},
        )
        client = session.create_client(
            service, region_name=region, endpoint_url=endpoint_url or None, config=config
        )
        client._endpoint.http_session = self._wire(session, client)  # noqa: SLF001 - the SDK offers no other way in
        # Here, where one thread is at work: the first answer walks through the data of every service.
        client.can_paginate(next(iter(client.meta.method_to_api_mapping)))
        if endpoint_url:
            client.meta.events.register("before-call.s3-control", _without_account_in_host)
        where = (service, region)
        client.meta.events.register("before-send", partial(self._before_send, where))
        client.meta.events.register("response-received", partial(self._received, where))
        client.meta.events.register_last("needs-retry", partial(self._again, where))
        return client

    def _wire(self, session: Any, client: Any) -> SharedSession:
        from botocore.utils import get_environ_proxies  # noqa: PLC0415 - see own_credentials

        from collectors.aws.sdk.wire import Wires  # noqa: PLC0415 - see own_credentials

        if self._wires is None:
            timeout = (CONNECT_TIMEOUT, READ_TIMEOUT)
            self._wires = Wires(timeout=timeout, max_pool_connections=self._workers)
        bundle = session.get_config_variable("ca_bundle") or os.environ.get("REQUESTS_CA_BUNDLE", "")
        return self._wires.to(bundle, get_environ_proxies(client.meta.endpoint_url))

    def _shared(self) -> Any:
        if self._session is None:
            import botocore.session  # noqa: PLC0415 - see own_credentials
            from botocore.parsers import DEFAULT_TIMESTAMP_PARSER  # noqa: PLC0415 - see own_credentials

            session = botocore.session.Session()
            slow: Callable[[Any], Any] = DEFAULT_TIMESTAMP_PARSER
            session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=fast(slow))
            session.get_component("data_loader").file_loader = LeanFiles(self._asked())
            session._credentials = BoundCredentials()  # noqa: SLF001 - the SDK offers no other way in
            self._session = session
        return self._session

    def _before_send(self, where: tuple[str, str], request: Any, **_: Any) -> None:
        binding = current()
        assert_signed_by(request, binding)
        self.limits.take((binding.target, *where))

    def _received(self, where: tuple[str, str], parsed_response: Any = None, **_: Any) -> None:
        key = (current().target, *where)
        if _throttled(parsed_response):
            self.limits.throttled(key)
        elif parsed_response is not None:
            self.limits.answered(key)

    def _again(
        self, where: tuple[str, str], response: tuple[Any, Any] | None, attempts: int, **_: Any
    ) -> float | None:
        """Seconds until a throttled call is sent once more; only asked for when the SDK itself has given up."""
        if attempts >= PATIENCE or response is None or not _throttled(response[1]):
            return None
        return self.limits.again((current().target, *where))


def _throttled(parsed: Mapping[str, Any] | None) -> bool:
    return ((parsed or {}).get("Error") or {}).get("Code", "") in THROTTLED


def _without_account_in_host(params: Any, **_: Any) -> None:
    # S3 Control puts the account id before the host name; a numeric address has no names below it.
    params["url"] = re.sub(r"//[0-9]{12}\.(?=[0-9.]+[:/])", "//", params["url"])
