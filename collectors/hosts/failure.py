"""What a failure is called: by the phase it happened in, never by the library's words alone."""

from __future__ import annotations

from collectors.hosts.record import shown
from collectors.hosts.transport import Clock, Phase, Unreachable
from evidence.model import Reason

_SHUT_OUT = "if it is an SSH server, it may shut this address out for a while after failed log-ins"


def shown_text(text: str) -> str:
    """A server's word as one bounded line without control characters."""
    return shown(text.encode("utf-8", "backslashreplace"))


def broken(phase: Phase, clock: Clock, error: Exception) -> Unreachable:
    """The connection ended in this phase: at the deadline, or because something other than SSH was said."""
    if clock.over:
        return Unreachable(phase, f"{phase}_timeout", "the deadline passed", Reason.TIMEOUT)
    said = f"{type(error).__name__}: {error}"
    # OpenSSH since 9.8 shuts an address out after failed log-ins: it then greets nobody from there as SSH.
    advice = f"; {_SHUT_OUT}" if phase is Phase.BANNER else ""
    return Unreachable(phase, "protocol_error", shown_text(said + advice), Reason.ERROR)


def refused(detail: str, clock: Clock) -> Unreachable:
    """The server did not let us in; never tried again, because servers punish repeated failures."""
    if clock.over:
        return Unreachable(Phase.AUTH, "auth_timeout", "the deadline passed", Reason.TIMEOUT)
    return Unreachable(Phase.AUTH, "auth_denied", detail, Reason.DENIED)
