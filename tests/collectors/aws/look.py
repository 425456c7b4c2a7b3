"""Poll a moto cloud as a run would, and judge what was seen."""

from __future__ import annotations

from datetime import date
from typing import Any

from checks.check import Check
from checks.judge import Policy, judge
from checks.load import all_checks
from collectors.aws.clients import Clients
from collectors.aws.platform import AwsPlatform
from collectors.aws.source import Source
from collectors.limits import Limits, Rate
from collectors.poll import Errand, poll
from evidence.canonical import canonical, digest
from evidence.model import Finding, Missing, Reason, UnitResult
from tests.collectors.aws.plans import plans
from tests.servers.moto import MotoServer
from tests.servers.moto_clients import MotoClients

AS_OF = date.today()  # noqa: DTZ011 - moto dates what it makes by the clock of this machine
REGIONS = ("eu-west-1", "us-east-1")


def aws_checks() -> dict[str, Check]:
    return {name: check for name, check in all_checks().checks.items() if name.startswith("aws-")}


class LastingPlatform(AwsPlatform):
    """A platform whose clients outlive a look: building them takes longer than most looks."""

    def close(self) -> None:
        pass


class Cloud:
    """A moto server, clients to seed it with, and our own clients to look at it, shared as in one process."""

    def __init__(self, moto: MotoServer, seeding: MotoClients, ours: Clients) -> None:
        self.url = moto.url
        self.front = moto.front
        self.client = seeding.client
        self.ours = ours

    def source(self, **other: Any) -> Source:
        return Source(**{"name": "test", "regions": REGIONS, "endpoint_url": self.url, **other})

    def platform(self, workers: int = 8) -> AwsPlatform:
        # What an earlier look was throttled to holds back no other.
        self.ours.limits = Limits({"": Rate(10_000, 10_000)})
        platform = LastingPlatform(self.ours)
        platform.workers = workers
        return platform

    def poll(
        self,
        source: Source | None = None,
        checks: list[str] | None = None,
        *,
        workers: int = 8,
        policy: Policy | None = None,
    ) -> dict[tuple[str, str], UnitResult]:
        source = source or self.source()
        platform = self.platform(workers)
        wanted = plans(platform, checks or [], policy)
        results = poll([Errand(platform, source.name, source, wanted)])
        return {(result.unit.target, result.unit.kind): result for result in results}

    def judge(
        self,
        checks: list[str] | None = None,
        source: Source | None = None,
        *,
        policy: Policy | None = None,
    ) -> list[Finding]:
        results = self.poll(source, checks, policy=policy)
        chosen = [check for name, check in aws_checks().items() if not checks or name in checks]

        def elsewhere(kind, fact, resource):
            held = results.get((resource.scope.target, kind))
            rows = [row for row in held.observations if _shares_part(row.resource, resource)] if held else []
            return rows[0].facts.get(fact) if rows else Missing(Reason.ERROR)

        return [
            finding
            for result in results.values()
            for finding in judge(result, chosen, AS_OF, policy, elsewhere)
        ]

    def verdicts(self, *checks: str, source: Source | None = None) -> dict[tuple[str, str], str]:
        return {
            (finding.check, getattr(finding.subject, "name", str(finding.subject))): finding.status.value
            for finding in self.judge(list(checks) or None, source)
        }


def _shares_part(lender: Any, asker: Any) -> bool:
    return lender.scope.part in {"global", asker.scope.part}


def fingerprint(results: dict[tuple[str, str], UnitResult]) -> str:
    rows = [
        [
            o.resource.kind,
            o.resource.uid,
            o.resource.name,
            [list(pair) for pair in o.resource.labels],
            {name: str(value) if isinstance(value, Missing) else value for name, value in o.facts.items()},
        ]
        for _, result in sorted(results.items())
        for o in result.observations
    ]
    return digest(canonical(rows))
