"""The hosts platform: which hosts a source names, and how each is opened. Nothing connects before it is asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from collectors.hosts.files import Files
from collectors.hosts.foreign import MacShell, WindowsShell
from collectors.hosts.linux import LinuxHost
from collectors.hosts.macos import MacHost
from collectors.hosts.psrp import PsrpTransport
from collectors.hosts.reach import reached
from collectors.hosts.record import NotARecord
from collectors.hosts.services import ServicesTarget
from collectors.hosts.shell import Shell
from collectors.hosts.source import THIS_MACHINE, Host, HostsSource, Mode, System, WayIn
from collectors.hosts.ssh import SshTransport
from collectors.hosts.ssh_jump import Doors
from collectors.hosts.tls_service import TlsService
from collectors.hosts.transport import LocalTransport, Transport, Unreachable
from collectors.hosts.windows import WindowsHost
from collectors.hosts.wire import Steps
from collectors.kind import Failure, Kind, Reach, Recorder, Target, Unreached
from evidence.model import Reason

_SHELL, _HANDSHAKES = "shell", "handshakes"
_KINDS: Mapping[System, type[Kind]] = {
    System.LINUX: LinuxHost,
    System.WINDOWS: WindowsHost,
    System.MACOS: MacHost,
}


class HostTarget:
    """One host. It holds no connection: the one round trip opens and closes its own."""

    def __init__(
        self,
        name: str,
        transport: Transport,
        *,
        sudo: bool = False,
        mode: Mode = Mode.STDIN,
        os: System = System.LINUX,
    ) -> None:
        self.name = name
        self._os = os
        self.principal = f"{transport.user} on {name}"
        self._transport, self._sudo, self._mode = transport, sudo, mode

    def holds(self, kind: type[Kind]) -> bool:
        """A host is of the one kind that its system is."""
        return kind is _KINDS[self._os]

    def parts(self, kind: type[Kind]) -> tuple[str, ...]:  # noqa: ARG002 - every kind has the same scope
        """A host is one scope."""
        return ("global",)

    def client(self, name: str, part: str, recorder: Recorder) -> Shell:  # noqa: ARG002 - there is one client
        """The host's shell, which knows the script for its system."""
        match self._os:
            case System.WINDOWS:
                return WindowsShell(self._transport, recorder)
            case System.MACOS:
                return MacShell(self._transport, recorder, sudo=self._sudo)
            case System.LINUX:
                return self._linux(recorder)

    def _linux(self, recorder: Recorder) -> Shell:
        return Shell(self._transport, recorder, sudo=self._sudo, mode=self._mode)

    def classify(self, error: Exception) -> Failure:
        """An unreachable host fails as a whole; so does one that answers with anything but a record."""
        match error:
            case Unreachable():
                return Failure(
                    error.code, error.reason, f"{error.code}: {error.detail}", error.phase, Reach.UNIT
                )
            case NotARecord():
                return Failure("not_a_record", Reason.ERROR, str(error), "parse", Reach.UNIT)
            case _:
                return Failure(type(error).__name__, Reason.ERROR, str(error))

    def close(self) -> None:
        """Nothing is held open."""


class HostsPlatform:
    """Hosts: this machine, or Linux, Windows and macOS over SSH, or Windows over PSRP."""

    name = "hosts"
    grants = "sudo"
    workers = 32
    deadline = 120.0
    steps = Steps()

    def __init__(self) -> None:
        self._doors = Doors()

    def targets(self, source: HostsSource | None) -> Iterator[Target | Unreached]:
        """Every host of the source; None, no configuration at all, is this machine."""
        chosen = source or THIS_MACHINE
        files = Files()
        if chosen.local:
            yield _this_machine(sudo=chosen.sudo)
            yield from self._services(Host("localhost", tls_ports=chosen.tls_ports), files)
        for found in reached(chosen):
            if isinstance(found, Host):
                transport = self._transport(found, files)
                yield HostTarget(
                    f"host/{found.label}", transport, sudo=found.sudo, mode=found.mode, os=found.os
                )
                yield from self._services(found, files)
            else:
                yield found

    def _transport(self, host: Host, files: Files) -> Transport:
        if host.transport is WayIn.PSRP:
            return PsrpTransport(host, self.steps, files)
        return SshTransport(host, self._doors, self.steps, files)

    def _services(self, host: Host, files: Files) -> Iterator[Target]:
        if host.tls_ports:
            yield ServicesTarget(host, self.steps, files)

    def is_client(self, name: str) -> bool:
        """Whether a parameter of this name is the host's shell, or its handshakes."""
        return name in {_SHELL, _HANDSHAKES}

    def kinds(self) -> tuple[type[Kind], ...]:
        """What is polled: the host itself, as the kind of its system, and its named services."""
        return (*_KINDS.values(), TlsService)

    def lane(self, client: str, part: str) -> str:  # noqa: ARG002 - there is one part
        """One connection per host, so one lane each."""
        return client


def _this_machine(*, sudo: bool) -> Target | Unreached:
    name = "host/localhost"
    if not sys.platform.startswith("linux"):
        why = f"this machine runs {sys.platform}"
        return Unreached(name, Failure("not_linux", Reason.NOT_AVAILABLE, why))
    return HostTarget(name, LocalTransport(), sudo=sudo)
