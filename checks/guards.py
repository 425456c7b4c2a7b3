"""Mapping guards: links that look like evidence and are not, refused for everybody who writes a check.

Each guard stands against a mistake seen in public HIPAA mappings, where a setting was stretched over a paragraph
that does not speak of it. They run as tests over all checks, not during a scan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from checks.check import Check
from checks.rule import Catalog, EvidenceMode, Provision, UnknownProvision
from evidence.model import LinkType

TOPICS = (
    "encryption_at_rest",
    "transmission",
    "authentication",
    "automatic_logoff",
    "audit_controls",
    "patching",
    "access",
    "exposure",
    "integrity",
    "backup",
    "endpoint",
    "workstation",
    "media",
    "inherited",
)


NOT_MEASURED = {
    "164.310(d)(2)(iii)": "no inventory of devices with their owners is collected; movements are attested",
}
"""Safeguards that could be measured in part and are not: left to attestation, each with the reason."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A link or a gap that a guard refuses; `check` is empty where a provision has no check at all."""

    guard: str
    check: str
    provision: str
    why: str

    def __str__(self) -> str:
        return f"{self.check or 'no check'} and {self.provision}: {self.why} [{self.guard}]"


@dataclass(frozen=True, slots=True)
class Forbidden:
    """No check of these topics may be linked, however weakly, to these paragraphs or any below them."""

    guard: str
    topics: tuple[str, ...]
    paragraphs: tuple[str, ...]
    why: str

    def forbids(self, check: Check, provision: Provision) -> bool:
        """Whether this rule refuses a link between the two."""
        return check.topic in self.topics and any(_is_under(provision.id, above) for above in self.paragraphs)


FORBIDDEN = (
    Forbidden(
        "no at-rest check under 312(e)",
        ("encryption_at_rest",),
        ("164.312(e)",),
        "an encrypted disk says nothing about a network",
    ),
    Forbidden(
        "no in-transit check under 312(a)(2)(iv)",
        ("transmission",),
        ("164.312(a)(2)(iv)",),
        "an encrypted connection says nothing about what is stored",
    ),
    Forbidden(
        "no network check under 310",
        ("exposure", "transmission"),
        ("164.310",),
        "a firewall is not a door",
    ),
    Forbidden(
        "no encryption check under 312(c)",
        ("encryption_at_rest", "transmission"),
        ("164.312(c)",),
        "what is encrypted can still be altered or destroyed",
    ),
    Forbidden(
        "no backup check under 312(a)(2)(ii)",
        ("backup",),
        ("164.312(a)(2)(ii)",),
        "a copy is not a way in; backups belong to 308(a)(7)",
    ),
    Forbidden(
        "no logging check under 312(d) or 312(a)(2)(i)",
        ("audit_controls",),
        ("164.312(d)", "164.312(a)(2)(i)"),
        "recording who came in neither proves nor gives an identity",
    ),
)


def violations(rule: Catalog, checks: Iterable[Check]) -> list[Violation]:
    """Everything the guards refuse about these checks taken one by one."""
    return [violation for check in checks for violation in _of_one(rule, check)]


def uncovered(rule: Catalog, checks: Iterable[Check]) -> list[Violation]:
    """Safeguards with neither a link nor a word on why people carry them, and words that a link has overtaken."""
    linked = {found.id for check in checks for link in check.links if (found := rule.find(link.provision))}
    silent = [
        provision.id
        for provision in rule.safeguards()
        if _needs_a_check(provision) and provision.id not in {*linked, *NOT_MEASURED}
    ]
    overtaken = sorted(linked & NOT_MEASURED.keys())
    guard = "every safeguard is spoken for"
    return [
        *(Violation(guard, "", id_, "no check links to it") for id_ in silent),
        *(Violation(guard, "", id_, "it is measured now: take it off NOT_MEASURED") for id_ in overtaken),
    ]


def _of_one(rule: Catalog, check: Check) -> Iterator[Violation]:
    if check.topic not in TOPICS:
        yield Violation(
            "every check lives in a topic", check.id, "", f"{check.topic!r} is not a topic package"
        )
    for link in check.links:
        try:
            provision = rule.get(link.provision)
        except UnknownProvision as unknown:
            yield Violation("every cited id exists", check.id, link.provision, unknown.hint)
        else:
            yield from _of_link(check, provision, link.type)
    yield from _lifted_parents(rule, check)


def _of_link(check: Check, provision: Provision, type_: LinkType) -> Iterator[Violation]:
    for forbidden in FORBIDDEN:
        if forbidden.forbids(check, provision):
            yield Violation(forbidden.guard, check.id, provision.id, forbidden.why)
    if type_ is LinkType.DIRECT and provision.is_for_people_alone:
        why = "only a document or an assurance report can carry it; link it as supporting"
        yield Violation("no check lifts what people attest", check.id, provision.id, why)


def _lifted_parents(rule: Catalog, check: Check) -> Iterator[Violation]:
    direct = [rule.find(link.provision) for link in check.links if link.type is LinkType.DIRECT]
    measured = [provision for provision in direct if provision is not None]
    for parent in _parents_among(measured):
        why = "the check measures a specification below it; link the standard as supporting"
        yield Violation("no parent inherits a child's pass", check.id, parent, why)


def _parents_among(provisions: Sequence[Provision]) -> list[str]:
    parents = {provision.parent for provision in provisions}
    return [provision.id for provision in provisions if provision.id in parents]


def _needs_a_check(provision: Provision) -> bool:
    return provision.evidence_mode in (EvidenceMode.AUTOMATED, EvidenceMode.AUTOMATED_PARTIAL)


def _is_under(id_: str, above: str) -> bool:
    return id_ == above or id_.startswith(f"{above}(")
