"""Canonical bytes (RFC 8785 by construction) and their digests: the only way evidence becomes bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import Enum
from typing import Any

import orjson

from evidence.model import NightledgerError

_PLAIN = frozenset({str, int, bool, type(None)})
_LONG = 8
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
    data = draft(value)
    vet(value, data)
    return data


def draft(value: Any) -> bytes:
    """The bytes of `value` before it was vetted; raises NotCanonical for what has no bytes at all.

    They are canonical if they equal bytes that once were, and hold no `null`: NaN is written as one.
    """
    try:
        return orjson.dumps(value, option=_OPTIONS)
    except orjson.JSONEncodeError as error:
        raise NotCanonical(f"evidence cannot hold this value: {error}") from None


def vet(value: Any, data: bytes) -> None:
    """Raise NotCanonical if `data`, the draft of `value`, is not its one byte form."""
    _refuse_floats(value)
    if not data.isascii():
        _refuse_foreign_keys(value)


def digest(data: bytes) -> str:
    """SHA-256 of `data` as "sha256:" and 64 hex digits."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _refuse_floats(value: Any) -> None:
    """A walk by exact type: as cheap as a scan of the bytes, and it also sees NaN, which becomes null there."""
    kind = type(value)
    if kind is dict:
        for inner in value.values():
            if type(inner) not in _PLAIN:
                _refuse_floats(inner)
    elif kind is list or kind is tuple:
        if len(value) > _LONG and _PLAIN.issuperset(map(type, value)):
            return
        for inner in value:
            if type(inner) not in _PLAIN:
                _refuse_floats(inner)
    elif kind not in _PLAIN:
        _refuse_floats_in_subclasses(value)


def _refuse_floats_in_subclasses(value: Any) -> None:
    match value:
        case float():
            raise NotCanonical("evidence holds no floats: use an integer or a string")
        case Enum():
            _refuse_floats(value.value)
        case Mapping():
            _refuse_floats(dict(value))
        case list():
            _refuse_floats(list(value))


def _refuse_foreign_keys(value: Any) -> None:
    match value:
        case Mapping():
            for key, inner in value.items():
                if not key.isascii():
                    raise NotCanonical(f"evidence keys are ASCII: {key!r}")
                _refuse_foreign_keys(inner)
        case list() | tuple():
            for inner in value:
                _refuse_foreign_keys(inner)
