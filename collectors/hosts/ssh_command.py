"""One command over an open SSH session: the script goes in, both streams come out in one loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from collectors.hosts.failure import broken
from collectors.hosts.transport import CHUNK, Clock, Ending, Intake, Phase, Result
from collectors.hosts.wire import ended

_LOOK_SECONDS = 2.0
"""How often to look at standard error while standard output is silent: every look costs, and hosts take seconds."""
_STATUS_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Command:
    """What the host is asked to run, and what its standard input gets."""

    line: str
    stdin: bytes = b""


def opened(session: Any, command: Command, clock: Clock) -> Any:
    """A channel of its own in which the command runs; raises Unreachable, in phase channel or exec, if none starts."""
    import paramiko  # noqa: PLC0415 - the SDK is loaded when a host is polled

    phase = Phase.CHANNEL
    try:
        channel = session.open_session(timeout=max(0.1, clock.left()))
        phase = Phase.EXEC
        with ended(session.sock, clock):
            channel.exec_command(command.line)
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise broken(phase, clock, error) from None
    return channel


def converse(channel: Any, command: Command, clock: Clock, intake: Intake) -> Result:
    """Give the command its input and read what it says until it ends, the time is over or it says too much."""
    if not command.stdin:
        channel.shutdown_write()
    ending = _converse(channel, memoryview(command.stdin), clock, intake)
    status = channel.recv_exit_status() if ending is Ending.FINISHED and channel.exit_status_ready() else -1
    # The library says -1 where the host said nothing.
    return intake.result(status if status >= 0 else None, ending)


def _converse(channel: Any, waiting: memoryview, clock: Clock, intake: Intake) -> Ending:
    while not clock.over:
        channel.settimeout(max(0.01, clock.part(_LOOK_SECONDS).left()))
        waiting = _send(channel, waiting)
        while channel.recv_stderr_ready():
            intake.err(channel.recv_stderr(CHUNK))
        try:
            data = channel.recv(CHUNK)
        except TimeoutError:
            continue
        intake.out(data)
        if intake.full:
            return Ending.TRUNCATED
        if not data and not channel.recv_stderr_ready():
            return _finished(channel, clock)
    return Ending.TIMEOUT


def _send(channel: Any, waiting: memoryview) -> memoryview:
    if not waiting:
        return waiting
    try:
        rest = waiting[channel.send(bytes(waiting[:CHUNK])) :]
    except TimeoutError:
        return waiting
    except OSError:
        return waiting[:0]
    if not rest:
        channel.shutdown_write()
    return rest


def _finished(channel: Any, clock: Clock) -> Ending:
    # The status follows the end of the output, if it comes at all.
    channel.status_event.wait(min(_STATUS_SECONDS, clock.left()))
    return Ending.FINISHED
