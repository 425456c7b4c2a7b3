"""Drift of findings: each question about each resource against its last answer, whatever was unseen in between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from evidence.drift_entry import Change, Entry
from evidence.drift_nights import DETERMINATE, Key, Nights, some
from evidence.drift_rules import Question, by_rule, first_asked, rule_changed, rules, why
from evidence.model import Status
from evidence.store import FindingSpan


def questions(nights: Nights) -> Iterator[Question]:
    """Every question with an answer in the later night about a resource seen then and known before."""
    last, first = nights.after.run.id, nights.before.run.id
    for key, history in nights.histories.items():
        if not nights.after.saw(key) or not any(span.from_run <= first for span in history.evidence):
            continue
        for check in sorted(history.findings.keys() & nights.after.run.checks.keys()):
            if (now := history.finding_at(check, last)) is not None:
                yield Question(key, check, history, now, history.determinate(check, first))


def finding_drift(nights: Nights, asked: Iterable[Question]) -> Iterator[Entry]:
    """Entries about findings, those of unknowns grouped by what was missing."""
    blind: dict[tuple[object, ...], list[Question]] = defaultdict(list)
    turned: set[str] = set()
    unheard: dict[str, list[Question]] = defaultdict(list)
    for question in asked:
        if question.now.status is Status.UNKNOWN:
            blind[question.key[0], question.check, question.now.verdict].append(question)
        elif question.then is None and question.check not in nights.before.run.checks:
            unheard[question.check].append(question)
        else:
            for entry in _answered(nights, question):
                if entry.change in _TELL_FACTS:
                    turned.add(question.check)
                yield entry
    yield from (_blind_spot(nights, group) for group in blind.values())
    yield from _unanswered(nights)
    yield from (first_asked(nights, check, group) for check, group in unheard.items())
    yield from rules(nights, turned)


def told(entries: Iterable[Entry]) -> frozenset[Key]:
    """The resources whose changed facts these entries already tell."""
    return frozenset((e.unit, e.uid) for e in entries if e.unit and e.uid and e.change in _TELL_FACTS)


_TELL_FACTS = (Change.REGRESSED, Change.FIXED, Change.APPLICABILITY, Change.FLAPPING, Change.RULE_CHANGED)


def _answered(nights: Nights, question: Question) -> Iterator[Entry]:
    then, now = question.then, question.now
    if then is None:
        sentence = f"{question.words} is answered for the first time: {now.status.value.replace('_', ' ')}"
        yield _entry(Change.NEWLY_VISIBLE, question, sentence, since=now.from_run)
    elif then.status is not now.status:
        yield _transition(nights, question, then)
    elif now.status is Status.FAIL:
        yield _still_failing(nights, question)
    elif _was_unknown(nights, question) and question.history.evidence_at(nights.before.run.id):
        sentence = f"{question.words} is answered again: {now.status.value}, as in {_last_run(nights, then)}"
        yield _entry(Change.SEEN_AGAIN, question, sentence, since=now.from_run)


def _transition(nights: Nights, question: Question, then: FindingSpan) -> Entry:
    went = f"{question.words} went from {_said(then)} to {_said(question.now)}"
    details = _unseen_between(nights, question, then) + why(nights, question)
    since = question.now.from_run
    if reason := by_rule(nights, question, then):
        return _entry(Change.RULE_CHANGED, question, f"{went} because {reason}{details}", since=since)
    if rule_changed(nights, question, then):
        details += "; the check or its parameters changed as well"
    flips = _flips(nights, question)
    if flips >= nights.limits.flips:
        went += f", its turn number {flips} within {nights.limits.flip_runs} runs"
        return _entry(Change.FLAPPING, question, went + details, since=since)
    return _entry(_direction(then.status, question.now.status), question, went + details, since=since)


def _direction(then: Status, now: Status) -> Change:
    match then, now:
        case _, Status.FAIL:
            return Change.REGRESSED
        case Status.FAIL, Status.PASS:
            return Change.FIXED
        case _:
            return Change.APPLICABILITY


def _unseen_between(nights: Nights, question: Question, then: FindingSpan) -> str:
    unknown = _was_unknown(nights, question)
    return f"; from {nights.since(then.to_run)} it had not been answered" if unknown else ""


def _was_unknown(nights: Nights, question: Question) -> bool:
    held = question.history.finding_at(question.check, nights.before.run.id)
    return held is None or held.status is Status.UNKNOWN


def _still_failing(nights: Nights, question: Question) -> Entry:
    since = _failing_since(question)
    days = nights.days_ago(since)
    sentence = f"{question.words} is still failing, since {nights.since(since)}, {days} days"
    return _entry(Change.STILL_FAILING, question, sentence, since=since)


def _failing_since(question: Question) -> int:
    """The first run of the failure that lasts until now; unknowns in between do not end it."""
    since = question.now.from_run
    for span in reversed(question.history.findings[question.check]):
        if span.from_run >= question.now.from_run or span.status is Status.UNKNOWN:
            continue
        if span.status is not Status.FAIL:
            break
        since = span.from_run
    return since


def _flips(nights: Nights, question: Question) -> int:
    """How often the answer changed over the last runs in which there was one."""
    answers: list[Status] = []
    for run in sorted((r for r in nights.runs if r <= nights.after.run.id), reverse=True):
        span = question.history.finding_at(question.check, run)
        if span is not None and span.status in DETERMINATE:
            answers.append(span.status)
        if len(answers) == nights.limits.flip_runs:
            break
    return sum(a is not b for a, b in pairwise(answers))


def _blind_spot(nights: Nights, group: list[Question]) -> Entry:
    """One entry for all resources of a unit that one check cannot judge for one and the same reason."""
    first = group[0]
    begun = min(_blind_since(question) for question in group)
    known = [span for question in group if (span := _latest_known(nights, question)) is not None]
    names = some(sorted(question.history.name for question in group))
    reason = first.now.verdict.sentence
    sentence = f"{first.key[0].kind} in {first.key[0].target}: {first.check} cannot judge {names}: {reason}"
    sentence += f"; unknown since {nights.since(begun)}, {_last_known(known)}"
    old = nights.days_ago(begun) > nights.limits.stale_days
    one = len(group) == 1
    return Entry(
        Change.STALE if old else Change.BLIND_SPOT,
        sentence + ("; too old to be shown as current" if old else ""),
        first.key[0],
        first.key[1] if one else "",
        first.history.name if one else "",
        first.check,
        known[0].status if known and one else None,
        Status.UNKNOWN,
        begun,
        len(group),
    )


def _unanswered(nights: Nights) -> Iterator[Entry]:
    """Questions still asked of a resource still seen, whose answer is missing without a word."""
    first, last = nights.before.run.id, nights.after.run.id
    for key, history in nights.histories.items():
        if not nights.after.saw(key) or history.evidence_at(last) is None:
            continue
        for check in sorted(history.findings.keys() & nights.after.run.checks.keys()):
            then = history.finding_at(check, first)
            if then is not None and history.finding_at(check, last) is None:
                sentence = f"{key[0].kind} {history.name}: {check} gave no answer; last known: {_said(then)}"
                place = (*key, history.name, check)
                yield Entry(Change.BLIND_SPOT, sentence, *place, then.status, Status.UNKNOWN, then.to_run)


def _latest_known(nights: Nights, question: Question) -> FindingSpan | None:
    return question.history.determinate(question.check, nights.after.run.id)


def _blind_since(question: Question) -> int:
    since = question.now.from_run
    for span in reversed(question.history.findings[question.check]):
        if span.from_run < since and span.to_run == since and span.status is Status.UNKNOWN:
            since = span.from_run
    return since


def _last_known(known: list[FindingSpan]) -> str:
    counts = {status: sum(span.status is status for span in known) for status in DETERMINATE}
    said = ", ".join(f"{count} {status.value.replace('_', ' ')}" for status, count in counts.items() if count)
    return f"last known: {said}" if said else "never answered before"


def _said(span: FindingSpan) -> str:
    return span.status.value.replace("_", " ")


def _last_run(nights: Nights, then: FindingSpan) -> str:
    return nights.since(nights.run_before(min(then.to_run, nights.after.run.id)))


def _entry(change: Change, question: Question, sentence: str, *, since: int) -> Entry:
    unit, uid = question.key
    before = question.then.status if question.then else None
    place = (unit, uid, question.history.name, question.check)
    return Entry(change, sentence, *place, before, question.now.status, since)
