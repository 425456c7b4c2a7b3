"""Canonical bytes (RFC 8785 by construction) and their digests: the only way evidence becomes bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import orjson

from evidence.model import NightledgerError

_SUSPECT = re.compile(rb"(?:^|[:,\[])-?\d+[.eE]")
_OPTIONS = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_STRICT_INTEGER
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_DATACLASS
)


class NotCanonical(NightledgerError):
    """A value has no single byte form under our rules (a float, a wide integer, a non-ASCII key)."""


def canonical(value: Any) -> bytes:
    """The one byte string of `value`, equal to RFC 8785 for what we allow; raises NotCanonical for the rest."""
    try:
        data = orjson.dumps(value, option=_OPTIONS)
    except orjson.JSONEncodeError as error:
        raise NotCanonical(f"evidence cannot hold this value: {error}") from None
    # The two cheap scans clear nearly every document; only the rest pays for a walk in Python.
    if not data.isascii() or _SUSPECT.search(data):
        _refuse_floats_and_foreign_keys(value)
    return data


def digest(data: bytes) -> str:
    """SHA-256 of `data` as "sha256:" and 64 hex digits."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _refuse_floats_and_foreign_keys(value: Any) -> None:
    match value:
        case float():
            raise NotCanonical("evidence holds no floats: use an integer or a string")
        case str() | bool() | int() | None:
            return
        case Mapping():
            for key, inner in value.items():
                if not key.isascii():
                    raise NotCanonical(f"evidence keys are ASCII: {key!r}")
                _refuse_floats_and_foreign_keys(inner)
        case _:
            for inner in value:
                _refuse_floats_and_foreign_keys(inner)
