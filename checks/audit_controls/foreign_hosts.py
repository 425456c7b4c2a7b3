"""Audit controls on Windows hosts, by the GUIDs of subcategories, since their names are localised."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed, supporting, undecided

WINDOWS_RECORDS = supporting(
    "164.312(b)",
    proves="Windows is told to record log-ins, changes of accounts and changes of what is recorded",
    does_not_prove="that access to ePHI inside applications is recorded, that records are kept or that anyone reviews them",
)
WINDOWS_EVENTS_LEAVE = supporting(
    "164.312(b)",
    proves="policy names a collector that events of this Windows host are to be forwarded to",
    does_not_prove="that they arrive there, or which events are subscribed to",
)
_ASKED = {
    "{0CCE9215-69AE-11D9-BED3-505054503030}": ("log-ins", 3),
    "{0CCE9235-69AE-11D9-BED3-505054503030}": ("changes of accounts", 1),
    "{0CCE9237-69AE-11D9-BED3-505054503030}": ("changes of groups", 1),
    "{0CCE922F-69AE-11D9-BED3-505054503030}": ("changes of the audit policy", 1),
}
"""Subcategory, and the bits that must be set: 1 success, 2 failure."""


@check("windows-audit-policy", on="host.windows", severity="high", links=[WINDOWS_RECORDS])
def windows_records_activity(audit_policy: dict[str, int]) -> Verdict:
    """Does Windows record log-ins, changes of accounts and changes of the audit policy?"""
    lacking = [name for guid, (name, bits) in _ASKED.items() if audit_policy.get(guid, 0) & bits != bits]
    if lacking:
        return failed(f"Windows does not record all {', '.join(lacking)}")
    return passed("Windows records log-ins, changes of accounts and groups, and changes of the audit policy")


@check("windows-events-forwarded", on="host.windows", severity="medium", links=[WINDOWS_EVENTS_LEAVE])
def windows_events_leave(forwarding: int) -> Verdict:
    """Does policy forward the host's events to another system?"""
    if not forwarding:
        return undecided("policy names no collector to forward events to; other agents were not looked for")
    return passed(f"policy names {forwarding} collectors to forward events to")
