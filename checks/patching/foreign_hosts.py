"""Patching of Windows and macOS hosts, by what their own update services last saw."""

from __future__ import annotations

from datetime import date, timedelta

from checks.check import Verdict, check, failed, passed, supporting, undecided
from evidence.facts.host_foreign import MacUpdates, WindowsUpdates

VENDOR_UPDATES_INSTALLED = supporting(
    "164.308(a)(1)(ii)(B)",
    proves="no security update that the system's own update service lately saw is left uninstalled",
    does_not_prove="that software from elsewhere is up to date, or that the update service sees every update",
)
_NAMED = 3


@check("windows-security-updates", on="host.windows", severity="high", links=[VENDOR_UPDATES_INSTALLED])
def windows_is_up_to_date(updates: WindowsUpdates, as_of: date, *, max_search_days: int = 7) -> Verdict:
    """Are all security updates installed that Windows Update knows of?"""
    pending = updates["security"]
    if pending:
        more = f" and {len(pending) - _NAMED} more" if len(pending) > _NAMED else ""
        return failed(f"security updates are pending: {'; '.join(pending[:_NAMED])}{more}")
    if updates["restart"]:
        return failed("installed updates take effect only after a restart")
    if not _is_fresh(updates["searched_on"], as_of, max_search_days):
        return undecided("no update is pending, but Windows Update has not searched lately")
    return passed("no security update is pending by a search that is fresh enough")


@check("macos-updates", on="host.macos", severity="high", links=[VENDOR_UPDATES_INSTALLED])
def macos_is_up_to_date(updates: MacUpdates, as_of: date, *, max_search_days: int = 7) -> Verdict:
    """Are all updates installed that Software Update knows of?"""
    if updates["pending"]:
        return failed(f"{updates['pending']} updates are pending")
    if updates["pending"] is None or not _is_fresh(updates["searched_on"], as_of, max_search_days):
        return undecided("Software Update does not remember a search that is fresh enough")
    return passed("no update is pending by a search that is fresh enough")


def _is_fresh(day: str | None, as_of: date, days: int) -> bool:
    return day is not None and date.fromisoformat(day) >= as_of - timedelta(days=days)
