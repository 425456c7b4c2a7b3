"""`explain`: a check, a topic, a kind or a provision in full, so that nobody has to read the code."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from evidence.model import NightledgerError
from nightledger.cli.codes import ExitCode
from nightledger.cli.output import Result, emit
from nightledger.cli.parser import Verbs, verb

if TYPE_CHECKING:
    from checks.check import Check
    from checks.load import Catalogue
    from checks.rule import Provision
    from collectors.kind import KindSpec


class NothingCalledThat(NightledgerError):
    """No check, topic, kind or provision has this name."""

    exit_code = 2


def add(verbs: Verbs) -> None:
    """Add the verb."""
    parser = verb(
        verbs,
        "explain",
        run,
        "explain a check, a topic, a kind or a provision",
        'nightledger explain "164.312(a)(2)(iv)"',
        settings=False,
    )
    parser.add_argument(
        "id", metavar="ID", help="a check's id, a topic, a kind, or a citation such as 312(b)"
    )


def run(args: argparse.Namespace) -> int:
    """Print what the id stands for."""
    from checks.load import all_checks  # noqa: PLC0415 - not for --help
    from checks.rule import catalog  # noqa: PLC0415 - not for --help
    from collectors.plan import specs  # noqa: PLC0415 - not for --help
    from nightledger.platforms import platforms  # noqa: PLC0415 - not for --help

    catalogue, kinds = all_checks(), specs(platforms().values())
    topics = {check.topic for check in catalogue.checks.values()}
    topic = args.id.replace("-", "_")
    if args.id in catalogue.checks:
        sort, lines = "check", list(_check(catalogue.checks[args.id], kinds))
    elif topic in topics:
        sort, lines = "topic", list(_topic(topic, catalogue))
    elif args.id in kinds:
        sort, lines = "kind", list(_kind(kinds[args.id], catalogue))
    elif (provision := catalog().find(args.id)) is not None:
        sort, lines = "provision", list(_provision(provision, catalogue))
    else:
        raise _unknown(args.id, {*catalogue.checks, *topics, *kinds}, {p.id for p in catalog()})
    rows = [{"subject": subject, "text": text} for subject, text in lines]
    emit(Result(f"explained {sort}", ("subject", "text"), rows, {"id": args.id}), args.output)
    return ExitCode.DONE


def _unknown(word: str, names: set[str], provisions: set[str]) -> NothingCalledThat:
    from config.fields import nearest  # noqa: PLC0415 - only after a mistake

    hint = (
        nearest(word, names | provisions).removeprefix("; ")
        or "see `nightledger list checks`, kinds or provisions"
    )
    return NothingCalledThat(f"nothing is called {word!r}", hint=hint)


Line = tuple[str, str]


def _check(check: Check, kinds: dict[str, KindSpec]) -> Iterator[Line]:
    yield "check", check.id
    yield "question", check.question
    yield "severity", check.severity
    yield "topic", check.topic
    for kind in check.on:
        yield "asked of", kind
    for name in (*check.facts, *check.also):
        yield "reads", f"{name}{_needs(name, check, kinds)}"
    for name, value in check.policy.items():
        yield "policy value", f"{name} = {value}"
    for link in check.links:
        yield f"{link.type.value} link", link.provision
        yield "  proves", link.proves
        yield "  does not prove", link.does_not_prove


def _needs(fact: str, check: Check, kinds: dict[str, KindSpec]) -> str:
    steps = (kinds[kind].facts.get(fact) for kind in check.on if kind in kinds)
    needed = sorted({need for step in steps if step is not None for need in step.needs.values()})
    return f" (needs {', '.join(needed)})" if needed else ""


def _topic(topic: str, catalogue: Catalogue) -> Iterator[Line]:
    yield "topic", topic
    for check in catalogue.checks.values():
        if check.topic == topic:
            yield check.id, check.question


def _kind(spec: KindSpec, catalogue: Catalogue) -> Iterator[Line]:
    yield "kind", spec.name
    yield "what", (spec.cls.__doc__ or "").split("\n")[0]
    for need in spec.lists.needs.values():
        yield "listing needs", need
    for name in sorted(spec.fact_names):
        step = spec.facts.get(name)
        needed = sorted(step.needs.values()) if step else []
        yield "fact", f"{name} (needs {', '.join(needed)})" if needed else name
    for check in catalogue.checks.values():
        if spec.name in check.on:
            yield "check", f"{check.id}: {check.question}"


def _provision(provision: Provision, catalogue: Catalogue) -> Iterator[Line]:
    from checks.rule import catalog  # noqa: PLC0415 - not for --help

    yield "provision", f"45 CFR {provision.id}"
    yield "title", provision.title
    yield "summary", provision.summary
    if provision.designation:
        yield "designation", provision.designation.value
    if provision.note:
        yield "note", provision.note
    for asked in provision.auditor_asks:
        yield "an auditor asks", asked
    for check in catalogue.checks.values():
        for link in check.links:
            if catalog().get(link.provision) is provision:
                yield f"{link.type.value} check", f"{check.id}: {check.question}"
    if provision.left_to_people:
        yield "left to people", provision.left_to_people
