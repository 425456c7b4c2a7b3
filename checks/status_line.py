"""One provision's line in every report: its state, the tallies behind it, and both in words.

How the states are reached is checks/status.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from checks.rule import Provision


class ProvisionState(StrEnum):
    """The six answers about a provision, worst first; none of them is a determination of compliance."""

    FAILING = "failing"
    NOT_COVERED = "not_covered"
    PARTLY_EVIDENCED = "partly_evidenced"
    ATTESTED = "attested"
    INHERITED = "inherited"
    EVIDENCED = "evidenced"


@dataclass(frozen=True, slots=True)
class Declared:
    """A record in force that people put beside a provision: their attestation, or a provider's report."""

    provision: str
    sentence: str
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class Bad:
    """A finding that is not a pass, as the reader meets it; `waiver` says who accepted it, until when."""

    check: str
    uid: str
    kind: str
    name: str
    sentence: str
    waiver: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """What the links of one type say: `passing` of `asked` resources pass every question put to them.

    `kinds` names the denominator; `failing`, `waived` and `unknown` name the findings, so they may be more
    than the resources; `passes` and `not_applicable` count findings.
    """

    checks: tuple[str, ...] = ()
    passes: int = 0
    passing: int = 0
    asked: int = 0
    kinds: tuple[tuple[str, int], ...] = ()
    failing: tuple[Bad, ...] = ()
    waived: tuple[Bad, ...] = ()
    unknown: tuple[Bad, ...] = ()
    not_applicable: int = 0

    def __str__(self) -> str:
        named = ", ".join(f"{count} {kind}" for kind, count in self.kinds)
        return f"{self.passing} of {self.asked} ({named})" if self.asked else "0 of 0"


@dataclass(frozen=True, slots=True)
class ProvisionStatus:
    """One line of every report: the state, what carries it, what is missing and what is left to people.

    `inherited` is the context that a provider's own assurances give, kept apart from the rest; `gaps` are sentences
    on what was not reached; `failing_below` names specifications that fail; `not_measured` says why no check asks.
    """

    provision: Provision
    state: ProvisionState
    direct: Tally
    supporting: Tally
    context: Tally
    inherited: Tally = Tally()
    gaps: tuple[str, ...] = ()
    declared: tuple[Declared, ...] = ()
    failing_below: tuple[str, ...] = ()
    left_to_people: str = ""
    not_measured: str = ""

    @property
    def roles(self) -> tuple[tuple[str, Tally], ...]:
        """How collected evidence speaks to the provision, strongest first; a role that no check has is left out."""
        roles = (
            ("direct", self.direct),
            ("supporting", self.supporting),
            ("context", self.context),
            ("inherited", self.inherited),
        )
        return tuple((role, tally) for role, tally in roles if tally.checks)

    @property
    def arises_nowhere(self) -> bool:
        """Every question asked of this provision was answered "does not apply", and nothing else was seen."""
        tallies = (self.direct, self.supporting)
        return any(t.not_applicable for t in tallies) and not any(t.asked or t.unknown for t in tallies)

    @property
    def sentence(self) -> str:
        """The whole line in words, denominators included."""
        return "; ".join(_clauses(self))


_MANNER = {
    "direct": "measured directly",
    "supporting": "supporting",
    "context": "context only",
    "inherited": "inherited, by the provider's word",
}


def _clauses(line: ProvisionStatus) -> list[str]:
    clauses = [line.state.value.replace("_", " ")]
    clauses += [f"{_MANNER[role]}: {_answered(tally)}" for role, tally in line.roles]
    if not line.roles:
        clauses.append(f"nothing collected speaks to it{line.not_measured and f': {line.not_measured}'}")
    clauses += _counted_clauses(line)
    if line.arises_nowhere:
        clauses.append("the question arises nowhere: every answer was not applicable")
    if line.gaps:
        clauses.append(f"not reached: {_first_few(line.gaps)}")
    if line.failing_below:
        clauses.append(f"failing below it: {', '.join(line.failing_below)}")
    clauses += [record.sentence for record in line.declared]
    if line.left_to_people:
        clauses.append(f"left to people: {line.left_to_people}")
    return clauses


def _answered(tally: Tally) -> str:
    if tally.asked or tally.failing or tally.waived or tally.unknown:
        return f"{tally} pass"
    return "found nothing to ask about" if tally.not_applicable else "asked of nothing that was looked at"


def _counted_clauses(line: ProvisionStatus) -> list[str]:
    words = Counter[str]()
    for role, tally in line.roles:
        manner = "" if role == "direct" else f"{role} "
        words[f"{manner}failing"] = len(tally.failing)
        words[f"{manner}failing but waived"] = len(tally.waived)
        words[f"{manner}unknown"] = len(tally.unknown)
    return [f"{count} {word}" for word, count in words.items() if count]


def _first_few(words: Sequence[str], most: int = 3) -> str:
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more
