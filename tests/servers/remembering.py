"""What moto answered to a read is answered again from memory until something is written.

moto works some milliseconds for an answer, and the tests look at one account again and again.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from typing import Any

_READS = re.compile(r"(batch_)?(describe|get|list)_")
# What they give depends on more than what was written, or writes nothing.
_PASSING = re.compile(r"sts\.|iam\.(generate|get)_credential_report$|iam\.simulate_")
_IDENTIFIES = ("REQUEST_METHOD", "HTTP_HOST", "PATH_INFO", "QUERY_STRING", "HTTP_X_AMZ_TARGET")
_SIGNER = re.compile(r"Credential=([^,]+)")

_Answer = tuple[str, list[tuple[str, str]], bytes]


class Remembering:
    """A WSGI application before moto's; `environ["front.operation"]` names what is asked ("s3.get_bucket_acl")."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app
        self._known: dict[tuple[Any, ...], _Answer] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        operation = environ.get("front.operation", "")
        if _PASSING.match(operation):
            return self._app(environ, start_response)
        if not _READS.match(operation.partition(".")[2]):
            # Before and after: a read at the same time may have seen either world.
            self._known = {}
            status, headers, body = self._ask(environ)
            self._known = {}
        else:
            status, headers, body = self._recall(environ)
        start_response(status, headers)
        return [body]

    def _recall(self, environ: dict[str, Any]) -> _Answer:
        known = self._known
        key = (*(environ.get(name) for name in _IDENTIFIES), _signer(environ), read_body(environ))
        if key not in known:
            known[key] = self._ask(environ)
        return known[key]

    def _ask(self, environ: dict[str, Any]) -> _Answer:
        told: list[tuple[str, list[tuple[str, str]]]] = []
        body = b"".join(self._app(environ, lambda status, headers, *_: told.append((status, headers))))
        return (*told[0], body)


def read_body(environ: dict[str, Any]) -> bytes:
    """The body of a request, which stays there to be read again."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _signer(environ: dict[str, Any]) -> str:
    found = _SIGNER.search(environ.get("HTTP_AUTHORIZATION", ""))
    return found[1] if found else ""
