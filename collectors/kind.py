"""What a collector author writes against: one class per kind, `@lists`, `@lookup`, `@fact`.

A method's parameters are injected by name: the resource by the class's snake-case name (`bucket`), a batch by
its plural (`buckets`), lookups and other facts by theirs, `tags` (the tags of all planned facts), and every
other name is a client of the platform (`s3`). A fact without a client is pure. The engine alone handles errors.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, ClassVar, Protocol

from evidence.model import Call, Json, NightledgerError, Reason, Scope

_MARK = "__nightledger__"


class KindError(NightledgerError):
    """A kind is declared wrongly; raised when it is loaded, never during a run."""


@dataclass(frozen=True, slots=True)
class Found:
    """One resource as a listing yields it; the engine adds kind and scope.

    `uid` is provider-immutable and unique within the kind; `home` is its own part (region) where the listing is
    global; `gives` holds the facts that came free; `handle` is what further calls need and is never kept.
    """

    uid: str
    name: str
    home: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    gives: Mapping[str, Any] = field(default_factory=dict)
    volatile: Mapping[str, Any] = field(default_factory=dict)
    handle: Any = None


class Reach(Enum):
    """How far a failure reaches: the one fact, the whole scope (which does not apply), or the whole unit."""

    FACT = "fact"
    SCOPE_NOT_APPLICABLE = "scope_not_applicable"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Failure:
    """A platform's reading of an exception: the provider's code, what it means and how far it reaches."""

    code: str
    reason: Reason
    detail: str = ""
    operation: str = ""
    reach: Reach = Reach.FACT


class Recorder(Protocol):
    """Where a client reports each raw answer it got, after the keep-list was applied."""

    def answered(
        self, operation: str, asked: Mapping[str, Json], kept: Json, *, request_id: str = ""
    ) -> None:
        """Record one answer; `kept` becomes a content-addressed object."""

    def failed(self, operation: str, asked: Mapping[str, Json], code: str, *, request_id: str = "") -> None:
        """Record one refused or failed call with the provider's error code."""

    def dropped(self, field_path: str) -> None:
        """Count one field that the keep-list does not name."""

    def calls(self) -> tuple[Call, ...]:
        """What was recorded so far."""


class Target(Protocol):
    """One thing to poll, opened with its credentials: an account, a host, a directory.

    `name` is the target in scopes ("aws/111122223333"); `principal` says through whom we look.
    """

    name: str
    principal: str

    def holds(self, kind: type[Kind]) -> bool:
        """Whether this target can hold resources of the kind at all; it is not polled for the others."""

    def parts(self, kind: type[Kind]) -> tuple[str, ...]:
        """The parts to list for this kind: ("global",) or its regions. May call the source and may raise."""

    def client(self, name: str, part: str, recorder: Recorder) -> Any:
        """The client an author's method asked for by name, bound to this target and part, reporting to `recorder`."""

    def classify(self, error: Exception) -> Failure:
        """What an exception from this target's clients means."""

    def close(self) -> None:
        """Release connections; called once, after the last unit of this target."""


class Platform(Protocol):
    """One family of sources: how its configured sources become targets, and what its clients are called.

    `name` is the prefix of its kinds ("aws"); `grants` types its permissions ("iam", "sudo", "ldap");
    `workers` bounds its pool and `deadline` is the seconds one unit may take.
    """

    name: str
    grants: str
    workers: int
    deadline: float

    def targets(self, source: Any) -> Iterator[Target | Unreached]:
        """Open what a configured source names; yields Unreached for each target that could not be opened."""

    def is_client(self, name: str) -> bool:
        """Whether a parameter of this name is a client of this platform (no SDK is imported to answer)."""

    def kinds(self) -> tuple[type[Kind], ...]:
        """The kinds this platform ships."""

    def lane(self, client: str, part: str) -> str:
        """The name of the shared limit that calls through this client fall under ("s3/eu-west-1")."""


@dataclass(frozen=True, slots=True)
class Unreached:
    """A target that could not be opened at all: every unit of it is failed coverage, never silence."""

    name: str
    failure: Failure
    principal: str = ""


class Kind:
    """A type of resource: subclass, set the class fields, decorate methods.

    `keep` maps each operation to its keep-list (collectors/keep.py); `gone` holds the codes that say the
    resource was deleted since it was listed; `part` is "global" or "region" (or the platform's own word).
    """

    kind: ClassVar[str] = ""
    platform: ClassVar[str] = ""
    part: ClassVar[str] = "global"
    keep: ClassVar[Mapping[str, str]] = {}
    gone: ClassVar[frozenset[str] | set[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """One declared method, with its parameters' names and the permissions by operation ("" = any).

    `clients` are those of its `inputs` that name neither resource, lookup, fact nor tags.
    """

    name: str
    method: Callable[..., Any]
    inputs: tuple[str, ...]
    needs: Mapping[str, str]
    clients: tuple[str, ...] = ()
    absent: frozenset[str] = frozenset()
    batch: int = 0
    volatile: bool = False
    tags: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()

    def need(self, operation: str = "") -> str:
        """The permission to name when `operation` was refused: its own, else the step's first."""
        return self.needs.get(operation) or next(iter(self.needs.values()), "")


@dataclass(frozen=True, slots=True)
class KindSpec:
    """A kind as declared and resolved: its listing, lookups and facts by name."""

    cls: type[Kind]
    name: str
    singular: str
    plural: str
    lists: Step
    lookups: Mapping[str, Step]
    facts: Mapping[str, Step]

    @property
    def fact_names(self) -> frozenset[str]:
        """Every fact a check may ask of this kind."""
        return frozenset(self.facts) | frozenset(self.lists.gives)


def lists(*, needs: str | Mapping[str, str] = "", gives: str = "") -> Callable[[Any], Any]:
    """Mark the generator that yields every resource as Found; `gives` names the facts it carries for free."""
    return _mark("lists", needs=needs, gives=tuple(gives.split()))


def lookup(*, needs: str | Mapping[str, str] = "", tags: str = "") -> Callable[[Any], Any]:
    """Mark a read shared by all resources of a scope, made once, all or nothing; may serve several kinds."""
    return _mark("lookup", needs=needs, tags=tuple(tags.split()))


def fact(
    *,
    needs: str | Mapping[str, str] = "",
    absent: str = "",
    batch: int = 0,
    volatile: bool = False,
    tags: str = "",
) -> Callable[[Any], Any]:
    """Mark a fact: `absent` holds the error codes that mean None, `batch` how many resources one call answers for.

    A volatile fact (last used, uptime) is kept and judged but decides no drift.
    """
    return _mark(
        "fact",
        needs=needs,
        absent=frozenset(absent.split()),
        batch=batch,
        volatile=volatile,
        tags=tuple(tags.split()),
    )


def describe(cls: type[Kind]) -> KindSpec:
    """Read a kind's declarations; raises KindError for whatever could only fail later."""
    steps = {role: {} for role in ("lists", "lookup", "fact")}  # type: dict[str, dict[str, Step]]
    for name, method in inspect.getmembers(cls, callable):
        mark = getattr(method, _MARK, None)
        if mark is not None:
            steps[mark[0]][name] = _step(name, method, mark[1])
    if not cls.kind or len(steps["lists"]) != 1:
        raise KindError(f"{cls.__name__} needs `kind` and exactly one @lists method")
    singular = _snake(cls.__name__)
    plural = _plural(singular)
    listing = next(iter(steps["lists"].values()))
    known = {singular, plural, "tags", *steps["lookup"], *steps["fact"], *listing.gives}
    lookups, facts = ({n: _given(s, known) for n, s in steps[role].items()} for role in ("lookup", "fact"))
    return KindSpec(cls, cls.kind, singular, plural, _given(listing, known), lookups, facts)


def _mark(role: str, **fields: Any) -> Callable[[Any], Any]:
    needs = fields.pop("needs")
    by_operation = {"": needs} if isinstance(needs, str) else dict(needs)
    fields["needs"] = {operation: need for operation, need in by_operation.items() if need}

    def decorate(method: Any) -> Any:
        setattr(method, _MARK, (role, fields))
        return method

    return decorate


def _step(name: str, method: Callable[..., Any], fields: dict[str, Any]) -> Step:
    parameters = list(inspect.signature(method).parameters)
    return Step(name=name, method=method, inputs=tuple(parameters[1:]), **fields)


def _given(step: Step, known: Collection[str]) -> Step:
    """The step with its clients named: whatever it asks for that is not known otherwise."""
    return replace(step, clients=tuple(name for name in step.inputs if name not in known))


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


__all__ = [
    "Call",
    "Failure",
    "Found",
    "Kind",
    "KindError",
    "KindSpec",
    "Platform",
    "Reach",
    "Recorder",
    "Scope",
    "Step",
    "Target",
    "Unreached",
    "describe",
    "fact",
    "lists",
    "lookup",
]
