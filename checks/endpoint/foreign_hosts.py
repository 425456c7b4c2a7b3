"""Endpoint protection on Windows hosts."""

from __future__ import annotations

from datetime import date, timedelta

from checks.check import Verdict, check, failed, passed, undecided
from checks.endpoint.links import MALWARE_NOTICED
from evidence.facts.host_foreign import WindowsDefender


@check("windows-defender", on="host.windows", severity="high", links=[MALWARE_NOTICED])
def defender_watches(defender: WindowsDefender, as_of: date, *, max_signature_days: int = 7) -> Verdict:
    """Does Microsoft Defender watch, with fresh signatures?"""
    if defender["mode"] != "Normal":
        return undecided(
            f"Microsoft Defender is in mode {defender['mode']!r}; what else may watch was not asked"
        )
    if not defender["real_time"]:
        return failed("Microsoft Defender does not watch in real time")
    if defender["updated_on"] is None:
        return undecided("Microsoft Defender watches; the age of its signatures was not read")
    if date.fromisoformat(defender["updated_on"]) < as_of - timedelta(days=max_signature_days):
        return failed(f"Microsoft Defender's signatures are of {defender['updated_on']}")
    return passed("Microsoft Defender watches in real time, with fresh signatures")
