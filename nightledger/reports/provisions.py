"""Provision status as a report shows it: tallies as numbers and words, with each check's link."""

from __future__ import annotations

from collections.abc import Container, Iterable

from checks.check import Check
from checks.rule import catalog
from checks.status_line import ProvisionStatus, Tally
from evidence.model import LinkType
from nightledger.reports.lines import LinkLine, ProvisionLine, TallyLine


def provision_line(status: ProvisionStatus, checks: Iterable[Check], asked: Container[str]) -> ProvisionLine:
    """One provision's line, with the links of those checks that the run asked."""
    provision = status.provision
    return ProvisionLine(
        id=provision.id,
        title=provision.title,
        summary=provision.summary,
        family=provision.family,
        kind=provision.kind.value,
        designation=provision.designation.value if provision.designation else "",
        state=status.state,
        direct=_tally(status.direct),
        supporting=_tally(status.supporting),
        context=_tally(status.context),
        inherited=_tally(status.inherited),
        links=_links(provision.id, (check for check in checks if check.id in asked)),
        gaps=status.gaps,
        failing_below=status.failing_below,
        declared=tuple(record.sentence for record in status.declared),
        left_to_people=status.left_to_people,
        arises_nowhere=status.arises_nowhere,
    )


def _tally(tally: Tally) -> TallyLine:
    return TallyLine(
        passing=tally.passing,
        asked=tally.asked,
        population=", ".join(f"{count:,} {kind}" for kind, count in tally.kinds),
        failing=len(tally.failing),
        waived=len(tally.waived),
        unknown=len(tally.unknown),
        not_applicable=tally.not_applicable,
    )


def _links(id_: str, checks: Iterable[Check]) -> tuple[LinkLine, ...]:
    lines = [
        LinkLine(check.id, link.type, link.proves, link.does_not_prove)
        for check in checks
        for link in check.links
        if catalog().get(link.provision).id == id_
    ]
    return tuple(sorted(lines, key=lambda line: (list(LinkType).index(line.type), line.check)))
