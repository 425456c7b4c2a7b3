"""Which checks and derived kinds there are: every module of this package, and what plug-ins register."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any

import checks
from checks.check import Check, CheckError
from checks.derive import Derived
from evidence.canonical import canonical, digest

ENTRY_POINTS = "nightledger.checks"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All checks by id and all derived kinds by name, sorted."""

    checks: Mapping[str, Check]
    derived: Mapping[str, Derived]

    def pick(self, words: Iterable[str]) -> tuple[Check, ...]:
        """The checks that each word names by id or by topic; raises CheckError with the nearest word."""
        picked: dict[str, Check] = {}
        for word in words:
            topic = word.replace("-", "_")
            found = [check for check in self.checks.values() if word == check.id or topic == check.topic]
            if not found:
                known = {*self.checks, *(check.topic for check in self.checks.values())}
                near = get_close_matches(word, sorted(known), n=1)
                hint = f"did you mean {near[0]!r}?" if near else "`nightledger list checks` shows them all"
                raise UnknownCheck(f"there is no check or topic called {word!r}", hint=hint)
            picked.update((check.id, check) for check in found)
        return tuple(picked[name] for name in sorted(picked))


class UnknownCheck(CheckError):
    """A word names no check and no topic."""

    exit_code = 2


def all_checks() -> Catalogue:
    """Import every module of checks/ and every plug-in; raises CheckError on a duplicate id."""
    checks_found: dict[str, Check] = {}
    derived_found: dict[str, Derived] = {}
    for module in _modules():
        for value in vars(module).values():
            match value:
                case Check() if value.module == module.__name__:
                    _add(checks_found, value.id, value)
                case Derived() if value.function.__module__ == module.__name__:
                    _add(derived_found, value.kind, value)
                case _:
                    pass
    return Catalogue(dict(sorted(checks_found.items())), dict(sorted(derived_found.items())))


def version(check: Check, parameters: Mapping[str, Any]) -> str:
    """The digest that changes when the rule does: its module's source, its links and the organisation's values."""
    source = inspect.getsource(inspect.getmodule(check.judge) or checks)
    links = [[link.provision, link.type, link.proves, link.does_not_prove] for link in check.links]
    values = {name: str(value) for name, value in parameters.items()}
    source_digest = hashlib.sha256(source.encode()).hexdigest()
    return digest(canonical([check.id, source_digest, links, values, check.severity, list(check.on)]))


def validate(catalogue: Catalogue, facts_by_kind: Mapping[str, frozenset[str]]) -> None:
    """Raise CheckError for a check that reads a fact its kind has not; kinds of absent platforms are passed over."""
    for check in catalogue.checks.values():
        for kind in check.on:
            known = facts_by_kind.get(kind)
            for fact in {*check.facts, *check.first_facts} - (
                known if known is not None else {*check.facts, *check.first_facts}
            ):
                near = get_close_matches(fact, sorted(known or ()), n=1)
                raise CheckError(
                    f"check {check.id} reads {fact!r}, which {kind} has not",
                    hint=f"did you mean {near[0]!r}?" if near else "",
                )


def _modules() -> Iterator[ModuleType]:
    for found in sorted(pkgutil.walk_packages(checks.__path__, "checks."), key=lambda info: info.name):
        yield importlib.import_module(found.name)
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        yield point.load()


def _add(found: dict[str, Any], name: str, value: Any) -> None:
    if name in found:
        raise CheckError(f"two checks are called {name}")
    found[name] = value
