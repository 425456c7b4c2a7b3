"""Which facts changed between two evidence documents, and from what to what, in words short enough for a sentence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from evidence.documents import Document

_LONGEST = 80
"""Characters of a value that a sentence can hold; of a longer one only the place is told, `show` has it whole."""

_NOTHING = "nothing"


def changed_facts(before: Document, after: Document) -> list[str]:
    """What two encoded evidence documents read both times and differently: facts by name, and "labels"."""
    then, now = before["facts"], after["facts"]
    facts = sorted(
        name
        for name in then.keys() & now.keys()
        if then[name] != now[name] and not (_is_missing(then[name]) or _is_missing(now[name]))
    )
    return [*facts, "labels"] if before["labels"] != after["labels"] else facts


def turned(before: Document, after: Document, facts: Iterable[str]) -> list[str]:
    """Each place within these facts that changed, with what it was and is: "console.mfa from yes to no"."""
    return [turn for name in facts for turn in _turns(name, _value(before, name), _value(after, name))]


def _value(document: Document, name: str) -> Any:
    return dict(document["labels"]) if name == "labels" else document["facts"][name]


def _is_missing(value: Any) -> bool:
    return isinstance(value, Mapping) and "$missing" in value


def _turns(name: str, then: Any, now: Any) -> list[str]:
    """The places that read differently; the fact alone where all read alike, as nothing and an empty list do."""
    leaves = [(path, _words(was), _words(is_)) for path, was, is_ in _leaves(name, then, now)]
    return [_turn(*leaf) for leaf in leaves if leaf[1] != leaf[2]] or [name]


def _leaves(path: str, then: Any, now: Any) -> Iterator[tuple[str, Any, Any]]:
    """The innermost places that differ; lists are told whole, and what was or is nothing may have had places."""
    match then, now:
        case {**was}, {**is_}:
            for key in sorted({*was, *is_}, key=str):
                if (key in was, was.get(key)) != (key in is_, is_.get(key)):
                    yield from _leaves(f"{path}.{key}", was.get(key), is_.get(key))
        case ({**some}, None) | (None, {**some}) if some:
            yield from _leaves(path, then or {}, now or {})
        case _:
            yield path, then, now


def _turn(path: str, was: str, is_: str) -> str:
    short = len(was) <= _LONGEST and len(is_) <= _LONGEST
    return f"{path} from {was} to {is_}" if short else path


def _words(value: Any) -> str:
    # As a pattern, {} would match every mapping.
    if value in (None, "", [], {}):
        return _NOTHING
    match value:
        case bool():
            return "yes" if value else "no"
        case str():
            return value if value.isprintable() and " " not in value else json.dumps(value)
        case Sequence():
            return ", ".join(map(_words, value))
        case _:
            return json.dumps(value, sort_keys=True)
