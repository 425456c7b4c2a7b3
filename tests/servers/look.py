"""Poll a slapd with all that the directory checks read, and judge it: findings by (check, resource name)."""

from __future__ import annotations

from datetime import date

import checks.access.directory
import checks.authentication.directory
import checks.transmission.directory
from checks.check import Check
from checks.judge import judge
from collectors.directory.platform import DirectoryPlatform
from collectors.directory.source import DirectorySource
from collectors.plan import plan_kind, specs
from collectors.poll import Errand, poll
from evidence.model import Finding, Missing, UnitResult
from tests.servers.slapd import ADMINS, BASE, COLLECTOR, COLLECTOR_PASSWORD, SlapdServer

AS_OF = date(2026, 11, 22)
CHECKS = {
    check.id: check
    for module in (checks.access.directory, checks.authentication.directory, checks.transmission.directory)
    for check in vars(module).values()
    if isinstance(check, Check)
}


def source_of(server: SlapdServer, **other) -> DirectorySource:
    given = {
        "name": "office",
        "url": server.url,
        "base": BASE,
        "bind_dn": COLLECTOR,
        "password": lambda: COLLECTOR_PASSWORD,
        "ca_file": server.ca_file,
        "privileged_groups": (ADMINS,),
        "connect_seconds": 5,
        "answer_seconds": 10,
    }
    return DirectorySource(**{**given, **other})


def poll_directory(
    source: DirectorySource, wanted: dict[str, set[str]] | None = None
) -> dict[str, UnitResult]:
    platform = DirectoryPlatform()
    known = specs([platform])
    wanted = wanted or {kind: set(spec.facts) for kind, spec in known.items()}
    plans = {kind: plan_kind(known[kind], facts) for kind, facts in wanted.items()}
    return {result.unit.kind: result for result in poll([Errand(platform, source.name, source, plans)])}


def findings(source: DirectorySource, check_id: str) -> dict[str, Finding]:
    check = CHECKS[check_id]
    results = poll_directory(source)

    def elsewhere(kind, fact, _resource):
        rows = results[kind].observations
        return rows[0].facts[fact] if rows else Missing("error")

    found = {}
    for kind in check.on:
        for finding in judge(results[kind], [check], AS_OF, elsewhere=elsewhere):
            name = getattr(finding.subject, "name", str(finding.subject))
            found[name.split(",")[0]] = finding
    return found


def only(source: DirectorySource, check_id: str) -> Finding:
    (finding,) = findings(source, check_id).values()
    return finding
