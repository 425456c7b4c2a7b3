"""Connections to one directory: opened over validated TLS, bound once, lent to one search at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from collectors.directory.answers import AnswerRefused, bounded_connection
from collectors.directory.errors import DirectoryError, refused
from collectors.directory.source import DirectorySource
from collectors.directory.tls import ldap3_tls, validating_context
from evidence.model import Reason

PAGING = "1.2.840.113556.1.4.319"
_SCOPES = {"base": "BASE", "one": "LEVEL", "subtree": "SUBTREE"}


@dataclass(frozen=True, slots=True)
class Page:
    """One answer to a search: entries as (name, raw values by attribute), referrals, and how it ended.

    `code` is the LDAP result code, `cookie` is b"" after the last page.
    """

    entries: tuple[tuple[str, Mapping[str, list[bytes]]], ...]
    referrals: tuple[str, ...]
    code: int
    name: str
    cookie: bytes = b""


class Session:
    """One ldap3 connection with its unsafe defaults closed: no referrals, no writes, no schema, time limits."""

    def __init__(self, source: DirectorySource, *, anonymous: bool = False) -> None:
        from ldap3 import NONE, Server  # noqa: PLC0415 - the SDK is loaded only here

        self._tls = ldap3_tls(validating_context(source.ca_file))
        self._source = source
        server = Server(
            source.host,
            port=source.port,
            use_ssl=source.ldaps,
            tls=self._tls,
            get_info=NONE,
            connect_timeout=source.connect_seconds,
            allowed_referral_hosts=[],
        )
        self._connection = bounded_connection(
            server,
            auto_referrals=False,
            auto_range=False,
            read_only=True,
            check_names=False,
            return_empty_attributes=False,
            receive_timeout=source.answer_seconds,
        )
        try:
            self._open(anonymous=anonymous)
        except BaseException:
            self.close()
            raise

    def page(
        self,
        base: str,
        filter_: str,
        scope: str,
        attributes: tuple[str, ...],
        *,
        size: int = 0,
        cookie: bytes = b"",
        limit: int = 0,
        names_only: bool = False,
    ) -> Page:
        """One page of a search; `size` 0 asks without paging, `limit` bounds the entries at the server."""
        self._guard(
            "search",
            lambda: self._connection.search(
                base,
                filter_,
                search_scope=_SCOPES[scope],
                attributes=list(attributes),
                size_limit=limit,
                types_only=names_only,
                paged_size=size or None,
                paged_cookie=cookie or None,
                paged_criticality=bool(size),
            ),
        )
        return _page(self._connection.result, self._connection.response or ())

    def close(self) -> None:
        """Say goodbye and close the socket, whatever state the connection is in."""
        with suppress(Exception):
            self._connection.unbind()
        if self._connection.socket is not None:
            with suppress(OSError):
                self._connection.socket.close()

    def _open(self, *, anonymous: bool) -> None:
        self._guard("connect", self._connection.open)
        if self._source.encrypted and not self._source.ldaps:
            self._guard("StartTLS", self._connection.start_tls)
        if not anonymous and self._source.bind_dn:
            self._bind()

    def _bind(self) -> None:
        password = self._source.password()
        if not password:
            # RFC 4513 section 5.1.2: a name without a password binds anonymously and answers success.
            raise DirectoryError("noPassword", Reason.ERROR, "the password is empty", operation="bind")
        self._connection.user, self._connection.password = self._source.bind_dn, password
        self._connection.authentication = "SIMPLE"
        try:
            self._guard("bind", self._connection.bind)
        finally:
            self._connection.password = None
        result = self._connection.result
        if result["result"] != 0:
            raise refused(
                result["result"], result["description"], operation="bind", about=self._source.bind_dn
            )

    def _guard(self, operation: str, call: Any) -> None:
        from ldap3.core.exceptions import LDAPException  # noqa: PLC0415 - the SDK is loaded only here

        try:
            call()
        except (LDAPException, AnswerRefused, OSError) as error:
            raise self._failure(operation, error) from None

    def _failure(self, operation: str, error: Exception) -> DirectoryError:
        where = f"{operation} at {self._source.endpoint}"
        if isinstance(error, AnswerRefused):
            return DirectoryError("answerRefused", Reason.ERROR, f"{where}: {error}", operation=operation)
        if self._tls.refusal:
            return DirectoryError(
                "tlsRefused",
                Reason.ERROR,
                f"{where}: TLS could not be trusted ({self._tls.refusal})",
                operation=operation,
            )
        name = type(error).__name__
        timed_out = "timed out" in str(error) or "Timeout" in name
        reason = (
            Reason.TIMEOUT if timed_out else Reason.NOT_AVAILABLE if operation == "connect" else Reason.ERROR
        )
        return DirectoryError(name, reason, f"{where} failed: {name}", operation=operation)


class SessionPool:
    """Idle sessions of one source. A paged search has its session to itself: servers keep one cookie per connection.

    A refused bind is remembered and never tried again, lest nightly looks lock our own account.
    """

    def __init__(self, source: DirectorySource) -> None:
        self._source = source
        self._idle: list[Session] = []
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._refused: DirectoryError | None = None

    @contextmanager
    def lease(self) -> Iterator[Session]:
        """A session for one search; it returns to the pool only when the search ended well."""
        session = self._take()
        try:
            yield session
        except BaseException:
            session.close()
            raise
        with self._lock:
            self._idle.append(session)

    def close(self) -> None:
        """Close every idle session."""
        with self._lock:
            sessions, self._idle = self._idle, []
        for session in sessions:
            session.close()

    def _take(self) -> Session:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        with self._opening:
            if self._refused is not None:
                raise self._refused
            try:
                return Session(self._source)
            except DirectoryError as error:
                self._refused = error
                raise


def _page(result: Mapping[str, Any], response: Any) -> Page:
    entries = tuple(
        (_name(item), item["raw_attributes"]) for item in response if item.get("type") == "searchResEntry"
    )
    referrals = [uri for item in response if item.get("type") == "searchResRef" for uri in item["uri"]]
    paging = (result.get("controls") or {}).get(PAGING, {}).get("value", {})
    return Page(
        entries,
        tuple(sorted(referrals + list(result.get("referrals") or ()))),
        result["result"],
        result["description"],
        paging.get("cookie") or b"",
    )


def _name(item: Mapping[str, Any]) -> str:
    return bytes(item["raw_dn"]).decode("utf-8", "replace")
