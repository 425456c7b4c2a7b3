"""What checks of file integrity on hosts may claim."""

from __future__ import annotations

from checks.check import supporting

HOST_FILES_WATCHED = supporting(
    "164.312(c)(2)",
    proves="a tool lately compared the host's files with what they were, by its own report",
    does_not_prove="that it watches the files that hold ePHI, or that anyone reads its reports",
)
