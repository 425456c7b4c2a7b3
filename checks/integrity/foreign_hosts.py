"""Integrity on macOS hosts."""

from __future__ import annotations

from checks.check import Verdict, check, context, failed, passed

SYSTEM_FILES_SEALED = context(
    "164.312(c)(1)",
    proves="whether even the superuser is kept from altering the system's own files",
    does_not_prove="that files which hold ePHI are guarded",
)


@check("macos-system-integrity", on="host.macos", severity="medium", links=[SYSTEM_FILES_SEALED])
def system_integrity_is_on(system_integrity: bool) -> Verdict:  # noqa: FBT001 - facts are positional
    """Is System Integrity Protection on?"""
    if not system_integrity:
        return failed("System Integrity Protection is off, or on only in part")
    return passed("System Integrity Protection is on")
