"""The named services of one host, a target of their own: who looks at them is anybody on the network, not the account that logs in."""

from __future__ import annotations

from collectors.hosts.files import Files
from collectors.hosts.handshakes import Handshakes
from collectors.hosts.source import Host
from collectors.hosts.tls_service import TlsService
from collectors.hosts.wire import Steps
from collectors.kind import Failure, Kind, Recorder
from evidence.model import Reason


class ServicesTarget:
    """What listens on the `tls_ports` of a host; under the name of that host."""

    principal = "anybody on the network"

    def __init__(self, host: Host, steps: Steps, files: Files) -> None:
        self.name = f"host/{host.label}"
        self._host, self._steps, self._files = host, steps, files

    def holds(self, kind: type[Kind]) -> bool:
        """Services and nothing else."""
        return kind is TlsService

    def parts(self, kind: type[Kind]) -> tuple[str, ...]:  # noqa: ARG002 - there is one kind
        """A host is one scope."""
        return ("global",)

    def client(self, name: str, part: str, recorder: Recorder) -> Handshakes:  # noqa: ARG002 - there is one client
        """Handshakes with this host."""
        return Handshakes(self._host, self._steps, self._files, recorder)

    def classify(self, error: Exception) -> Failure:
        """What the client did not make a Missing of is an error of ours."""
        return Failure(type(error).__name__, Reason.ERROR, str(error))

    def close(self) -> None:
        """Nothing is held open."""
