"""Telling a changed rule from a changed world: a check or its parameters against what the resource was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evidence.drift_entry import Change, Entry
from evidence.drift_facts import changed_facts, turned
from evidence.drift_nights import History, Key, Nights, some
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

    @property
    def evidence(self) -> tuple[EvidenceSpan | None, EvidenceSpan | None]:
        """What was held of the resource at its last certain answer, and what is behind the answer now."""
        begun = self.now.from_run
        last = min(self.then.to_run if self.then else begun, begun) - 1
        return self.history.evidence_at(last), self.history.evidence_at(begun)


def by_rule(nights: Nights, question: Question, then: FindingSpan) -> str:
    """Why the rule, not the world, gave the new answer; "" where that is not so."""
    held, now = question.evidence
    if held is None or now is None or not rule_changed(nights, question, then):
        return ""
    match _old_facts_judged_today(nights, question, held):
        case None | Status.UNKNOWN:
            return _undecided(question, held, now)
        case again if again is question.now.status:
            return "the check or its parameters changed: the old facts give the new answer too"
        case _:
            return ""


def rule_changed(nights: Nights, question: Question, then: FindingSpan) -> bool:
    """Whether the check or its parameters are not those of the last certain answer."""
    last = nights.run_before(min(then.to_run, nights.before.run.id + 1))
    return nights.version(question.check, last) != nights.version(question.check, nights.after.run.id)


def why(nights: Nights, question: Question) -> str:
    """The facts that changed with the answer, as the end of a sentence."""
    held, now = question.evidence
    if held is None or now is None:
        return ""
    decided = nights.decided(question.then, question.now)
    before, after = nights.document(held), nights.document(now)
    facts = [fact for fact in changed_facts(before, after) if not decided or fact in decided]
    changed = turned(before, after, facts)
    return f"; changed: {some(changed)}" if changed else "; none of its own facts changed"


def first_asked(nights: Nights, check: str, group: list[Question]) -> Entry:
    """One entry for a check that was not asked before, over all resources that were there already."""
    failing = sum(question.now.status is Status.FAIL for question in group)
    sentence = f"{check} is asked for the first time: {failing} of {len(group)} that could be judged fail"
    return Entry(Change.RULE_CHANGED, sentence, check=check, since=nights.after.run.id, count=len(group))


def rules(nights: Nights, turned: set[str]) -> Iterator[Entry]:
    """One entry for all rules that changed and turned no answer, one for those no longer asked."""
    before, after = nights.before.run.checks, nights.after.run.checks
    quiet = sorted(c for c in before.keys() & after.keys() if before[c] != after[c] and c not in turned)
    if quiet:
        sentence = f"the rule or parameters of {some(quiet)} changed, and no answer with them"
        yield Entry(Change.RULE_CHANGED, sentence, since=nights.after.run.id, count=len(quiet))
    dropped = sorted(before.keys() - after.keys())
    if dropped:
        sentence = f"no longer asked: {some(dropped)}; what was found before is not fixed by that"
        yield Entry(Change.RULE_CHANGED, sentence, since=nights.after.run.id, count=len(dropped))


def _old_facts_judged_today(nights: Nights, question: Question, held: EvidenceSpan) -> Status | None:
    if nights.rejudge is None:
        return None
    return nights.rejudge(question.check, *nights.observed(held))


def _undecided(question: Question, held: EvidenceSpan, now: EvidenceSpan) -> str:
    if held.evidence == now.evidence:
        return "the check or its parameters changed: the facts are the same"
    # Nobody can say which of the two it was: then it may count as worse, but never as fixed.
    if question.now.status is Status.FAIL:
        return ""
    return "the check or its parameters changed, or the facts did: which of them decided is not known"
