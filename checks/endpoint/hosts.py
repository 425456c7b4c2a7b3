"""Endpoint protection on Linux hosts: it counts only where it says itself that it works."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from checks.check import Verdict, check, failed, passed, undecided
from checks.endpoint.links import MALWARE_NOTICED
from evidence.facts.host_security import Defender, Endpoint

_SILENT = frozenset({"s1-agent", "sentineld", "cbagentd", "ds_agent", "savd"})


@check("host-endpoint-protection", on="host.linux", severity="medium", links=[MALWARE_NOTICED])
def endpoint_protection_works(
    endpoint: Endpoint,
    defender: Defender | None,
    falcon_in_full: bool | None,  # noqa: FBT001 - facts are positional
    as_of: date,
    *,
    max_signature_days: int = 7,
) -> Verdict:
    """Does endpoint protection run, with all its parts and fresh signatures?"""
    running, oldest = set(endpoint["running"]), (as_of - timedelta(days=max_signature_days)).isoformat()
    if falcon_in_full and _falcon_runs(running):
        return passed("the Falcon sensor runs and says that it works in full")
    if defender is not None:
        return _of_defender(defender, oldest)
    if falcon_in_full is not None and not _falcon_runs(endpoint["contained"]):
        return failed("the Falcon sensor is installed, but does not run in full")
    if "clamd" in running:
        return _of_clamav(running, endpoint["clamav_on"], oldest)
    unasked = sorted(running & _SILENT) + (["the Falcon sensor"] if _falcon_runs(running) else [])
    if unasked:
        return undecided(f"{', '.join(unasked)} runs; whether it works was not asked")
    if endpoint["contained"]:
        return undecided(
            f"{', '.join(endpoint['contained'])} runs in a container; whether it looks at the host was not read"
        )
    if endpoint["installed"]:
        return failed(f"{', '.join(endpoint['installed'])} is installed, but nothing of it runs all the time")
    return failed("no endpoint protection of those that were looked for runs")


def _falcon_runs(running: Collection[str]) -> bool:
    return any(name.startswith("falcon-sensor") for name in running)


def _of_defender(defender: Defender, oldest: str) -> Verdict:
    if not defender["healthy"] or not defender["real_time"]:
        return failed("Microsoft Defender is installed, but says that it is not healthy or not watching")
    if defender["definitions_on"] is None:
        return undecided(
            "Microsoft Defender says that it is healthy; the age of its definitions was not read"
        )
    if defender["definitions_on"] < oldest:
        return failed(f"Microsoft Defender's definitions are of {defender['definitions_on']}")
    return passed("Microsoft Defender says that it is healthy and watching, with fresh definitions")


def _of_clamav(running: set[str], made: str | None, oldest: str) -> Verdict:
    if made is None:
        return undecided("ClamAV runs; the age of its signatures could not be read")
    if made < oldest:
        return failed(f"ClamAV's signatures are of {made}")
    if "clamonacc" not in running:
        return undecided(
            "ClamAV runs with fresh signatures; nothing shows that it is given any file to look at"
        )
    return passed("ClamAV looks at files as they are opened, with fresh signatures")
