"""The SDK's service models, cut to what is asked: neither prose nor operations that nobody calls stay in memory.

A client is built from its model, so what is cut away here cannot be called at all, and that is every write.
"""

from __future__ import annotations

import gzip
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

Asked = Mapping[str, frozenset[str]]
"""The operations to keep ("describe_volumes") by the SDK's name of their service ("ec2")."""

_WORTH_SHARING = 60


class LeanFiles:
    """What botocore's loader reads its JSON files with: documentation is emptied, repeated words are kept once.

    Of a service that `asked` names only those operations and their shapes are kept, of any other service all.
    """

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._shapes: dict[Path, frozenset[str]] = {}
        self._listed: dict[str, frozenset[str]] = {}

    def exists(self, file_path: str) -> bool:
        """Whether there is a model at this path, given without its ending; a folder is listed once."""
        # Asked of every service, for each sort of model, before the first one is loaded.
        folder, _, name = file_path.rpartition(os.sep)
        if folder not in self._listed:
            self._listed[folder] = _files(folder)
        return name in self._listed[folder]

    def load_file(self, file_path: str) -> Any:
        """The model at this path (SERVICE/VERSION/NAME), None where there is none."""
        data = _read(Path(file_path + ".json"), Path(file_path + ".json.gz"))
        if data is None:
            return None
        path, model = Path(file_path), orjson.loads(data)
        # The list of all endpoints is large, and has neither prose nor operations.
        return model if path.name == "endpoints" else _lean(self._cut(path, model))

    def _cut(self, path: Path, model: dict[str, Any]) -> dict[str, Any]:
        version = path.parent
        asked = self._asked.get(version.parent.name)
        if asked is not None and path.name == "service-2":
            model = _only(model, asked)
            self._shapes[version] = frozenset(model["shapes"])
        elif path.name == "service-2.sdk-extras" and version in self._shapes:
            _drop_shapes(model, self._shapes[version])
        return model


def _files(folder: str) -> frozenset[str]:
    """The models in a folder, without their endings."""
    try:
        with os.scandir(folder) as found:
            names = [one.name for one in found if one.name.endswith((".json", ".json.gz"))]
    except (FileNotFoundError, NotADirectoryError):
        names = []
    return frozenset(name.removesuffix(".gz").removesuffix(".json") for name in names)


def _read(plain: Path, packed: Path) -> bytes | None:
    if plain.is_file():
        return plain.read_bytes()
    return gzip.decompress(packed.read_bytes()) if packed.is_file() else None


def _lean(part: Any) -> Any:
    """A part of a model without its prose, each short text kept once."""
    kind = type(part)
    if kind is dict:
        # A structure may have a member that is called documentation: only prose is text, some readers want the key.
        return {
            name: "" if name == "documentation" and type(value) is str else _lean(value)
            for name, value in part.items()
        }
    if kind is list:
        return [_lean(value) for value in part]
    return sys.intern(part) if kind is str and len(part) < _WORTH_SHARING else part


def _drop_shapes(extras: dict[str, Any], kept: frozenset[str]) -> None:
    # The SDK adds these to the model: to a shape that was cut away they would be a shape without a type.
    added = extras.get("merge", {}).get("shapes", {})
    for name in added.keys() - kept:
        del added[name]


def _only(model: dict[str, Any], asked: frozenset[str]) -> dict[str, Any]:
    names = {name.replace("_", "") for name in asked}
    operations = {name: told for name, told in model["operations"].items() if name.lower() in names}
    shapes: dict[str, Any] = {}
    waiting = list(_used(operations))
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name] = model["shapes"][name]
            waiting += _used(shapes[name])
    return {**model, "operations": operations, "shapes": shapes}


def _used(told: Any) -> Iterator[str]:
    """The names of the shapes that some part of a model refers to."""
    match told:
        case dict():
            if isinstance(told.get("shape"), str):
                yield told["shape"]
            for value in told.values():
                yield from _used(value)
        case list():
            for value in told:
                yield from _used(value)
