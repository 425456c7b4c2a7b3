"""What the command line ends with; where several hold, the highest is given."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes, stable between versions."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    INCOMPLETE = 3
    INTEGRITY = 4
    BUSY = 5
    BUG = 70
    INTERRUPTED = 130


MEANINGS = {
    ExitCode.DONE: "done",
    ExitCode.FINDINGS: "findings at --fail-on",
    ExitCode.USAGE: "wrong usage, settings or environment",
    ExitCode.INCOMPLETE: "incomplete: something could not be read",
    ExitCode.INTEGRITY: "the integrity of the evidence is broken",
    ExitCode.BUSY: "another run holds the lock",
    ExitCode.BUG: "a bug in nightledger",
    ExitCode.INTERRUPTED: "stopped at the keyboard; a scan seals what it has and ends with 3 instead",
}
"""One phrase for each, as in the help."""
