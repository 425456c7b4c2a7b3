"""Drift of findings: each question about each resource against its last answer, whatever was unseen in between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from evidence.drift_entry import Change, Entry
from evidence.drift_nights import DETERMINATE, History, Key, Nights, changed_facts, some
from evidence.model import Status
from evidence.store import EvidenceSpan, FindingSpan


@dataclass(frozen=True, slots=True)
class Question:
    """One check of one resource, with what is said of it now and what was last said for certain before."""

    key: Key
    check: str
    history: History
    now: FindingSpan
    then: FindingSpan | None

    @property
    def words(self) -> str:
        """The resource and the check, for a sentence."""
        return f"{self.key[0].kind} {self.history.name}: {self.check}"


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
    first_asked: dict[str, list[Question]] = defaultdict(list)
    for question in asked:
        if question.now.status is Status.UNKNOWN:
            blind[question.key[0], question.check, question.now.verdict].append(question)
        elif question.then is None and question.check not in nights.before.run.checks:
            first_asked[question.check].append(question)
        else:
            for entry in _answered(nights, question):
                if entry.change in _TELL_FACTS:
                    turned.add(question.check)
                yield entry
    yield from (_blind_spot(nights, group) for group in blind.values())
    yield from (_first_asked(nights, check, group) for check, group in first_asked.items())
    yield from _rules(nights, turned)


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
    elif _was_unknown(nights, question):
        sentence = f"{question.words} is answered again: {now.status.value}, as in {_last_run(nights, then)}"
        yield _entry(Change.SEEN_AGAIN, question, sentence, since=now.from_run)


def _transition(nights: Nights, question: Question, then: FindingSpan) -> Entry:
    went = f"{question.words} went from {_said(then)} to {_said(question.now)}"
    why = _unseen_between(nights, question, then) + _why(nights, question, then)
    since = question.now.from_run
    if reason := _by_rule(nights, question, then):
        return _entry(Change.RULE_CHANGED, question, f"{went} because {reason}{why}", since=since)
    if _rule_changed(nights, question, then):
        why += "; the check or its parameters changed as well"
    flips = _flips(nights, question)
    if flips >= nights.limits.flips:
        went += f", its turn number {flips} within {nights.limits.flip_runs} runs"
        return _entry(Change.FLAPPING, question, went + why, since=since)
    return _entry(_direction(then.status, question.now.status), question, went + why, since=since)


def _direction(then: Status, now: Status) -> Change:
    match then, now:
        case _, Status.FAIL:
            return Change.REGRESSED
        case Status.FAIL, Status.PASS:
            return Change.FIXED
        case _:
            return Change.APPLICABILITY


def _by_rule(nights: Nights, question: Question, then: FindingSpan) -> str:
    """Why the rule, not the world, gave the new answer; "" where that is not so."""
    if not _rule_changed(nights, question, then):
        return ""
    held, now = _evidence(question, then)
    if held is None or now is None:
        return ""
    if nights.rejudge is not None:
        again = nights.rejudge(question.check, *nights.observed(held))
        if again is not None:
            same = again is question.now.status
            return (
                "the check or its parameters changed: the old facts give the new answer too" if same else ""
            )
    if held.digest == now.digest:
        return "the check or its parameters changed: the facts are the same"
    # Nobody can say which of the two it was: then it may count as worse, but never as fixed.
    if question.now.status is Status.FAIL:
        return ""
    return "the check or its parameters changed, or the facts did: which of them decided is not known"


def _rule_changed(nights: Nights, question: Question, then: FindingSpan) -> bool:
    last = nights.run_before(min(then.to_run, nights.before.run.id + 1))
    return nights.version(question.check, last) != nights.version(question.check, nights.after.run.id)


def _evidence(question: Question, then: FindingSpan) -> tuple[EvidenceSpan | None, EvidenceSpan | None]:
    """The evidence behind the last certain answer, and that behind the answer now."""
    history, begun = question.history, question.now.from_run
    last = min(then.to_run, begun) - 1
    return history.evidence_at(last), history.evidence_at(begun)


def _unseen_between(nights: Nights, question: Question, then: FindingSpan) -> str:
    unknown = _was_unknown(nights, question)
    return f"; from {nights.since(then.to_run)} it had not been answered" if unknown else ""


def _was_unknown(nights: Nights, question: Question) -> bool:
    held = question.history.finding_at(question.check, nights.before.run.id)
    return held is None or held.status is Status.UNKNOWN


def _why(nights: Nights, question: Question, then: FindingSpan) -> str:
    held, now = _evidence(question, then)
    if held is None or now is None:
        return ""
    facts = changed_facts(nights.document(held), nights.document(now)) if held.digest != now.digest else []
    words = f"; changed: {some(facts)}" if facts else "; none of its own facts changed"
    return words


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
    why = nights.verdict(first.now.verdict)
    sentence = f"{first.key[0].kind} in {first.key[0].target}: {first.check} cannot judge {names}: {why}"
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


def _first_asked(nights: Nights, check: str, group: list[Question]) -> Entry:
    failing = sum(question.now.status is Status.FAIL for question in group)
    sentence = f"{check} is asked for the first time: {failing} of {len(group)} that could be judged fail"
    return Entry(Change.RULE_CHANGED, sentence, check=check, since=nights.after.run.id, count=len(group))


def _rules(nights: Nights, turned: set[str]) -> Iterator[Entry]:
    """One entry for all rules that changed without changing an answer, one for those no longer asked."""
    before, after = nights.before.run.checks, nights.after.run.checks
    quiet = sorted(c for c in before.keys() & after.keys() if before[c] != after[c] and c not in turned)
    if quiet:
        sentence = f"the rule or parameters of {some(quiet)} changed, and no answer because of it"
        yield Entry(Change.RULE_CHANGED, sentence, since=nights.after.run.id, count=len(quiet))
    dropped = sorted(before.keys() - after.keys())
    if dropped:
        sentence = f"{some(dropped)} is no longer asked; what it found before is not fixed by that"
        yield Entry(Change.RULE_CHANGED, sentence, since=nights.after.run.id, count=len(dropped))


def _said(span: FindingSpan) -> str:
    return span.status.value.replace("_", " ")


def _last_run(nights: Nights, then: FindingSpan) -> str:
    return nights.since(nights.run_before(min(then.to_run, nights.after.run.id)))


def _entry(change: Change, question: Question, sentence: str, *, since: int) -> Entry:
    unit, uid = question.key
    before = question.then.status if question.then else None
    place = (unit, uid, question.history.name, question.check)
    return Entry(change, sentence, *place, before, question.now.status, since)
