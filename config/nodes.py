"""YAML text to plain data with line numbers. Every scalar stays text: an id like 012345670123 keeps its zero."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import yaml

Path = tuple[str | int, ...]
"""Where a value stands: keys and list positions from the top."""

Data = str | list["Data"] | dict[str, "Data"]
"""A settings file as read: nothing but text, lists and mappings."""

Shape = TypeVar("Shape", str, list[Any], dict[str, Any])

_NOTHING = {"", "~", "null", "Null", "NULL"}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong; `line` counts from 1, 0 where no line can be named; `where` is what is to blame if not the file."""

    line: int
    key: str
    message: str
    where: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (str(self.line or ""), self.key, self.message) if part)


@dataclass(slots=True)
class Document:
    """The data of one file, the line each path begins on, and what was already wrong with it as YAML."""

    data: Data = ""
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, path: Path, message: str) -> Problem:
        """What is wrong at a path, on the line of its nearest known ancestor."""
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        return Problem(self.lines.get(known, 0), dotted(path), message)


def read(text: str) -> Document:
    """Parse YAML; whatever cannot be understood is a problem in the document, never an exception."""
    document = Document()
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
        if root is None:
            document.problems.append(Problem(0, "", "the file is empty"))
        else:
            document.data = _Reader(document).value(root, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        document.problems.append(
            Problem(mark.line + 1 if mark else 0, "", f"not valid YAML: {error.problem}")
        )
    except yaml.YAMLError:
        document.problems.append(Problem(0, "", "not valid YAML: a character that may not stand in text"))
    except RecursionError:
        document.problems.append(Problem(0, "", "nested too deeply"))
    return document


def dotted(path: Path) -> str:
    """`sources[0].regions`, as problems name a place."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def places(data: Data, pattern: str, shape: type[Shape]) -> Iterator[tuple[Path, Shape]]:
    """Every value of a shape at a dotted place; `*` stands for any key or position."""
    found: list[tuple[Path, Data]] = [((), data)]
    for wanted in pattern.split("."):
        found = [one for path, value in found for one in _below(path, value) if wanted in ("*", one[0][-1])]
    return ((path, value) for path, value in found if isinstance(value, shape))


def _below(path: Path, value: Data) -> Iterator[tuple[Path, Data]]:
    match value:
        case dict():
            yield from (((*path, key), item) for key, item in value.items())
        case list():
            yield from (((*path, position), item) for position, item in enumerate(value))


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.seen: set[int] = set()

    def value(self, node: yaml.Node, path: Path) -> Data:
        self.document.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self.seen:
            return self.wrong(node, path, "anchors and aliases are not supported; write it out")
        self.seen.add(id(node))
        match node:
            case yaml.MappingNode():
                return dict(self.mapping(node, path))
            case yaml.SequenceNode():
                return [self.value(item, (*path, position)) for position, item in enumerate(node.value)]
            case yaml.ScalarNode() if node.style is None and node.value in _NOTHING:
                return self.wrong(node, path, "has no value; give one or remove the key")
        return str(node.value)

    def mapping(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Data]]:
        keys: set[str] = set()
        for key, item in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.wrong(key, path, "a key must be plain text")
                continue
            if key.value in keys:
                self.wrong(key, (*path, key.value), "is given twice")
            keys.add(key.value)
            self.document.lines.setdefault((*path, key.value), key.start_mark.line + 1)
            yield key.value, self.value(item, (*path, key.value))

    def wrong(self, node: yaml.Node, path: Path, message: str) -> str:
        self.document.problems.append(Problem(node.start_mark.line + 1, dotted(path), message))
        return ""
