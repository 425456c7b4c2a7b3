"""What an SSH failure is called: by the phase it happened in, never by the library's words alone."""

from __future__ import annotations

from collectors.hosts.record import shown
from collectors.hosts.transport import Clock, Phase, Unreachable
from evidence.model import Reason


def shown_text(text: str) -> str:
    """A server's word as one bounded line without control characters."""
    return shown(text.encode("utf-8", "backslashreplace"))


def broken(phase: Phase, clock: Clock, error: Exception) -> Unreachable:
    """The connection ended in this phase: at the deadline, or because something other than SSH was said."""
    if clock.over:
        return Unreachable(phase, f"{phase}_timeout", "the deadline passed", Reason.TIMEOUT)
    return Unreachable(phase, "protocol_error", shown_text(f"{type(error).__name__}: {error}"), Reason.ERROR)


def refused(detail: str, clock: Clock) -> Unreachable:
    """The server did not let us in; never tried again, because servers punish repeated failures."""
    if clock.over:
        return Unreachable(Phase.AUTH, "auth_timeout", "the deadline passed", Reason.TIMEOUT)
    return Unreachable(Phase.AUTH, "auth_denied", detail, Reason.DENIED)
