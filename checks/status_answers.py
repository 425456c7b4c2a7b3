"""Findings sorted by the check that gave them, and what several checks together say of their resources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from checks.check import Check
from checks.status_line import Bad, Tally
from evidence.model import Status


class FindingRow(Protocol):
    """What the roll-up reads of a finding; a scope's finding has a uid that starts with "scope:"."""

    @property
    def check(self) -> str:
        """The check's id."""

    @property
    def uid(self) -> str:
        """The uid of the resource, or of the scope."""

    @property
    def kind(self) -> str:
        """The kind of the resource."""

    @property
    def name(self) -> str:
        """The resource's name, for people."""

    @property
    def status(self) -> Status:
        """One of the four verdicts."""

    @property
    def sentence(self) -> str:
        """Why."""

    @property
    def seen(self) -> bool:
        """False where the finding is only remembered from an earlier run: then it counts as unknown."""


@dataclass(slots=True)
class Answers:
    """One check's findings, split: uids by kind for what was decided, named findings for what went wrong."""

    passed: dict[str, set[str]] = field(default_factory=dict)
    bad_uids: dict[str, set[str]] = field(default_factory=dict)
    failing: list[Bad] = field(default_factory=list)
    waived: list[Bad] = field(default_factory=list)
    unknown: list[Bad] = field(default_factory=list)
    not_applicable: int = 0


def collect(findings: Iterable[FindingRow], waived: Mapping[tuple[str, str], str]) -> dict[str, Answers]:
    """Each check's answers; a failure is waived where `waived` has its (check, uid)."""
    answers: dict[str, Answers] = {}
    for row in findings:
        _add(answers.setdefault(row.check, Answers()), row, waived.get((row.check, row.uid), ""))
    return answers


def _add(answers: Answers, row: FindingRow, waiver: str) -> None:
    status, sentence = _as_of_now(row)
    match status:
        case Status.PASS:
            answers.passed.setdefault(row.kind, set()).add(row.uid)
            return
        case Status.NOT_APPLICABLE:
            answers.not_applicable += 1
            return
        case Status.FAIL:
            pile = answers.waived if waiver else answers.failing
        case Status.UNKNOWN:
            # A waiver accepts a known weakness; it cannot make known what was not seen.
            pile, waiver = answers.unknown, ""
    pile.append(Bad(row.check, row.uid, row.kind, row.name, sentence, waiver))
    if not row.uid.startswith("scope:"):
        answers.bad_uids.setdefault(row.kind, set()).add(row.uid)


def _as_of_now(row: FindingRow) -> tuple[Status, str]:
    status = Status(row.status)
    if row.seen:
        return status, row.sentence
    return (
        Status.UNKNOWN,
        f"not seen in this run; last known: {status.value.replace('_', ' ')}, {row.sentence}",
    )


def tally(checks: Sequence[Check], answers: Mapping[str, Answers]) -> Tally:
    """What these checks together say: a resource passes when it passes each that was put to it."""
    heard = [answers[check.id] for check in checks if check.id in answers]
    bad = _united([answer.bad_uids for answer in heard])
    passed = _united([answer.passed for answer in heard])
    asked = _united([bad, passed])
    sound = {kind: uids - bad.get(kind, set()) for kind, uids in passed.items()}
    return Tally(
        checks=tuple(sorted(check.id for check in checks)),
        passes=sum(len(uids) for answer in heard for uids in answer.passed.values()),
        passing=sum(map(len, sound.values())),
        asked=sum(map(len, asked.values())),
        kinds=tuple((kind, len(asked[kind])) for kind in sorted(asked)),
        failing=tuple(finding for answer in heard for finding in answer.failing),
        waived=tuple(finding for answer in heard for finding in answer.waived),
        unknown=tuple(finding for answer in heard for finding in answer.unknown),
        not_applicable=sum(answer.not_applicable for answer in heard),
    )


def _united(parts: Iterable[Mapping[str, set[str]]]) -> dict[str, set[str]]:
    union: dict[str, set[str]] = {}
    for part in parts:
        for kind, uids in part.items():
            union.setdefault(kind, set()).update(uids)
    return union
