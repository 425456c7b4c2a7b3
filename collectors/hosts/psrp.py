"""The PSRP transport: PowerShell remoting (MS-PSRP) over HTTPS; one runspace, one script, bounded by one deadline.

The library's traps this is built around: it bounds no answer and no wait in all, tries again on its own after a time
with nothing said, and collects what comes beside the output without limit.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from collectors.hosts.failure import broken, refused, shown_text
from collectors.hosts.files import Files
from collectors.hosts.psrp_https import Https
from collectors.hosts.source import Host
from collectors.hosts.transport import MAX_BYTES, Clock, Ending, Intake, Phase, Result, Unreachable
from collectors.hosts.wire import Steps
from evidence.model import Reason

_PIPED = b"$piped = $true\n"
"""Tells the script that there is no console to write to: it puts out its bytes in Base64, so that nothing is escaped."""
_HOLD_SECONDS = 10
"""How long the host may keep us waiting before it says that there is nothing yet."""
_IDLE_SECONDS = 120
"""When the host ends a runspace that we could not close; at least 60 are accepted."""
_CLOSE_SECONDS = 3.0
_OVERHEAD = 6
"""How many bytes of HTTP may carry one of output, which is in Base64 within XML within Base64, and what comes beside it."""
_ACCESS_DENIED = 5
_TICKET = "the Kerberos ticket's owner"
_QUIET = ("pypsrp", "spnego")


class PsrpTransport:
    """One Windows host; logs in with the client certificate the settings name, else with a Kerberos ticket."""

    def __init__(self, host: Host, steps: Steps = Steps(), files: Files | None = None) -> None:  # noqa: B008 - it is frozen
        self.host = host
        self.user = host.user or (
            f"certificate {host.certificate_file}" if host.certificate_file else _TICKET
        )
        self._steps, self._files = steps, files or Files()

    def run(self, script: bytes, deadline: float, max_bytes: int = MAX_BYTES) -> Result:
        """Run the PowerShell script there; raises Unreachable with the phase it failed in, never retries."""
        from pypsrp.powershell import PowerShell  # noqa: PLC0415 - the SDK is loaded when a host is polled

        for name in _QUIET:
            # What the libraries log about a hostile host would reach the terminal through logging's last resort.
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        clock, intake = Clock(deadline), Intake(max_bytes)
        with Https(self.host, clock, self._steps, self._files) as https:
            with self._runspace(https, clock) as pool, self._named(Phase.EXEC, clock):
                shell = PowerShell(pool)
                shell.add_script((_PIPED + script).decode())
                shell.begin_invoke()
                ending = _read(shell, https, Clock(clock.left() - _CLOSE_SECONDS), intake)
            return _result(shell, intake, ending)

    @contextmanager
    def _runspace(self, https: Https, clock: Clock) -> Iterator[Any]:
        from pypsrp.powershell import RunspacePool  # noqa: PLC0415 - as above
        from pypsrp.wsman import WSMan  # noqa: PLC0415 - as above

        wsman = WSMan(self.host.address, operation_timeout=_HOLD_SECONDS)
        wsman.transport = https  # type: ignore[assignment]  # only these three of its members are used
        pool = RunspacePool(wsman, idle_timeout=_IDLE_SECONDS)
        with self._named(Phase.CHANNEL, clock):
            pool.open()
        try:
            yield pool
        finally:
            # What was read stands, whether or not the host lets us say that we are done.
            with suppress(Unreachable), self._named(Phase.CHANNEL, clock):
                pool.close()

    @contextmanager
    def _named(self, phase: Phase, clock: Clock) -> Iterator[None]:
        """Say in which phase it failed, whatever the library made of what the host said."""
        from pypsrp.exceptions import AuthenticationError, WinRMTransportError, WSManFaultError  # noqa: PLC0415 - as above

        try:
            yield
        except Unreachable:
            raise
        except AuthenticationError:
            raise refused(f"the host does not let {self.user} in", clock) from None
        except WSManFaultError as fault:
            raise _fault(phase, fault, self.user, clock) from None
        except WinRMTransportError as error:
            detail = f"it answered HTTP {error.code}, as no WinRM service does"
            raise Unreachable(phase, "protocol_error", detail, Reason.ERROR) from None
        except Exception as error:  # noqa: BLE001 - parsing hostile XML may raise anything; it is told, not dropped
            raise broken(phase, clock, error) from None


def _read(shell: Any, https: Https, clock: Clock, intake: Intake) -> Ending:
    from pypsrp.complex_objects import PSInvocationState  # noqa: PLC0415 - as above

    while shell.state == PSInvocationState.RUNNING:
        if clock.over:
            return Ending.TIMEOUT
        shell.poll_invoke(timeout=max(1, min(_HOLD_SECONDS, int(clock.left()))))
        for said in shell.output:
            if isinstance(said, str):
                intake.out(base64.b64decode(said, validate=True))
        shell.output.clear()
        if intake.full or https.received > _OVERHEAD * intake.limit:
            return Ending.TRUNCATED
    return Ending.FINISHED


def _result(shell: Any, intake: Intake, ending: Ending) -> Result:
    failed = shell.had_errors and ending is Ending.FINISHED
    if failed and not intake.stdout:
        why = shown_text(str(shell.streams.error[-1]) if shell.streams.error else "no reason was given")
        raise Unreachable(Phase.EXEC, "script_failed", why, Reason.ERROR)
    status = int(failed) if ending is Ending.FINISHED else None
    return intake.result(status, ending)


def _fault(phase: Phase, fault: Any, user: str, clock: Clock) -> Unreachable:
    if clock.over:
        return Unreachable(phase, f"{phase}_timeout", "the deadline passed", Reason.TIMEOUT)
    said = shown_text(str(fault.reason or "no reason was given"))
    if fault.code == _ACCESS_DENIED:
        detail = f"{user} may not open a PowerShell session there (Remote Management Users): {said}"
        return Unreachable(phase, "session_denied", detail, Reason.DENIED)
    code = f"wsman_{fault.code}" if isinstance(fault.code, int) else "protocol_error"
    return Unreachable(phase, code, said, Reason.ERROR)
