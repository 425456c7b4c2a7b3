"""The connections below all calls to AWS: one pool of them, the authorities read once, no answer longer than we can hold.

The SDK gives every client a pool of its own, reads its bundle of authorities anew for every connection, which takes
tens of milliseconds (github.com/boto/botocore/issues/3171), and keeps connections to the ten hosts it used last.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from botocore.awsrequest import AWSHTTPConnectionPool, AWSHTTPSConnectionPool
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session, create_urllib3_context, get_cert_path

from evidence.model import NightledgerError

HOSTS = 500
"""To how many hosts connections are kept: each service has one in each region, S3 Control one for each account."""

LONGEST = 64 * 2**20
"""Bytes of one answer that are read at most.

The longest page that we know to be possible is of 1,000 customer managed policies (GetAccountAuthorizationDetails), each
in five versions of 6,144 characters in percent-encoding: about 50 MiB.
"""


class AnswerTooLong(NightledgerError):
    """An answer goes on past LONGEST; its connection was closed there. It is not asked for again."""

    def __init__(self) -> None:
        super().__init__(f"the answer is longer than {LONGEST // 2**20} MiB and was not read")
        self.response: dict[str, Any] = {"Error": {"Code": "AnswerTooLong"}, "ResponseMetadata": {}}


class AuthoritiesUnreadable(NightledgerError):
    """The bundle of authorities that the environment or the SDK's settings name holds none that can be read."""

    def __init__(self, bundle: str) -> None:
        hint = "it is named by AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE or `ca_bundle` in the SDK's own settings"
        super().__init__(f"the bundle of authorities {bundle} cannot be read", hint=hint)


class SharedSession(URLLib3Session):  # type: ignore[misc]  # the SDK has no types
    """The SDK's own session; `authorities` is the path of a bundle, "" for the one that the SDK ships.

    Raises AuthoritiesUnreadable.
    """

    def __init__(self, authorities: str, **settings: Any) -> None:
        verify = authorities or True
        self._context = _context(get_cert_path(verify))
        super().__init__(verify=verify, **settings)
        self._pool_classes_by_scheme.update(http=_Pool, https=_TlsPool)

    def send(self, request: Any) -> Any:
        """Send a request and read its answer whole; raises AnswerTooLong, and otherwise what the SDK's own does."""
        try:
            return super().send(request)
        except HTTPClientError as error:
            # The SDK takes an error it does not know for a passing one of the network, and would send again.
            inner = error.kwargs.get("error")
            if isinstance(inner, AnswerTooLong):
                raise inner from None
            raise

    def _get_ssl_context(self) -> ssl.SSLContext:
        return self._context

    def _get_pool_manager_kwargs(self, **more: Any) -> dict[str, Any]:
        settings: dict[str, Any] = super()._get_pool_manager_kwargs(num_pools=HOSTS, **more)
        return settings

    def _setup_ssl_cert(self, conn: Any, url: str, verify: Any) -> None:
        super()._setup_ssl_cert(conn, url, verify)
        # They stand in the context already.
        conn.ca_certs = None


class _Measured:
    """A response whose body is counted while it is read; the rest of it is the SDK's own."""

    __slots__ = ("_answer",)

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._answer, name)

    def stream(self, *args: Any, **more: Any) -> Iterator[bytes]:
        """The body in parts. What the header says is only a hint: a body may have no length, or lie about it."""
        self._bound(self._answer.length_remaining or 0)
        read = 0
        for part in self._answer.stream(*args, **more):
            read += len(part)
            self._bound(read)
            yield part

    def _bound(self, size: int) -> None:
        if size > LONGEST:
            self._answer.close()
            self._answer.release_conn()
            raise AnswerTooLong


class _Pool(AWSHTTPConnectionPool):  # type: ignore[misc]  # see SharedSession
    def urlopen(self, *args: Any, **more: Any) -> _Measured:
        return _Measured(super().urlopen(*args, **more))


class _TlsPool(AWSHTTPSConnectionPool):  # type: ignore[misc]  # see SharedSession
    def urlopen(self, *args: Any, **more: Any) -> _Measured:
        return _Measured(super().urlopen(*args, **more))


class Wires:
    """The sessions in use: one, but where some hosts are reached through a proxy and others are not."""

    def __init__(self, **settings: Any) -> None:
        self._settings = settings
        self._made: dict[tuple[object, ...], SharedSession] = {}

    def to(self, authorities: str, proxies: Mapping[str, str]) -> SharedSession:
        """The session that trusts this bundle and goes through these proxies, by scheme."""
        key = (authorities, *sorted(proxies.items()))
        if key not in self._made:
            self._made[key] = SharedSession(authorities, proxies=dict(proxies), **self._settings)
        return self._made[key]


class _Settled(ssl.SSLContext):
    """A context that no connection changes: others are being made from it at the same time."""

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        """Every connection asks for the same: it was set when the context was made."""


def _context(bundle: str) -> ssl.SSLContext:
    usual, context = create_urllib3_context(), _Settled(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version, context.options = usual.minimum_version, usual.options
    context.verify_flags = usual.verify_flags
    context.hostname_checks_common_name = False
    try:
        context.load_verify_locations(bundle)
    except OSError:
        raise AuthoritiesUnreadable(bundle) from None
    ssl.SSLContext.set_alpn_protocols(context, ["http/1.1"])
    return context
