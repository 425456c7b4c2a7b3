"""What a check author writes against: `@check`, the verdicts and the links to provisions.

Positional parameters name the facts a check reads; keyword-only parameters are policy values that config
may override. A missing fact never reaches the function. `as_of` (the snapshot's date) and `resource` are
reserved names, given wherever a check asks for them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from evidence.model import Link, LinkType, NightledgerError, Status

SEVERITIES = ("critical", "high", "medium", "low")
RESERVED = ("as_of", "resource")


class CheckError(NightledgerError):
    """A check is declared wrongly; raised when it is loaded, never during a run."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check concluded, and the one sentence the security officer reads."""

    status: Status
    sentence: str


def passed(sentence: str) -> Verdict:
    """The safeguard was seen to hold."""
    return Verdict(Status.PASS, sentence)


def failed(sentence: str) -> Verdict:
    """The safeguard was seen not to hold."""
    return Verdict(Status.FAIL, sentence)


def not_applicable(sentence: str) -> Verdict:
    """The question does not arise for this resource; the sentence says what shows that."""
    return Verdict(Status.NOT_APPLICABLE, sentence)


def undecided(sentence: str) -> Verdict:
    """The facts were read but do not settle the question (one of several disks could not be traced)."""
    return Verdict(Status.UNKNOWN, sentence)


def direct(provision: str, *, proves: str, does_not_prove: str) -> Link:
    """A link by which the check measures the thing the provision names."""
    return Link(provision, LinkType.DIRECT, proves, does_not_prove)


def supporting(provision: str, *, proves: str, does_not_prove: str) -> Link:
    """A link by which the check makes it likelier that the provision is met."""
    return Link(provision, LinkType.SUPPORTING, proves, does_not_prove)


def context(provision: str, *, proves: str, does_not_prove: str) -> Link:
    """A link that only informs whoever judges the provision."""
    return Link(provision, LinkType.CONTEXT, proves, does_not_prove)


@dataclass(frozen=True, slots=True)
class Check:
    """One question asked of the kinds in `on`, as declared; `topic` is the package it lives in.

    `facts` are read from the resource itself, `also` maps a parameter to "kind:fact" of the one resource of
    that kind in the same target; `first` may answer from fewer facts before the rest are needed,
    with the same policy values: where it takes no fact but `resource`, what it answers is never asked for.
    """

    id: str
    on: tuple[str, ...]
    severity: str
    links: tuple[Link, ...]
    question: str
    topic: str
    module: str
    facts: tuple[str, ...]
    policy: Mapping[str, Any]
    judge: Callable[..., Verdict]
    also: Mapping[str, str] = field(default_factory=dict)
    first: Callable[..., Verdict | None] | None = None
    first_facts: tuple[str, ...] = ()
    first_policy: frozenset[str] = frozenset()
    first_reserved: frozenset[str] = frozenset()
    reserved: frozenset[str] = frozenset()


def check(
    id: str,
    *,
    on: str | tuple[str, ...],
    severity: str,
    links: list[Link],
    also: Mapping[str, str] | None = None,
    first: Callable[..., Verdict | None] | None = None,
) -> Callable[[Callable[..., Verdict]], Check]:
    """Declare the decorated function as a check; its docstring's first line is the question it answers.

    Raises CheckError at load when the declaration cannot be judged (no question, no link, odd parameters).
    """

    def declare(function: Callable[..., Verdict]) -> Check:
        positional, policy, reserved = _parameters(id, function)
        first_facts, first_policy, first_reserved = _first_parameters(id, first, policy)
        return Check(
            id=id,
            on=(on,) if isinstance(on, str) else tuple(on),
            severity=_known_severity(id, severity),
            links=_sound_links(id, links),
            question=_question(id, function),
            topic=_topic(function.__module__),
            module=function.__module__,
            facts=tuple(name for name in positional if name not in (also or {})),
            policy=policy,
            judge=function,
            also=dict(also or {}),
            first=first,
            first_facts=first_facts,
            first_policy=first_policy,
            first_reserved=first_reserved,
            reserved=reserved,
        )

    return declare


def _parameters(
    id_: str, function: Callable[..., Any]
) -> tuple[tuple[str, ...], dict[str, Any], frozenset[str]]:
    positional: list[str] = []
    policy: dict[str, Any] = {}
    reserved: set[str] = set()
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name in RESERVED:
            reserved.add(parameter.name)
        elif parameter.kind is parameter.KEYWORD_ONLY and parameter.default is not parameter.empty:
            policy[parameter.name] = parameter.default
        elif parameter.kind is parameter.POSITIONAL_OR_KEYWORD and parameter.default is parameter.empty:
            positional.append(parameter.name)
        else:
            raise CheckError(
                f"check {id_}: parameter {parameter.name!r} is neither a fact nor a policy value with a default",
                hint="facts are positional without defaults; policy values are keyword-only with defaults",
            )
    return tuple(positional), policy, frozenset(reserved)


def _first_parameters(
    id_: str, first: Callable[..., Any] | None, policy: Mapping[str, Any]
) -> tuple[tuple[str, ...], frozenset[str], frozenset[str]]:
    if first is None:
        return (), frozenset(), frozenset()
    facts, own_policy, reserved = _parameters(id_, first)
    if any(name not in policy or policy[name] != value for name, value in own_policy.items()):
        raise CheckError(
            f"check {id_}: `first` must declare policy values as the check does, defaults and all"
        )
    return facts, frozenset(own_policy), reserved


def _known_severity(id_: str, severity: str) -> str:
    if severity not in SEVERITIES:
        raise CheckError(
            f"check {id_}: unknown severity {severity!r}", hint=f"one of {', '.join(SEVERITIES)}"
        )
    return severity


def _sound_links(id_: str, links: list[Link]) -> tuple[Link, ...]:
    if not links:
        raise CheckError(
            f"check {id_} links to no provision", hint="give at least one direct/supporting/context link"
        )
    for link in links:
        if not link.proves or not link.does_not_prove:
            raise CheckError(
                f"check {id_}: its link to {link.provision} must say what it proves and what it does not"
            )
    return tuple(links)


def _question(id_: str, function: Callable[..., Any]) -> str:
    question = (inspect.getdoc(function) or "").split("\n")[0].strip()
    if not question.endswith("?"):
        raise CheckError(f"check {id_}: the docstring's first line must be the question it answers")
    return question


def _topic(module: str) -> str:
    parts = module.split(".")
    return parts[1] if parts[0] == "checks" and len(parts) > 1 else parts[0]


__all__ = [
    "Check",
    "CheckError",
    "Link",
    "Verdict",
    "check",
    "context",
    "date",
    "direct",
    "failed",
    "not_applicable",
    "passed",
    "supporting",
    "undecided",
]
