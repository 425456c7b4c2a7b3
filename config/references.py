"""What a settings file refers to: checks and their parameters, kinds, platforms, and other sources of its own.

Looked up in the file as it was written, so that a name that leads nowhere is told together with all else that is wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Protocol

from config.fields import nearest
from config.nodes import Data, Path, places
from config.policy_values import typed

LISTERS = ("aws", "directory")
"""The types of sources that can name hosts."""

Wrong = Iterator[tuple[Path, str]]
"""Where a reference stands, and the sentence that says what is wrong with it."""


class Known(Protocol):
    """What there is here to refer to; each is asked for only where a file refers to one."""

    @property
    def checks(self) -> Mapping[str, Mapping[str, Any]]:
        """The parameters of each check by its id, with their defaults."""

    @property
    def kinds(self) -> Collection[str]:
        """Every kind of resource, the derived ones too."""

    @property
    def platforms(self) -> Collection[str]:
        """Every platform, ours and those of plug-ins."""


def wrong(data: Data, known: Known | None) -> Wrong:
    """Every reference that leads nowhere, without repeating it; only those to the file's own sources without `known`."""
    yield from _inventories(data)
    if known is not None:
        yield from _platforms(data, known)
        yield from _policy(data, known)
        yield from _excluded(data, known)
        yield from _ephi(data, known)


def _inventories(data: Data) -> Wrong:
    types = {str(one.get("name")): one.get("type") for _, one in places(data, "sources.*", dict)}
    able = {name for name, type_ in types.items() if type_ in LISTERS}
    for path, one in places(data, "sources.*.inventories.*", dict):
        name = one.get("source")
        if isinstance(name, str) and name not in able:
            yield (*path, "source"), f"is no aws or directory source of this file{nearest(name, able)}"
        elif "tags" in one and types.get(str(name)) == "directory":
            yield (*path, "tags"), "only an aws source can be asked for tags"


def _platforms(data: Data, known: Known) -> Wrong:
    for path, one in places(data, "sources.*", dict):
        name = one.get("platform")
        if one.get("type") == "plugin" and isinstance(name, str) and name.strip() not in known.platforms:
            near = _near(name, known.platforms, "install the plug-in that brings it beside nightledger")
            yield (*path, "platform"), f"is no platform here{near}"


def _policy(data: Data, known: Known) -> Wrong:
    for path, given in places(data, "policy.*", dict):
        id_ = str(path[-1])
        if id_ not in known.checks:
            yield path, _no_check(id_, known)
            continue
        for name in given.keys() - {"reason"}:
            if fault := _fault(known.checks[id_], name, given[name]):
                yield (*path, name), fault


def _fault(parameters: Mapping[str, Any], name: str, given: Any) -> str:
    if name not in parameters:
        near = _near(name, parameters, f"it has: {', '.join(parameters) or 'none'}")
        return f"is no parameter of this check{near}"
    try:
        typed(given, parameters[name])
    except ValueError as error:
        return str(error)
    return ""


def _excluded(data: Data, known: Known) -> Wrong:
    for path, id_ in places(data, "selection.exclude.*.check", str):
        if id_.strip() not in known.checks:
            yield path, _no_check(id_, known)


def _ephi(data: Data, known: Known) -> Wrong:
    for path, pattern in places(data, "ephi.*.kind", str):
        if not any(fnmatchcase(kind, pattern.strip()) for kind in known.kinds):
            yield path, f"matches no kind{_near(pattern, known.kinds, 'see `nightledger list kinds`')}"


def _no_check(id_: str, known: Known) -> str:
    return f"is no check here{_near(id_, known.checks, 'see `nightledger list checks`')}"


def _near(name: str, known: Collection[str], otherwise: str) -> str:
    return nearest(name, set(known)) or f"; {otherwise}"
