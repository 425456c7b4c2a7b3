"""Policy values: what the settings say as text, in the type of the check's default, or the sentence that says why not."""

from __future__ import annotations

from typing import Any

Given = str | list[str]

_SWITCH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def typed(given: Given, default: Any) -> Any:
    """`given` in the type of `default`; raises ValueError with a sentence that does not repeat it."""
    match default:
        case bool():
            return _switch(given)
        case int():
            return _whole(given, default)
        case tuple() | list() | frozenset() | set():
            return type(default)(_items(given, next(iter(default), "")))
    if isinstance(given, str):
        return given
    raise ValueError("must be text")


def _switch(given: Given) -> bool:
    if not isinstance(given, str) or given.lower() not in _SWITCH:
        raise ValueError("must be true or false")
    return _SWITCH[given.lower()]


def _whole(given: Given, default: int) -> int:
    """Days, counts, lengths: none is negative, unless the check's own value is."""
    if not isinstance(given, str) or not (given.isascii() and given.removeprefix("-").isdecimal()):
        raise ValueError("must be a whole number")
    number = int(given)
    if number < 0 <= default:
        raise ValueError("must not be negative")
    return number


def _items(given: Given, like: Any) -> list[Any]:
    match given:
        case list():
            return [_item(item, like) for item in given]
    raise ValueError("must be a list")


def _item(given: str, like: Any) -> Any:
    try:
        return typed(given, like)
    except ValueError as error:
        raise ValueError(f"each of the list {error}") from None
