"""Facts for checks' tests: a dict of a TypedDict's shape that raises on a key the shape does not declare."""

from __future__ import annotations


class Strict(dict):
    def __init__(self, shape: type, **values: object) -> None:
        self.declared = frozenset(shape.__annotations__)
        unknown = set(values) ^ self.declared
        if unknown:
            raise KeyError(f"{shape.__name__}: {sorted(unknown)}")
        super().__init__(values)

    def __getitem__(self, key):
        self._known(key)
        return super().__getitem__(key)

    def get(self, key, default=None):
        self._known(key)
        return super().get(key, default)

    def _known(self, key):
        if key not in self.declared:
            raise KeyError(f"no fact of this shape has {key!r}")
