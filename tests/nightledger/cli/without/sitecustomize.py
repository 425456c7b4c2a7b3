"""On PYTHONPATH, an interpreter in which the packages that ABSENT names are not installed."""

import os
import sys
from importlib.machinery import PathFinder

ABSENT = frozenset(os.environ.get("ABSENT", "").split(","))


class Without(PathFinder):
    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        return None if fullname.partition(".")[0] in ABSENT else super().find_spec(fullname, path, target)


sys.meta_path[sys.meta_path.index(PathFinder)] = Without
