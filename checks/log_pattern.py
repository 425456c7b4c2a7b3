"""CloudWatch filter patterns for JSON events, evaluated: what a pattern matches, not which words it contains.

The answer has three values: None where the pattern is of another form, or where AWS does not say what it means.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_TOKEN = re.compile(
    r"""\s*(?:(?P<sign>&&|\|\||!=|<=|>=|[(){}=<>])|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<word>[^\s(){}=<>!&|"]+))"""
)
_STEP = re.compile(r"\.([A-Za-z0-9_\-]+)|\['([^']+)'\]|\[\"([^\"]+)\"\]|\[(\d+|\*)\]")
_DEEPEST = 50
_ABSENT = object()


class _NotUnderstood(Exception):
    """The pattern is not one of the JSON form that this module reads."""


def matches_event(pattern: str, event: Mapping[str, Any]) -> bool | None:
    """Whether the pattern matches the event; None where that is not known. Raises nothing."""
    try:
        return _Reader(pattern, event).answer()
    except _NotUnderstood:
        return None


class _Reader:
    """Reads a pattern from left to right and evaluates it as it goes; && binds before ||."""

    def __init__(self, pattern: str, event: Mapping[str, Any]) -> None:
        self._tokens = _tokens(pattern)
        self._event = event
        self._at = 0
        self._depth = 0

    def answer(self) -> bool | None:
        self._expect("{")
        found = self._any()
        self._expect("}")
        if self._at != len(self._tokens):
            raise _NotUnderstood
        return found

    def _any(self) -> bool | None:
        found = [self._all()]
        while self._accept("||"):
            found.append(self._all())
        return _either(found)

    def _all(self) -> bool | None:
        found = [self._one()]
        while self._accept("&&"):
            found.append(self._one())
        return _both(found)

    def _one(self) -> bool | None:
        if not self._accept("("):
            return self._comparison()
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _NotUnderstood
        found = self._any()
        self._expect(")")
        self._depth -= 1
        return found

    def _comparison(self) -> bool | None:
        held = _at(self._event, self._word())
        kind, sign = self._take()
        if kind == "sign" and sign in _OPERATORS:
            _, wanted = self._take()
            return _compared(held, sign, wanted)
        match sign.upper(), self._word().upper():
            case "NOT", "EXISTS":
                return held is _ABSENT
            case "IS", ("TRUE" | "FALSE" | "NULL") as wanted:
                return held is {"TRUE": True, "FALSE": False, "NULL": None}[wanted]
        raise _NotUnderstood

    def _word(self) -> str:
        kind, text = self._take()
        if kind != "word":
            raise _NotUnderstood
        return text

    def _take(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise _NotUnderstood
        self._at += 1
        return self._tokens[self._at - 1]

    def _accept(self, sign: str) -> bool:
        if self._tokens[self._at : self._at + 1] != [("sign", sign)]:
            return False
        self._at += 1
        return True

    def _expect(self, sign: str) -> None:
        if not self._accept(sign):
            raise _NotUnderstood


def _tokens(pattern: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while pattern[at:].strip():
        match = _TOKEN.match(pattern, at)
        if match is None:
            raise _NotUnderstood
        kind = str(match.lastgroup)
        found.append((kind, match[kind]))
        at = match.end()
    return found


def _at(event: Any, selector: str) -> Any:
    if not selector.startswith("$"):
        raise _NotUnderstood
    at, held = 1, event
    while at < len(selector):
        step = _STEP.match(selector, at)
        if step is None or step[4] == "*":
            raise _NotUnderstood
        held = _below(held, step[1] or step[2] or step[3], step[4])
        at = step.end()
    return held


def _below(held: Any, name: str | None, index: str | None) -> Any:
    if name is not None:
        return held.get(name, _ABSENT) if isinstance(held, Mapping) else _ABSENT
    if isinstance(held, Sequence) and not isinstance(held, str) and int(index or 0) < len(held):
        return held[int(index or 0)]
    return _ABSENT


def _compared(held: Any, sign: str, wanted: str) -> bool | None:
    if held is _ABSENT:
        # AWS does not say whether what is not there differs from a value.
        return False if sign == "=" else None
    if sign not in {"=", "!="} or not isinstance(held, str) or wanted[:1] == "%" or "\\" in wanted:
        return None
    glob = ".*".join(re.escape(part) for part in wanted.split("*"))
    same = re.fullmatch(glob, held, re.DOTALL) is not None
    return same if sign == "=" else not same


def _either(found: Sequence[bool | None]) -> bool | None:
    return True if True in found else None if None in found else False


def _both(found: Sequence[bool | None]) -> bool | None:
    return False if False in found else None if None in found else True


_OPERATORS = frozenset({"=", "!=", "<", ">", "<=", ">="})
