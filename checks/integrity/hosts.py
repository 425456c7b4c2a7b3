"""Integrity on Linux hosts: does something compare files with what they were, and did it lately?"""

from __future__ import annotations

from datetime import date, timedelta

from checks.check import Verdict, check, failed, passed, undecided
from checks.integrity.host_links import HOST_FILES_WATCHED
from evidence.facts.host_security import FileIntegrity


@check("host-file-integrity", on="host.linux", severity="medium", links=[HOST_FILES_WATCHED])
def files_are_compared(file_integrity: FileIntegrity, as_of: date, *, max_days: int = 7) -> Verdict:
    """Were the host's files lately compared with what they were?"""
    tools, ran = file_integrity["tools"], file_integrity["ran_on"]
    others = [tool for tool in tools if tool != "aide"]
    if others:
        return undecided(f"{', '.join(others)} watches files; when it last ended well was not read")
    if not tools:
        return failed(
            "none of the tools that were looked for watches files: AIDE, Tripwire, Samhain, syscheck"
        )
    if not file_integrity["configured"] or file_integrity["database_on"] is None:
        return failed("AIDE is installed, but has no rules or no database to compare with")
    if ran is None:
        return undecided(
            "AIDE has a database; no report where its packages write them shows that it ever ran"
        )
    if date.fromisoformat(ran) < as_of - timedelta(days=max_days):
        return failed(f"AIDE last reached its end on {ran}")
    return passed(f"AIDE reached its end within {max_days} days")
