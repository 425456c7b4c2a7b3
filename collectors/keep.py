"""Keep-lists: which fields of a raw answer may become evidence. Everything else is dropped before anyone sees it.

`Buckets[]{Name, BucketRegion}` keeps two fields of each bucket. A bare name keeps scalars and lists of scalars;
`X{...}` a structure; `X[]{...}` a list of structures, sorted, because an API list is a set; `X[ordered]` keeps
the given order; `X{*}` everything below; `X:json{*}` and `X:csv{a, b}` decode the text first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from collectors.plain import NOTHING, ascii_key, decoded, is_list, printable_name, scalar
from evidence.canonical import canonical
from evidence.model import NightledgerError

Dropped = Callable[[str], None]

_TOKEN = re.compile(r"\s*(?:(?P<name>[A-Za-z0-9_.\-]+)|(?P<sign>[][{},:*]))")
_SIGNS = "[]{},:*"
_DEEPEST = 60


class KeepError(NightledgerError):
    """A keep-list does not parse; raised when it is read, never during a run."""


@dataclass(frozen=True, slots=True)
class Field:
    """One kept field: `inner` names what is kept below it, None is a bare name, EVERYTHING is `{*}`."""

    name: str
    decode: str = ""
    listed: bool = False
    ordered: bool = False
    inner: Keep | None = None


@dataclass(frozen=True, slots=True)
class Keep:
    """A parsed keep-list: the fields of one structure; `everything` keeps all below."""

    fields: tuple[Field, ...] = ()
    everything: bool = False
    named: Mapping[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "named", {one.name: one for one in self.fields})

    def project(self, answer: Mapping[str, Any], dropped: Dropped) -> dict[str, Any]:
        """The kept part of `answer` as JSON without floats; reports each other field's path, never raises."""
        if self.everything:
            kept = _all_or_nothing(answer, "", ordered=False, dropped=dropped)
            return kept if isinstance(kept, dict) else {}
        return _structure(self, answer, "", dropped)

    def paths(self, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Field]]:
        """Every kept field with the names that lead to it, for comparison with a service's own model."""
        for one in self.fields:
            path = (*above, one.name)
            yield path, one
            if one.inner is not None and not one.decode:
                yield from one.inner.paths(path)


EVERYTHING = Keep(everything=True)


@lru_cache(maxsize=1024)
def parse(text: str) -> Keep:
    """Read a keep-list; raises KeepError with the place where it stops making sense."""
    return _fields(_Words(text), end="")


class _Words:
    """The tokens of a keep-list, one ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = self._split(text)
        self._at = 0

    @staticmethod
    def _split(text: str) -> list[str]:
        tokens, at = [], 0
        while text[at:].strip():
            match = _TOKEN.match(text, at)
            if match is None:
                raise KeepError(f"the keep-list {text!r} is not understood at {text[at:].strip()[:20]!r}")
            tokens.append(match["name"] or match["sign"])
            at = match.end()
        return tokens

    def peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self._at += 1
        return token

    def accept(self, token: str) -> bool:
        if self.peek() != token:
            return False
        self._at += 1
        return True

    def expect(self, token: str) -> None:
        if not self.accept(token):
            found = self.peek() or "the end"
            raise KeepError(f"the keep-list {self.text!r} needs {token or 'its end'!r} before {found!r}")

    def name(self) -> str:
        word = self.take()
        if not word or word in _SIGNS:
            raise KeepError(f"the keep-list {self.text!r} needs a name before {word or 'the end'!r}")
        return word


def _fields(words: _Words, end: str) -> Keep:
    fields: list[Field] = []
    while words.peek() != end:
        fields.append(_field(words))
        if not words.accept(","):
            break
    words.expect(end)
    if not fields:
        raise KeepError(f"the keep-list {words.text!r} keeps nothing somewhere")
    names = [one.name for one in fields]
    if len(set(names)) != len(names):
        raise KeepError(f"the keep-list {words.text!r} names a field twice")
    return Keep(tuple(fields))


def _field(words: _Words) -> Field:
    name = words.name()
    decode = words.name() if words.accept(":") else ""
    if decode not in {"", "json", "csv"}:
        raise KeepError(f"the keep-list {words.text!r} knows no decoder {decode!r}", hint="json or csv")
    listed = words.accept("[")
    ordered = listed and words.accept("ordered")
    if listed:
        words.expect("]")
    inner = _inner(words)
    if (decode or (listed and not ordered)) and inner is None:
        raise KeepError(f"the keep-list {words.text!r}: {name} must say what it keeps in braces")
    return Field(name, decode, listed, ordered, inner)


def _inner(words: _Words) -> Keep | None:
    if not words.accept("{"):
        return None
    if words.accept("*"):
        words.expect("}")
        return EVERYTHING
    return _fields(words, end="}")


def _structure(keep: Keep, answer: Mapping[str, Any], path: str, dropped: Dropped) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in answer.items():
        known = keep.named.get(name) if isinstance(name, str) else None
        result = NOTHING if known is None else _kept(known, value, f"{path}{known.name}", dropped)
        if known is None or result is NOTHING:
            dropped(f"{path}{printable_name(name)}")
        else:
            kept[known.name] = result
    return kept


def _kept(field: Field, value: Any, where: str, dropped: Dropped) -> Any:
    if field.decode:
        value = decoded(field.decode, value)
    if field.inner is None:
        return _plain(value, ordered=field.ordered)
    if field.inner.everything:
        return _all_or_nothing(value, where, ordered=field.ordered, dropped=dropped)
    if field.listed or field.decode == "csv":
        return _rows(field, field.inner, value, where, dropped)
    if isinstance(value, Mapping):
        return _structure(field.inner, value, f"{where}.", dropped)
    return NOTHING


def _rows(field: Field, inner: Keep, value: Any, where: str, dropped: Dropped) -> Any:
    if not is_list(value):
        return NOTHING
    rows = []
    for row in value:
        if isinstance(row, Mapping):
            rows.append(_structure(inner, row, f"{where}[].", dropped))
        else:
            dropped(f"{where}[]")
    return rows if field.ordered else sorted(rows, key=canonical)


def _plain(value: Any, *, ordered: bool) -> Any:
    if not is_list(value):
        return scalar(value)
    items = [scalar(item) for item in value]
    if any(item is NOTHING for item in items):
        return NOTHING
    return items if ordered else sorted(items, key=canonical)


class _TooDeepError(Exception):
    """Something below is nested too deep; a policy with a part cut off would say something else."""


def _all_or_nothing(value: Any, where: str, *, ordered: bool, dropped: Dropped) -> Any:
    try:
        return _everything(value, where, ordered=ordered, dropped=dropped, depth=0)
    except _TooDeepError:
        return NOTHING


def _everything(value: Any, where: str, *, ordered: bool, dropped: Dropped, depth: int) -> Any:
    if depth > _DEEPEST:
        raise _TooDeepError
    if isinstance(value, Mapping):
        inner = {
            ascii_key(name): _below(item, where, ordered, dropped, depth) for name, item in value.items()
        }
        return {name: item for name, item in inner.items() if item is not NOTHING}
    if is_list(value):
        items = [_below(item, where, ordered, dropped, depth) for item in value]
        items = [item for item in items if item is not NOTHING]
        return items if ordered else sorted(items, key=canonical)
    return scalar(value)


def _below(value: Any, where: str, ordered: bool, dropped: Dropped, depth: int) -> Any:  # noqa: FBT001 - internal
    kept = _everything(value, where, ordered=ordered, dropped=dropped, depth=depth + 1)
    if kept is NOTHING:
        dropped(f"{where}.*")
    return kept


__all__ = ["EVERYTHING", "Field", "Keep", "KeepError", "parse"]
