"""How a script reaches a host: run it, bounded in time and bytes, and say in which phase it went wrong."""

from __future__ import annotations

import os
import select
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from evidence.model import NightledgerError, Reason

MAX_BYTES = 8 * 1024 * 1024
STDERR_BYTES = 64 * 1024
CHUNK = 65_536


class Phase(StrEnum):
    """How far a connection got; kept by us, because libraries' messages do not say."""

    DNS = "dns"
    TCP = "tcp"
    TLS = "tls"
    BANNER = "banner"
    KEX = "kex"
    HOST_KEY = "host_key"
    AUTH = "auth"
    CHANNEL = "channel"
    EXEC = "exec"
    PARSE = "parse"


class Unreachable(NightledgerError):
    """The script could not be run; `code` is ours ("host_key_changed"), `detail` safe to print."""

    def __init__(self, phase: Phase, code: str, detail: str, reason: Reason = Reason.NOT_AVAILABLE) -> None:
        super().__init__(f"{code} ({phase}): {detail}")
        self.phase, self.code, self.detail, self.reason = phase, code, detail, reason


class Ending(StrEnum):
    """Why reading stopped: the script ended, the time was over, or it said more than we read."""

    FINISHED = "finished"
    TIMEOUT = "timeout"
    TRUNCATED = "truncated"


@dataclass(frozen=True, slots=True)
class Result:
    """What a run gave; `status` is None where none was learnt, `fingerprint` "" where no host key was shown."""

    stdout: bytes
    stderr: bytes
    status: int | None
    ending: Ending
    fingerprint: str = ""


class Transport(Protocol):
    """A way to one host. `user` is who the script runs as there, for the texts that say what to grant."""

    user: str

    def run(self, script: bytes, deadline: float, max_bytes: int = MAX_BYTES) -> Result:
        """Run `script`, in the language of the host's system, within `deadline` seconds in all; raises Unreachable, never retries."""


class Clock:
    """The time left of one deadline, in seconds."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until the deadline, never less than zero."""
        return max(0.0, self._end - time.monotonic())

    def part(self, seconds: float) -> Clock:
        """A clock for one step: these seconds, or what is left of the whole if that is less."""
        return Clock(min(seconds, self.left()))

    @property
    def over(self) -> bool:
        """Whether the deadline has passed."""
        return self.left() <= 0


class Intake:
    """Both streams of a script while they are read, up to their limits; standard error is cut, not refused."""

    def __init__(self, max_bytes: int) -> None:
        self.stdout, self.stderr = bytearray(), bytearray()
        self.limit = max_bytes

    def out(self, data: bytes) -> None:
        """Add standard output."""
        self.stdout += data

    def err(self, data: bytes) -> None:
        """Add standard error, as far as it is kept."""
        self.stderr += data[: max(0, STDERR_BYTES - len(self.stderr))]

    @property
    def full(self) -> bool:
        """Whether more than the limit was sent."""
        return len(self.stdout) > self.limit

    def result(self, status: int | None, ending: Ending) -> Result:
        """What was read, cut to the limit."""
        return Result(bytes(self.stdout[: self.limit]), bytes(self.stderr), status, ending)


class LocalTransport:
    """This machine: the same script in a process group of its own, without a shell in between."""

    def __init__(self, shell: tuple[str, ...] = ("/bin/sh", "-s"), run_as: tuple[str, ...] = ()) -> None:
        self.user = login_name()
        self._command = [*run_as, *shell]

    def run(self, script: bytes, deadline: float, max_bytes: int = MAX_BYTES) -> Result:
        """Run the script here; raises Unreachable when no shell can be started."""
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_plain_environment(os.environ),
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            raise Unreachable(Phase.EXEC, "no_shell", error.strerror or "cannot start sh") from None
        with process:
            try:
                return _converse(process, script, Clock(deadline), Intake(max_bytes))
            finally:
                _end_group(process)


def _converse(process: subprocess.Popen[bytes], script: bytes, clock: Clock, intake: Intake) -> Result:
    assert process.stdin
    assert process.stdout
    assert process.stderr
    waiting = memoryview(script)
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdin, selectors.EVENT_WRITE)
        ready.register(process.stdout, selectors.EVENT_READ, intake.out)
        ready.register(process.stderr, selectors.EVENT_READ, intake.err)
        while ready.get_map():
            if clock.over or intake.full:
                return intake.result(None, Ending.TRUNCATED if intake.full else Ending.TIMEOUT)
            for key, _ in ready.select(clock.left()):
                if key.data is None:
                    waiting = _send(key.fd, waiting)
                    finished = not waiting
                else:
                    data = os.read(key.fd, CHUNK)
                    key.data(data)
                    finished = not data
                if finished:
                    ready.unregister(key.fileobj)
                    if key.data is None:
                        process.stdin.close()
    return intake.result(_status(process, clock), Ending.TRUNCATED if intake.full else Ending.FINISHED)


def _send(descriptor: int, waiting: memoryview) -> memoryview:
    try:
        # A pipe that is ready takes this much without blocking.
        return waiting[os.write(descriptor, waiting[: select.PIPE_BUF]) :]
    except BrokenPipeError:
        return waiting[:0]


def _status(process: subprocess.Popen[bytes], clock: Clock) -> int | None:
    try:
        return process.wait(clock.left())
    except subprocess.TimeoutExpired:
        return None


def _end_group(process: subprocess.Popen[bytes]) -> None:
    # The group outlives its leader when a probe hangs; it is ours alone, since we started the session.
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _plain_environment(environment: Mapping[str, str]) -> dict[str, str]:
    # The collector's own secrets may live in its environment; no probe needs them.
    return {name: environment[name] for name in ("PATH", "HOME") if name in environment}


def login_name() -> str:
    """Who this process runs as."""
    import pwd  # noqa: PLC0415 - only where there are Unix users

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
