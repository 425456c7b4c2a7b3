"""Which operation a request to a REST service asks for, read from the SDK's own service models."""

from __future__ import annotations

import re
from functools import cache

import botocore.session
from botocore import xform_name
from botocore.exceptions import UnknownServiceError

SERVICES = {
    "access-analyzer": ("accessanalyzer",),
    "apigateway": ("apigateway", "apigatewayv2"),
    "elasticfilesystem": ("efs",),
    "es": ("opensearch",),
}
"""Services that sign with another name than the SDK calls them, or several with one."""


@cache
def routes(signed: str) -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """Method, path and operation of each REST call of a service; the longest path first."""
    found = [row for name in SERVICES.get(signed, (signed,)) for row in _routes_of(name)]
    found.sort(key=lambda row: (row[1].count("{"), row[1]))
    return tuple((method, _pattern(path), operation) for method, path, operation in found)


def _routes_of(name: str) -> list[tuple[str, str, str]]:
    try:
        model = botocore.session.Session().get_service_model(name)
    except UnknownServiceError:
        return []
    if not model.protocol.startswith("rest"):
        return []
    found = []
    for operation in model.operation_names:
        http = model.operation_model(operation).http
        path, _, query = http["requestUri"].partition("?")
        if not query:
            found.append((http["method"], path.rstrip("/"), f"{name}.{xform_name(operation)}"))
    return found


def operation_of(signed: str, method: str, path: str) -> str | None:
    """The operation ("efs.describe_file_systems"), None where the service speaks no REST or has no such path."""
    for verb, pattern, operation in routes(signed):
        if verb == method and pattern.fullmatch(path.rstrip("/")):
            return operation
    return None


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^}]+\})", path)
    return re.compile(
        "".join(
            ".+" if part.endswith("+}") else "[^/]+" if part.startswith("{") else re.escape(part)
            for part in parts
        )
    )
