"""The SDK's service models without their prose, which is most of the memory they would take."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

_WORTH_SHARING = 60


class LeanFiles:
    """What botocore's loader reads its JSON files with: documentation is emptied, repeated words are kept once."""

    def exists(self, file_path: str) -> bool:
        """Whether there is a model at this path, given without its ending."""
        return any(Path(file_path + ending).is_file() for ending in (".json", ".json.gz"))

    def load_file(self, file_path: str) -> Any:
        """The model at this path, None where there is none."""
        data = _read(Path(file_path + ".json"), Path(file_path + ".json.gz"))
        if data is None:
            return None
        return json.loads(data, object_pairs_hook=_object)


def _read(plain: Path, packed: Path) -> bytes | None:
    if plain.is_file():
        return plain.read_bytes()
    return gzip.decompress(packed.read_bytes()) if packed.is_file() else None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # A structure may have a member that is called documentation: only prose is text, and some readers want the key.
    return {name: _shared(value) if name != "documentation" else _silent(value) for name, value in pairs}


def _silent(value: Any) -> Any:
    return "" if type(value) is str else value


def _shared(value: Any) -> Any:
    return sys.intern(value) if type(value) is str and len(value) < _WORTH_SHARING else value
